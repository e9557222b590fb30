/* item_index: finds equal values by their hashes, so that functions compare no value with each
 * other one. The index holds the values, which must outlive it. */
#pragma once

#include "value.h"

typedef bool (*ItemEqual)(Value a, Value b);

typedef struct ItemIndex {
    ItemEqual equal;
    Value *items;  /* by slot */
    bool *is_used; /* by slot */
    size_t mask;   /* number of slots - 1 */
} ItemIndex;

/* Returns an empty index for at most `count` values. Values that are `equal` must have equal
 * hashes. */
ItemIndex item_index_new(size_t count, ItemEqual equal, Arena *arena);
bool item_index_has(const ItemIndex *index, Value item);
/* Adds the value; returns false if the index has an equal one already. */
bool item_index_add(ItemIndex *index, Value item);
