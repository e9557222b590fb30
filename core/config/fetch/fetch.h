/* fetch: the table of module source kinds. */
#pragma once

#include "module_source.h"

extern const ModuleSource fetch_git;
extern const ModuleSource fetch_archive;
extern const ModuleSource fetch_registry;

/* The first row that claims an address handles it. */
extern const ModuleSources fetch_table;
