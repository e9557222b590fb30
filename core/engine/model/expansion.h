/* expansion: the instances that count, for_each or enabled gives a block. */
#pragma once

#include "address.h"

typedef enum RepetitionKind { REPEAT_NONE, REPEAT_COUNT, REPEAT_EACH } RepetitionKind;

/* The instances of one block in one module instance, sorted by key. */
typedef struct Expansion {
    RepetitionKind kind;
    bool is_unknown; /* the keys are not known: validation, or a destroy */
    size_t count;    /* if unknown: 1 record to evaluate the block with, or 0 (destroy) */
    InstanceKey *keys;
    Value *values; /* each.value */
} Expansion;

/* Sets `*index` to the position of `key`; returns false if there is no such instance. */
bool expansion_find(const Expansion *expansion, InstanceKey key, size_t *index);
