/* config_requirement: decodes required_providers of a terraform block. */
#pragma once

#include "config_block.h"

MUST_USE bool config_requirement_read(ConfigLoading *loading, const BodyBlock *block, void *);
/* Rejects invalid version constraints. */
MUST_USE bool config_requirement_check_version(Str version, SourceRange range, Diags *diags);
