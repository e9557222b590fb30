/* Finds a key in an expansion by binary search. */
#include "expansion.h"

bool expansion_find(const Expansion *expansion, InstanceKey key, size_t *index) {
    size_t low = 0;
    size_t high = expansion->is_unknown ? 0 : expansion->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = address_key_compare(expansion->keys[middle], key);
        if (order == 0) {
            *index = middle;
            return true;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}
