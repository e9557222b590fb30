/* expansion: the instances that count, for_each or enabled gives a block. */
#pragma once

#include "address.h"

typedef enum RepetitionKind { REPEAT_NONE, REPEAT_COUNT, REPEAT_EACH } RepetitionKind;

/* The instances of one block in one instance of its module, by sorted keys. */
typedef struct Expansion {
    RepetitionKind kind;
    bool is_unknown; /* validation, or destroying stored instances */
    size_t count;    /* if unknown: records to evaluate with, 1 or 0 */
    InstanceKey *keys;
    Value *values; /* each.value */
} Expansion;

/* Finds the position of a key; false if there is no such instance. */
bool expansion_find(const Expansion *expansion, InstanceKey key, size_t *index);
