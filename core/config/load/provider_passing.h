/* provider_passing: checks the provider configurations that a call passes against the
 * requirements of the called module. */
#pragma once

#include "config_block.h"

MUST_USE bool provider_passing_check(ConfigLoading *loading, const ModuleCall *call);
