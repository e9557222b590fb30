/* foreign_names: hints for errors about names of a similar provider. */
#include "foreign_names.h"

Str foreign_names_hint(const ForeignNames *names, Str name, Arena *arena) {
    for (size_t i = 0; names && i < names->count; i++)
        if (str_equal_cstr(name, names->rows[i].name))
            return str_format(arena, " %s", names->rows[i].instead);
    return STR_EMPTY;
}

Str foreign_names_suggest(const ForeignNames *names, Str name, const Str *candidates, size_t count,
                          Arena *arena) {
    Str hint = foreign_names_hint(names, name, arena);
    return hint.len ? hint : str_did_you_mean(name, candidates, count, arena);
}
