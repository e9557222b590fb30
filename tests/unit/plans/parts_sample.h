/* parts_sample: a plan with an instance that has a part of each action. */
#pragma once

#include "plan_case.h"

static inline PartChange *parts_sample_add(ResourceChange *change, const char *key, Action action,
                                           const char *before, const char *after) {
    PartChange part = {
        .key = str_from_cstr(key),
        .title = str_from_cstr(key),
        .action = action,
        .before = value_of(before),
        .after = value_of(after),
    };
    vec_push(arena, &change->parts, part);
    return &vec_last(&change->parts);
}

static inline ResourceChange parts_sample_change(void) {
    ResourceChange change = change_of("t.web", ACTION_UPDATE, value_of("{\"id\": \"x\", \"n\": 1}"),
                                      value_of("{\"id\": \"x\", \"n\": 2}"));
    parts_sample_add(&change, "v1/Pod/b<b>", ACTION_CREATE, "-",
                     "{\"at\": {\"$unknown\": true}, \"spec\": {\"n\": 1}}");
    parts_sample_add(&change, "v1/Pod/gone", ACTION_DELETE, "{\"n\": 1}", "-");
    PartChange *part = parts_sample_add(&change, "v1/Pod/again", ACTION_DELETE_THEN_CREATE,
                                        "{\"ip\": \"1\", \"n\": 1}", "{\"ip\": \"2\", \"n\": 1}");
    vec_push(arena, &part->replace_paths, path_of("ip"));
    vec_push(arena, &part->notes, (ChangeNote){path_of("ip"), STR("immutable")});
    part = parts_sample_add(&change, "v1/Secret/s", ACTION_UPDATE,
                            "{\"data\": {\"$sensitive\": \"canary-one\"}, \"n\": 1}",
                            "{\"data\": {\"$sensitive\": \"canary-two\"}, \"n\": 1}");
    part->title = STR("v1/Secret/(sensitive value)");
    vec_push(arena, &part->notes, (ChangeNote){{0}, STR("verified at apply")});
    part = parts_sample_add(&change, "v1/Secret/whole", ACTION_DELETE,
                            "{\"$sensitive\": {\"data\": \"canary-three\", \"more\": 1}}", "-");
    change.has_unknown_parts = true;
    plan_sort_parts(&change);
    return change;
}

static inline Plan *parts_sample_plan(void) {
    Plan *plan = plan_new(PLAN_NORMAL, arena);
    plan->workspace = STR("default");
    vec_push(arena, &plan->changes, parts_sample_change());
    return plan;
}
