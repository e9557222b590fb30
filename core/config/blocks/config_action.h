/* config_action: the action_trigger blocks in the lifecycle of a resource, and the parts that
 * actions share with lists. */
#pragma once

#include "config_block.h"

/* Reads the `config` block of an action or list, whose own arguments are in `schema`. Without such
 * a block, *out is the body of no arguments. */
MUST_USE bool config_action_read_config(ConfigLoading *loading, const BodyBlock *block,
                                        const BodyContent *content, const BodySchema *schema,
                                        const Body **out);
/* Rejects `count` together with `for_each`. */
MUST_USE bool config_action_check_repetition(const BodyContent *content);
/* Reads the action_trigger blocks of a lifecycle block. */
MUST_USE bool config_action_read_triggers(const BodyContent *content, Lifecycle *out);
