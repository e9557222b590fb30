/* provider_passing: do the provider configurations that a call passes fit what the called module
 * says it needs? */
#pragma once

#include "config_block.h"

MUST_USE bool provider_passing_check(ConfigLoading *loading, const ModuleCall *call);
