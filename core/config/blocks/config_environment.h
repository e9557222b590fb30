/* config_environment: the environments of the root module: what is different in each of the places
 * that the configuration is for. The one that the request names is laid over the module. */
#pragma once

#include "config_block.h"

/* After the root module was decoded, before what it calls is loaded. */
MUST_USE bool config_environment_apply(ConfigLoading *loading);
