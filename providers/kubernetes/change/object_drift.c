#include "object_drift.h"

#include "field_manager.h"
#include "field_name.h"

static bool is_number_step(const PathStep *step) {
    return step->is_index && step->key.type->kind == KIND_NUMBER;
}

/* Returns the place in the live object of a place in the attributes: `labels["app"]` of a map is
 * the field labels.app, and a block of a typed object is the field itself. */
static Path object_drift_place_of(const ObjectDrift *drift, Path path, Arena *arena) {
    Path out = drift->is_typed ? (Path){0} : drift->place;
    for (size_t i = 0; i < path.count; i++) {
        const PathStep *step = &path.steps[i];
        bool is_block_item = drift->is_typed && i == 1 && is_number_step(step);
        if (is_block_item)
            continue;
        if (is_number_step(step))
            out = path_index(out, step->key, arena);
        else if (step->is_index)
            out = path_attribute(out, value_text(step->key), arena);
        else
            out = path_attribute(
                out, drift->is_typed ? field_name_of_attribute(step->name, arena) : step->name,
                arena);
    }
    return out;
}

/* Returns whether `later` replaces `owner`: another manager than ours, then the latest one. RFC
 * 3339 times of a server, all in UTC, sort as texts. */
static bool object_drift_is_better(const FieldManager *owner, const FieldManager *later, Str ours) {
    if (!owner)
        return true;
    bool is_ours = field_manager_is_apply(owner, ours);
    if (is_ours != field_manager_is_apply(later, ours))
        return is_ours;
    return str_compare(owner->time, later->time) <= 0;
}

static const FieldManager *object_drift_owner_of(const FieldManagers *managers,
                                                 const ObjectDrift *drift, Path place) {
    const FieldManager *owner = NULL;
    vec_each(managers, manager) {
        if (field_set_has_path(manager->fields, drift->live, place) &&
            object_drift_is_better(owner, manager, drift->manager))
            owner = manager;
    }
    return owner;
}

static Str owner_text(const FieldManager *owner, Arena *arena) {
    const char *comma = owner->subresource.len ? ", subresource " : "";
    return str_format(arena, "%.*s (%.*s%s%.*s)", STR_ARG(owner->name), STR_ARG(owner->operation),
                      comma, STR_ARG(owner->subresource));
}

static bool is_computed(const ObjectDrift *drift, Path path, Arena *arena) {
    for (size_t i = 0; drift->computed && i < drift->computed->count; i++) {
        Str text = str_concat(STR("."), drift->computed->items[i], arena);
        if (path_starts_with(path, path_parse(text, arena)))
            return true;
    }
    return false;
}

/* Returns whether the server alone sets the attribute metadata[0].NAME of a typed resource. */
static bool is_of_server(Path path) {
    static const char *const names[] = {"generation", "resource_version", "self_link", "uid"};
    for (size_t i = 0; path.count == 3 && !path.steps[2].is_index && i < ARRAY_COUNT(names); i++) {
        if (str_equal_cstr(path.steps[2].name, names[i]))
            return str_equal_cstr(path.steps[0].name, "metadata");
    }
    return false;
}

/* Returns whether the configuration does not set the field. */
static bool object_drift_is_foreign(const ObjectDrift *drift, Path path, Arena *arena) {
    Value found;
    if (is_computed(drift, path, arena) || (drift->is_typed && is_of_server(path)))
        return true;
    return drift->own.type && !(path_get(drift->own, path, &found) && value_is_present(found));
}

void object_drift_find(const ObjectDrift *drift, FieldChanges *out, Arena *arena) {
    Paths paths = {0};
    path_find_differences(drift->before, drift->after, &paths, arena);
    FieldManagers managers = field_managers_read(drift->live, arena);
    vec_each(&paths, path) {
        Path place = object_drift_place_of(drift, *path, arena);
        const FieldManager *owner = object_drift_owner_of(&managers, drift, place);
        FieldChange change = {
            .path = path_join(drift->base, *path, arena),
            .is_foreign = object_drift_is_foreign(drift, *path, arena),
        };
        if (owner) {
            change.manager = owner_text(owner, arena);
            change.since = str_clone(owner->time, arena);
        }
        vec_push(arena, out, change);
    }
}
