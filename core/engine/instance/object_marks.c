/* Marks come from paths of the configuration, of the schema, and of the prior object. */
#include "instance_object.h"
#include "mask.h"

Value object_marks_add(InstanceOp *op, Value object, const Paths *sensitive) {
    if (!value_is_present(object))
        return object;
    Paths paths = {0};
    if (sensitive)
        object = path_mark(object, sensitive, MARK_SENSITIVE, op->scratch);
    schema_sensitive_paths(op->schema, object, &paths, op->scratch);
    object = path_mark(object, &paths, MARK_SENSITIVE, op->scratch);
    mask_collect(object, &op->secrets, op->scratch);
    return object;
}

Value object_marks_keep(InstanceOp *op, Value before, Value after) {
    if (!value_is_present(after))
        return after;
    Paths sensitive = {0};
    path_find_marks(before, MARK_SENSITIVE, &sensitive, op->scratch);
    return object_marks_add(op, after, &sensitive);
}

void object_marks_inherit(InstanceOp *op, Value prior, Value planned, Value config,
                          Paths *sensitive) {
    Paths marked = {0};
    path_find_marks(prior, MARK_SENSITIVE, &marked, op->scratch);
    vec_each(&marked, path) {
        Value before, after, written;
        bool is_written = path_get(config, *path, &written) && !value_is_null(written);
        if (!is_written && path_get(prior, *path, &before) && path_get(planned, *path, &after) &&
            value_is_present(after) && value_equal(value_unmark_deep(before, op->scratch), after))
            vec_push(op->scratch, sensitive, *path);
    }
}
