/* config_requirement: what a module needs of providers: required_providers of a terraform block. */
#pragma once

#include "config_block.h"

MUST_USE bool config_requirement_read(ConfigLoading *loading,
                                      const BodyBlock *block,
                                      bool is_override);
/* Names of providers are in lower case, as their addresses are. */
MUST_USE bool config_requirement_check_name(Str name, SourceRange range, Diags *diags);
MUST_USE bool config_requirement_check_version(Str version, SourceRange range, Diags *diags);
