/* config_newer: the constructs of newer languages than that of Terraform 1.11, the version that
 * loam is compatible with. loam accepts them; `loam validate` names their versions. */
#pragma once

#include "config.h"

typedef enum NewerKind {
    NEWER_OUTPUT_TYPE,
    NEWER_MODULE_IMPORT,
    NEWER_IMPORT_IDENTITY,
    NEWER_TEST_VARIABLE,
    NEWER_MOCK_KEYS,
    NEWER_ACTION,
    NEWER_LIST,
    NEWER_TEST_CLEANUP,
    NEWER_TEST_BACKEND,
} NewerKind;

/* Counts a use of the construct; keeps the range of the first one. */
void config_newer_add(Config *config, NewerKind kind, SourceRange range, Arena *arena);
/* The same for a construct that only a schema knows. The texts must live as long as `config`. */
void config_newer_add_other(Config *config, const char *construct, const char *since,
                            SourceRange range, Arena *arena);
