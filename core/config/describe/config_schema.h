/* config_schema: the JSON Schema (draft 07) of configuration files or query files, for editors.
 *
 * The arguments and blocks come from config_probe. A table adds the meaning of each argument and
 * the form of its value. The caller passes the types of resources, data sources, providers and
 * backends. */
#pragma once

#include "config_probe.h"
#include "schema.h"

typedef enum ConfigTypeKind {
    CONFIG_TYPE_RESOURCE,
    CONFIG_TYPE_DATA,
    CONFIG_TYPE_PROVIDER,
    CONFIG_TYPE_BACKEND,
} ConfigTypeKind;

typedef struct ConfigType {
    ConfigTypeKind kind;
    const char *name;
    const Schema *schema;
    const char *description;
} ConfigType;

typedef VEC(ConfigType) ConfigTypes;

/* Returns the whole document, indented. */
Str config_schema_write(ConfigFileKind kind, const FunctionTable *functions,
                        const ConfigTypes *types, Arena *arena);

/* A row of the table of meanings, keyed by a path: "resource.lifecycle.prevent_destroy". */
typedef struct ConfigMeaning ConfigMeaning;
/* Returns the path of row i, or NULL after the last row. */
const char *config_schema_meaning(size_t i);
