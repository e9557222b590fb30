/* plan_sample: a plan in which every field holds something. */
#pragma once

#include "plan_case.h"

static inline PartChange sample_part(const char *key, Action action, Value before, Value after) {
    return (PartChange){.key = str_from_cstr(key),
                        .title = str_from_cstr(key),
                        .action = action,
                        .before = before,
                        .after = after};
}

static inline void sample_parts(ResourceChange *change) {
    PartChange part = sample_part("v1/Secret/web/s3cr3t", ACTION_DELETE_THEN_CREATE,
                                  value_of("{\"a\": {\"$sensitive\": \"x\"}}"),
                                  value_of("{\"a\": {\"$unknown\": true}}"));
    part.title = STR("v1/Secret/web/(sensitive value)");
    vec_push(arena, &part.replace_paths, path_of("a"));
    vec_push(arena, &part.notes, (ChangeNote){path_of("a"), STR("immutable")});
    vec_push(arena, &change->parts, part);
    vec_push(arena, &change->parts,
             sample_part("v1/Pod/web/front", ACTION_CREATE, value_of("-"), value_of("{}")));
    change->has_unknown_parts = true;
    plan_sort_parts(change);
}

static inline ResourceChange sample_replacement(void) {
    ResourceChange change = change_of("module.m[\"k\"].t.a[2]", ACTION_CREATE_THEN_DELETE,
                                      value_of("{\"a\": 1, \"s\": {\"$sensitive\": \"x\"}}"),
                                      value_of("{\"a\": {\"$unknown\": true}, \"s\": null}"));
    change.previous = address_of("t.old");
    change.provider_config.alias = STR("east");
    change.provider_config.key = STR("k");
    change.provider_config.module = STR("module.m");
    change.reason = REASON_REPLACE_BY_REQUEST;
    change.private_data = (Str){"\0\xff", 2};
    change.create_before_destroy = true;
    change.import.id = STR("i-1");
    change.generated_config = STR("resource \"t\" \"a\" {\n}");
    vec_push(arena, &change.replace_paths, path_of("a"));
    Path deep = path_index(path_of("s"), value_int(3), arena);
    vec_push(arena, &change.replace_paths, path_index(deep, value_from_cstr("k"), arena));
    vec_push(arena, &change.notes, (ChangeNote){path_of("a"), STR("live: setMemory")});
    Str *dependencies = arena_new_array(arena, Str, 2);
    dependencies[0] = STR("data.t.d");
    dependencies[1] = STR("t.b");
    change.dependencies = dependencies;
    change.dependency_count = 2;
    sample_parts(&change);
    return change;
}

static inline void sample_rest(Plan *plan) {
    ResourceChange read = change_of("data.t.d", ACTION_READ, value_of("-"), value_of("{}"));
    read.reason = REASON_READ_BECAUSE_CONFIG_UNKNOWN;
    read.config = value_of("{\"q\": {\"$unknown\": true}}");
    vec_push(arena, &plan->changes, read);
    ResourceChange gone = change_of("t.b", ACTION_DELETE, value_of("{\"a\": 1}"), value_of("-"));
    gone.deposed = STR("0a0b0c0d");
    gone.import.identity = value_of("{\"n\": \"i\"}");
    gone.before_identity = value_of("{\"n\": \"b\"}");
    gone.after_identity = value_of("{\"n\": {\"$unknown\": true}}");
    gone.identity_version = 3;
    vec_push(arena, &plan->changes, gone);
    Drift drift = {.address = address_of("t.b"),
                   .previous = address_of("t.old"),
                   .provider = STR("example.com/test/test"),
                   .action = ACTION_UPDATE,
                   .before = value_of("{\"a\": 1}"),
                   .after = value_of("{\"a\": 2}")};
    vec_push(
        arena, &drift.fields,
        (DriftField){path_of("a"), STR("kubectl (Update)"), STR("2026-01-02T03:04:05Z"), true});
    vec_push(arena, &drift.fields, (DriftField){.path = path_of("a")});
    vec_push(arena, &plan->drift, drift);
    OutputChange output = {
        STR("o"), ACTION_UPDATE, value_of("[1]"), value_of("[1, {\"$unknown\": true}]"),
        true,     true};
    vec_push(arena, &plan->outputs, output);
    vec_push(arena, &plan->variables, (PlanVariable){STR("v"), value_of("{\"$sensitive\": 1}")});
    vec_push(arena, &plan->files, (PlanFile){STR("a.txt"), STR("sha256:0a")});
    vec_push(arena, &plan->files, (PlanFile){STR("maybe"), STR("missing")});
    vec_push(arena, &plan->targets, STR("module.m"));
    vec_push(arena, &plan->ephemeral_variables, STR("token"));
    vec_push(arena, &plan->unknown_variables, STR("x"));
}

static inline void sample_deferred(Plan *plan) {
    ResourceAddr many;
    Diags diags = diags_new(arena);
    assert_true(address_parse_planned(STR("module.n[*].t.many[*]"), &many, arena, &diags));
    DeferredChange unknown = {DEFERRAL_INSTANCE_KEYS,
                              change_of("t.many", ACTION_CREATE, value_of("-"), value_of("{}"))};
    unknown.change.address = many;
    DeferredChange waiting = {
        DEFERRAL_DEPENDENT, change_of("t.c", ACTION_DELETE, value_of("{\"a\": 1}"), value_of("-"))};
    waiting.change.import.is_unknown = true;
    vec_push(arena, &plan->deferred, unknown);
    vec_push(arena, &plan->deferred, waiting);
    vec_push(arena, &plan->deferred_blocks, STR("module.n[*]"));
}

static inline Plan *plan_sample(void) {
    Plan *plan = plan_new(PLAN_DESTROY, arena);
    plan->complete = false;
    plan->is_full_refresh = true;
    plan->errored = true;
    plan->lineage = STR("11111111-2222-3333-4444-555555555555");
    plan->serial = UINT64_MAX;
    plan->journal = STR("abcd");
    plan->created_ms = 1700000000123;
    plan->workspace = STR("blue");
    plan->commit = STR("0123456789abcdef");
    plan->backend = STR("s3 s3://bucket/key");
    plan->code = STR("sha256:0123");
    plan->configuration = STR("{\"root_module\":{}}");
    plan->checks = STR("[]");
    plan->relevant_attributes = STR("[{}]");
    vec_push(arena, &plan->changes, sample_replacement());
    sample_rest(plan);
    sample_deferred(plan);
    plan_sort(plan);
    return plan;
}
