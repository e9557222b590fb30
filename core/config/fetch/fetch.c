/* The table of module source kinds. */
#include "fetch.h"

static const ModuleSource *const rows[] = {
    &module_source_local,
    &fetch_registry,
    &fetch_git,
    &fetch_archive,
};

const ModuleSources fetch_table = {.rows = rows, .count = ARRAY_COUNT(rows)};
