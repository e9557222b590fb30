/* drift: lists and filters changed fields. */
#include "drift.h"

static DriftFields differences(const Drift *drift, Arena *arena) {
    Paths paths = {0};
    DriftFields fields = {0};
    path_find_differences(drift->before, drift->after, &paths, arena);
    vec_each(&paths, path) {
        vec_push(arena, &fields, (DriftField){.path = *path});
    }
    return fields;
}

DriftFields drift_fields(const Drift *drift, Arena *arena) {
    DriftFields fields = {0};
    if (drift->action != ACTION_UPDATE)
        return fields;
    if (drift->fields.count == 0)
        return differences(drift, arena);
    vec_each(&drift->fields, field) {
        if (!field->is_foreign)
            vec_push(arena, &fields, *field);
    }
    return fields;
}

/* Returns the object before the drift with the new values of these fields; null for a field that is
 * gone. */
static Value with_fields(const Drift *drift, const DriftFields *fields, Arena *arena) {
    Value after = drift->before;
    vec_each(fields, field) {
        Value found;
        if (!path_get(drift->after, field->path, &found))
            found = value_null(&TYPE_DYNAMIC);
        after = path_set(after, field->path, found, arena);
    }
    return after;
}

void drift_keep_own(Plan *plan, Arena *arena) {
    size_t kept = 0;
    vec_each(&plan->drift, drift) {
        Drift own = *drift;
        if (own.action == ACTION_NO_OP)
            continue;
        DriftFields fields = drift_fields(drift, arena);
        if (own.action == ACTION_UPDATE && fields.count == 0)
            continue;
        if (own.fields.count > 0) {
            own.after = with_fields(drift, &fields, arena);
            own.fields = fields;
        }
        plan->drift.items[kept++] = own;
    }
    plan->drift.count = kept;
}
