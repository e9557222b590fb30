/* The table of module source kinds. */
#include "sources.h"

static const ModuleSource *const rows[] = {
    &module_source_local,
    &source_registry,
    &source_git,
    &source_archive,
};

const ModuleSources sources_table = {rows, ARRAY_COUNT(rows)};
