/* config_environment: environments of the root module, which override settings of the
 * configuration. The request selects one, which is merged into the module. */
#pragma once

#include "config_block.h"

/* Applies the selected environment. Call it after decoding the root module and before loading
 * its module calls. */
MUST_USE bool config_environment_apply(ConfigLoading *loading);
