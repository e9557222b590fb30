/* config_probe: which arguments and blocks a configuration can have.
 *
 * The decoders say so themselves: each is given a body that has nothing in it and remembers what it
 * was asked for. What a decoder learns to read is known here without another word. */
#pragma once

#include "body.h"

typedef struct ConfigShape ConfigShape;

typedef struct ConfigShapeAttribute {
    const char *name;
    bool required;
    BodyForm form;
} ConfigShapeAttribute;

struct ConfigShape {
    const char *name; /* of the block */
    uint32_t labels;
    VEC(ConfigShapeAttribute) attributes;
    VEC(ConfigShape *) blocks;
    bool is_open; /* there is more in it: a provider's arguments, names of the user's choice */
};

/* The shape of a file: its blocks are those of the table of block types. */
const ConfigShape *config_probe(const FunctionTable *functions, Arena *arena);
