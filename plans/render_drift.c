/* What of a plan's drift is worth reading. */
#include "render_drift.h"

#include "json.h"

/* Addresses of the objects, or of their blocks, that changes follow from. */
static Map relevant_objects(const Plan *plan, Arena *arena) {
    Map found = map_new(arena);
    Value list, resource;
    const char *error;
    size_t offset;
    if (plan->relevant_attributes.len == 0 ||
        !json_parse_any(plan->relevant_attributes, &list, &error, &offset, arena) ||
        !value_is_present(list) || list.type->kind != KIND_TUPLE)
        return found;
    for (size_t i = 0; i < list.count; i++) {
        Value item = value_at(list, i);
        if (value_is_present(item) && item.type->kind == KIND_OBJECT &&
            value_find(item, STR("resource"), &resource) && value_is_present(resource) &&
            resource.type->kind == KIND_STRING)
            map_set(&found, value_text(resource), (void *)plan);
    }
    return found;
}

static bool is_relevant(const Map *relevant, ResourceAddr address, Arena *arena) {
    if (map_has(relevant, resource_addr_to_str(address, arena)))
        return true;
    address.key = KEY_ABSENT;
    return map_has(relevant, resource_addr_to_str(address, arena));
}

static bool has_changes(const Plan *plan) {
    vec_each(&plan->changes, change) {
        if (plan_is_shown(change))
            return true;
    }
    return false;
}

static bool changes(const Plan *plan, ResourceAddr address) {
    const ResourceChange *change = plan_find(plan, address, STR_EMPTY);
    return change && change->action != ACTION_NO_OP;
}

RenderDrifts render_drift_find(const Plan *plan, Arena *arena) {
    RenderDrifts shown = {0};
    if (plan->drift.count == 0)
        return shown;
    bool is_all = plan->mode == PLAN_REFRESH_ONLY;
    if (!is_all && !has_changes(plan))
        return shown;
    Map relevant = relevant_objects(plan, arena);
    vec_each(&plan->drift, drift) {
        if (is_all || changes(plan, drift->address) ||
            (drift->action != ACTION_NO_OP && is_relevant(&relevant, drift->address, arena)))
            vec_push(arena, &shown, drift);
    }
    return shown;
}
