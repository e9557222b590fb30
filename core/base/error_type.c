#include "error_type.h"

static bool is_timeout(Str text) {
    static const char *const parts[] = {"imed out", "timeout", "time limit", "in time",
                                        "deadline exceeded"};
    for (size_t i = 0; i < ARRAY_COUNT(parts); i++) {
        if (str_find(text, str_from_cstr(parts[i]), 0) != SIZE_MAX)
            return true;
    }
    return false;
}

static const char *type_of_access(const Diag *diag) {
    if (str_find(diag->summary, STR("state lock"), 0) != SIZE_MAX)
        return "state_lock";
    return is_timeout(diag->detail) ? "timeout" : "connection";
}

/* An error in the configuration has a place in a file, and no object. Errors of a call that the
 * caller names get their object later. */
static bool is_of_files(const Diag *diag, const char *otherwise) {
    bool is_of_call = strcmp(otherwise, ERROR_TYPE_OTHER) != 0;
    return diag->range.source && diag->address.len == 0 && !is_of_call;
}

static const char *type_of_other(const Diag *diag, const char *otherwise) {
    if (diag->checked.len)
        return "condition";
    if (is_of_files(diag, otherwise))
        return ERROR_TYPE_CONFIGURATION;
    if (is_timeout(diag->detail))
        return "timeout";
    switch (diag_class_of(diag->detail, DIAG_OTHER)) {
    case DIAG_UNREACHABLE: return "connection";
    case DIAG_DENIED: return "permission";
    case DIAG_OTHER:
    case DIAG_MISMATCH:
    case DIAG_STALE:
    case DIAG_IN_DOUBT: return otherwise;
    }
    return otherwise;
}

static const char *type_of_error(const Diag *diag, const char *otherwise) {
    switch (diag->class) {
    case DIAG_OTHER: return type_of_other(diag, otherwise);
    case DIAG_UNREACHABLE: return type_of_access(diag);
    case DIAG_MISMATCH: return "plan_mismatch";
    case DIAG_STALE: return "stale_plan";
    case DIAG_DENIED: return "permission";
    case DIAG_IN_DOUBT: return "in_doubt";
    }
    return otherwise;
}

const char *error_type_first(const Diags *diags, size_t from, const char *otherwise) {
    for (size_t i = from; i < diags->count; i++) {
        const Diag *diag = &diags->items[i];
        if (diag->severity == DIAG_ERROR && !diag->follows)
            return type_of_error(diag, otherwise);
    }
    return otherwise;
}
