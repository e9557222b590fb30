/* config_action: the action_trigger blocks in the lifecycle of a resource. */
#pragma once

#include "config.h"

/* Reads the action_trigger blocks of a lifecycle block. */
MUST_USE bool config_action_read_triggers(const BodyContent *content,
                                          Lifecycle *out,
                                          Arena *arena,
                                          Diags *diags);
