/* sources: the table of module source kinds. */
#pragma once

#include "module_source.h"

extern const ModuleSource fetch_git;
extern const ModuleSource fetch_archive;
extern const ModuleSource fetch_registry;

/* Rows in the order in which they are offered an address. */
extern const ModuleSources fetch_table;
