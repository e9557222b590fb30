/* item_index: a hash table with open addressing, at most half full. */
#include "item_index.h"

ItemIndex item_index_new(size_t count, ItemEqual equal, Arena *arena) {
    size_t slots = 2;
    while (slots < count * 2)
        slots *= 2;
    return (ItemIndex){
        .equal = equal,
        .items = arena_new_array(arena, Value, slots),
        .is_used = arena_new_array(arena, bool, slots),
        .mask = slots - 1,
    };
}

/* Returns the slot of an equal value, or the free slot where it belongs. */
static size_t find_slot(const ItemIndex *index, Value item) {
    size_t slot = (size_t)value_hash(item) & index->mask;
    while (index->is_used[slot] && !index->equal(index->items[slot], item))
        slot = (slot + 1) & index->mask;
    return slot;
}

bool item_index_has(const ItemIndex *index, Value item) {
    return index->is_used[find_slot(index, item)];
}

bool item_index_add(ItemIndex *index, Value item) {
    size_t slot = find_slot(index, item);
    if (index->is_used[slot])
        return false;
    index->items[slot] = item;
    index->is_used[slot] = true;
    return true;
}
