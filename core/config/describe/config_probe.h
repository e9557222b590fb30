/* config_probe: finds out which arguments and blocks a configuration can have.
 *
 * Each decoder runs on an empty body that records the schemas it is read with. So a new argument
 * or block of a decoder appears here without further work. */
#pragma once

#include "body.h"

typedef struct ConfigShape ConfigShape;

typedef struct ConfigShapeAttribute {
    const char *name;
    bool required;
    BodyForm form;
} ConfigShapeAttribute;

struct ConfigShape {
    const char *name; /* block type */
    uint32_t labels;
    VEC(ConfigShapeAttribute) attributes;
    VEC(ConfigShape *) blocks;
    bool is_open; /* further names are allowed, such as a provider's arguments */
};

typedef enum ConfigFileKind { CONFIG_FILE_MODULE, CONFIG_FILE_QUERY } ConfigFileKind;

/* Returns the shape of a file, whose blocks are those of the table of block types. */
const ConfigShape *config_probe(ConfigFileKind kind, const FunctionTable *functions, Arena *arena);
