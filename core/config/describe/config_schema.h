/* config_schema: the JSON Schema (draft 07) of configuration files, for editors.
 *
 * What blocks can hold is asked of the decoders (config_probe); a table adds what each argument
 * means and what its value looks like. Types of resources and the like are handed in. */
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

/* The whole document, indented. */
Str config_schema_write(const FunctionTable *functions, const ConfigTypes *types, Arena *arena);

/* A row of the table of meanings: "resource.lifecycle.prevent_destroy". */
typedef struct ConfigMeaning ConfigMeaning;
/* The path of row i; NULL behind the last one. */
const char *config_schema_meaning(size_t i);
