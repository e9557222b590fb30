/* Marks come from paths of the configuration, of the schema, and of the prior object. */
#include "object_marks.h"

#include "mask.h"

Value object_marks_add(Job *job, Value object, const Configured *configured) {
    if (!value_is_present(object))
        return object;
    Paths paths = {0};
    schema_sensitive_paths(job->schema, object, &paths, job->scratch);
    if (paths.count > 0)
        object = path_mark(object, &paths, MARK_SENSITIVE, job->scratch);
    if (configured && configured->sensitive.count > 0) {
        object = path_mark(object, &configured->sensitive, MARK_SENSITIVE, job->scratch);
    }
    mask_collect(object, &job->secrets, job->scratch);
    return object;
}

Value object_marks_keep(Job *job, Value before, Value after) {
    if (!value_is_present(after))
        return after;
    Paths sensitive = {0};
    path_find_marks(before, MARK_SENSITIVE, &sensitive, job->scratch);
    if (sensitive.count > 0)
        after = path_mark(after, &sensitive, MARK_SENSITIVE, job->scratch);
    return object_marks_add(job, after, NULL);
}

void object_marks_inherit(Job *job, Value prior, Value planned, Configured *configured) {
    Paths marked = {0};
    if (!value_has_marks_anywhere(prior) || !value_is_present(planned))
        return;
    path_find_marks(prior, MARK_SENSITIVE, &marked, job->scratch);
    vec_each(&marked, path) {
        Value before, after, written;
        bool is_written = path_get(configured->value, *path, &written) && !value_is_null(written);
        if (!is_written && path_get(prior, *path, &before) && path_get(planned, *path, &after) &&
            value_is_present(after) && value_equal(value_unmark_deep(before, job->scratch), after))
            vec_push(job->scratch, &configured->sensitive, *path);
    }
}
