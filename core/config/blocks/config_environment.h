/* config_environment: environments of the root module, which override settings of the
 * configuration. The request selects one: its provider arguments are merged into the module;
 * input.h and the backend read its other settings. */
#pragma once

#include "config_block.h"

/* Checks all environments and applies the selected one. Call it after decoding the root module and
 * before loading its module calls. */
MUST_USE bool config_environment_apply(ConfigLoading *loading);
