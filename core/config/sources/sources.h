/* sources: the kinds of places that modules come from, a row each. */
#pragma once

#include "module_source.h"

extern const ModuleSource source_git;
extern const ModuleSource source_archive;
extern const ModuleSource source_registry;

/* In the order in which they are asked whose an address is. */
extern const ModuleSources sources_table;
