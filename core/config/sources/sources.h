/* sources: the table of module source kinds. */
#pragma once

#include "module_source.h"

extern const ModuleSource source_git;
extern const ModuleSource source_archive;
extern const ModuleSource source_registry;

/* Rows in the order in which they are offered an address. */
extern const ModuleSources sources_table;
