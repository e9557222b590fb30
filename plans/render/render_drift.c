/* render_drift: selects the drift that the text of a plan shows. */
#include "render_drift.h"
#include "json.h"

/* Top-level attributes of one object, or of all instances of a block, that changes result from. */
typedef struct Relevant {
    bool is_whole;
    StrVec names;
} Relevant;

static void add_relevant(Map *found, Value item, Arena *arena) {
    Value resource, path;
    if (!value_is_present(item) || item.type->kind != KIND_OBJECT ||
        !value_find(item, STR("resource"), &resource) || !value_is_present(resource) ||
        resource.type->kind != KIND_STRING)
        return;
    Relevant *relevant = map_find(found, value_text(resource));
    if (!relevant) {
        relevant = arena_new(arena, Relevant);
        map_set(found, value_text(resource), relevant);
    }
    bool has_step = value_find(item, STR("attribute"), &path) && value_is_present(path) &&
                    path.type->kind == KIND_TUPLE && path.count > 0 &&
                    value_is_present(value_at(path, 0)) &&
                    value_at(path, 0).type->kind == KIND_STRING;
    if (has_step)
        vec_push(arena, &relevant->names, value_text(value_at(path, 0)));
    else
        relevant->is_whole = true;
}

/* Address → Relevant. */
static Map relevant_attributes(const Plan *plan, Arena *arena) {
    Map found = map_new(arena);
    Value list;
    const char *error;
    size_t offset;
    if (plan->relevant_attributes.len == 0 ||
        !json_parse_any(plan->relevant_attributes, &list, &error, &offset, arena) ||
        !value_is_present(list) || list.type->kind != KIND_TUPLE)
        return found;
    for (size_t i = 0; i < list.count; i++)
        add_relevant(&found, value_at(list, i), arena);
    return found;
}

static bool render_drift_has_changes(const Plan *plan) {
    vec_each(&plan->changes, change) {
        if (plan_is_shown(change))
            return true;
    }
    return false;
}

/* The plan for one object that has drifted. */
typedef struct Look {
    const Drift *drift;
    const Relevant *of_object; /* NULL: no change results from its attributes */
    const Relevant *of_block;
    const ResourceChange *change; /* of the object itself; NULL: no change */
} Look;

static bool render_drift_has_name(const Relevant *relevant, Str name) {
    if (!relevant)
        return false;
    for (size_t i = 0; !relevant->is_whole && i < relevant->names.count; i++) {
        if (str_equal(relevant->names.items[i], name))
            return true;
    }
    return relevant->is_whole;
}

static bool forces_replacement(const ResourceChange *change, Str name) {
    for (size_t i = 0; i < change->replace_paths.count; i++) {
        Path path = change->replace_paths.items[i];
        if (path.count > 0 && !path.steps[0].is_index && str_equal(path.steps[0].name, name))
            return true;
    }
    return false;
}

/* Does the plan restore the attribute to its value before the drift? */
static bool is_undone(const ResourceChange *change, Str name, Value before) {
    Value planned;
    return value_is_present(change->after) && value_find(change->after, name, &planned) &&
           value_equal(planned, before);
}

static bool is_relevant(const Look *look, Str name, Value before) {
    if (render_drift_has_name(look->of_object, name) || render_drift_has_name(look->of_block, name))
        return true;
    return look->change && look->drift->action != ACTION_DELETE &&
           (forces_replacement(look->change, name) || is_undone(look->change, name, before));
}

static bool render_drift_is_object(Value v) {
    return value_is_present(v) && v.type->kind == KIND_OBJECT;
}

static Value attribute_after(const Drift *drift, size_t i) {
    Value after;
    if (render_drift_is_object(drift->after) &&
        value_find(drift->after, value_key_at(drift->before, i), &after))
        return after;
    return value_null(value_at(drift->before, i).type);
}

/* Removes the attributes that are not shown; returns true if a difference remains. */
static bool reduce(const Look *look, Drift *out, Arena *arena) {
    const Drift *drift = look->drift;
    Value before = drift->before;
    Value *items = arena_new_array(arena, Value, before.count);
    bool differs = false;
    for (size_t i = 0; i < before.count; i++) {
        Str name = value_key_at(before, i);
        Value was = value_at(before, i), is = attribute_after(drift, i);
        bool is_kept = !value_equal(was, is) && is_relevant(look, name, was);
        /* The id is always shown; an object that exists shows its current id. */
        bool is_id = drift->action != ACTION_DELETE && str_equal(name, STR("id"));
        items[i] = is_kept || is_id ? is : was;
        differs |= is_kept;
    }
    uint8_t marks = before.marks | drift->after.marks;
    out->after = value_with_marks(value_object_of(before.type, items), marks);
    return differs;
}

static Look render_drift_look_at(const Plan *plan, const Map *relevant, const Drift *drift,
                                 Arena *arena) {
    ResourceAddr block = drift->address;
    block.key = KEY_ABSENT;
    const ResourceChange *change = plan_find(plan, drift->address, STR_EMPTY);
    return (Look){
        .drift = drift,
        .of_object = map_find(relevant, resource_addr_to_str(drift->address, arena)),
        .of_block = map_find(relevant, resource_addr_to_str(block, arena)),
        .change = change && change->action != ACTION_NO_OP ? change : NULL,
    };
}

RenderDrifts render_drift_find(const Plan *plan, Arena *arena) {
    RenderDrifts shown = {0};
    if (plan->drift.count == 0)
        return shown;
    bool is_all = plan->mode == PLAN_REFRESH_ONLY;
    if (!is_all && !render_drift_has_changes(plan))
        return shown;
    Map relevant = relevant_attributes(plan, arena);
    vec_each(&plan->drift, drift) {
        Look look = render_drift_look_at(plan, &relevant, drift, arena);
        RenderDrift row = {.drift = *drift};
        bool is_shown = is_all || look.change;
        if (!is_all && drift->action != ACTION_NO_OP && render_drift_is_object(drift->before)) {
            bool differs = reduce(&look, &row.drift, arena);
            row.is_extract = true;
            is_shown = differs || (look.change && drift->action == ACTION_DELETE);
        }
        if (is_shown)
            vec_push(arena, &shown, row);
    }
    return shown;
}
