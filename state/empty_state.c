/* empty_state: a constant text around the version and the lineage. */
#include "empty_state.h"
#include "uuid.h"
#include "version.h"

#define BEGINNING "{\"version\":4,\"terraform_version\":\""
#define MIDDLE    "\",\"serial\":0,\"lineage\":\""
#define END       "\",\"outputs\":{},\"resources\":[],\"check_results\":null}\n"
#define UUID_SIZE ((size_t)36)

Str empty_state_new(Arena *arena) {
    return str_format(arena, BEGINNING VERSION_TERRAFORM MIDDLE "%.*s" END,
                      STR_ARG(uuid_v4(arena)));
}

Str empty_state_drop(Str text) {
    if (!str_starts_with(text, STR(BEGINNING)))
        return text;
    Str rest = str_after(text, strlen(BEGINNING));
    rest = str_after(rest, str_find_char(rest, '"', 0)); /* any release may have written it */
    bool is_empty = rest.len == strlen(MIDDLE) + UUID_SIZE + strlen(END) &&
                    str_starts_with(rest, STR(MIDDLE)) && str_ends_with(rest, STR(END));
    return is_empty ? STR_EMPTY : text;
}
