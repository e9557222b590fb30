/* passed_providers: checks the provider configurations that a call passes against the
 * requirements of the called module. */
#pragma once

#include "config_block.h"

MUST_USE bool passed_providers_check(ConfigLoading *loading, const ModuleCall *call);
