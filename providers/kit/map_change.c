/* map_change: compares maps. */
#include "map_change.h"

static size_t entry_count(Value map) {
    return value_is_present(map) ? map.count : 0;
}

/* Returns whether `map` has a new entry that is not null, or one that differs from `prior`. */
static bool has_new_entry(Value prior, Value map) {
    for (size_t i = 0; i < entry_count(map); i++) {
        Value value = value_at(map, i), before;
        bool is_old = value_is_present(prior) && value_find(prior, value_key_at(map, i), &before);
        if (is_old ? !value_equal(before, value) : !value_is_null(value))
            return true;
    }
    return false;
}

static bool lacks_entry(Value prior, Value map) {
    for (size_t i = 0; i < entry_count(prior); i++) {
        Value ignored;
        if (!value_is_present(map) || !value_find(map, value_key_at(prior, i), &ignored))
            return true;
    }
    return false;
}

bool map_change_forces_new(Value prior, Value planned) {
    return has_new_entry(prior, planned) || lacks_entry(prior, planned);
}
