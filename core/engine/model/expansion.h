/* expansion: the instances that count, for_each or enabled gives a block. */
#pragma once

#include "address.h"

typedef enum RepetitionKind { REPEAT_NONE, REPEAT_COUNT, REPEAT_EACH } RepetitionKind;

/* The instances of one block in one module instance, sorted by key. */
typedef struct Expansion {
    RepetitionKind kind;
    bool is_unknown; /* set while validating, and while destroying stored instances */
    size_t count;    /* if unknown: number of records to evaluate with, 1 or 0 */
    InstanceKey *keys;
    Value *values; /* each.value */
} Expansion;

/* Sets `*index` to the position of `key`; returns false if there is no such instance. */
bool expansion_find(const Expansion *expansion, InstanceKey key, size_t *index);
