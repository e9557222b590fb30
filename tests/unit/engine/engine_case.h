/* engine_case: whole runs in one process: configuration text → config_load → plan → apply, with the
 * fake provider and terraform_data, and the state in memory. */
#pragma once

#include "config_load.h"
#include "engine.h"
#include "fake_provisioner.h"
#include "provisioners.h"
#include "statefile.h"
#include "terraform_provider.h"
#include "unit.h"

#include <unistd.h>

typedef struct EngineCase {
    FakeWorld world; /* holds the Io */
    Arena *arena;
    char *directory;
    Backend backend;
    Str stored; /* content of the backend */
    uint32_t writes;
    uint32_t failing_writes; /* number of the next writes that fail */
    Config *config;
    Registry *registry;
    State *state;
    State *refreshed;
    Plan *plan;
    Listings listings; /* of a query */
    PlanOptions options;
    Map variables;
    Diags diags;
    uint32_t parallelism;
    Journal *journal; /* NULL: no journal */
    const Hooks *hooks;
    int64_t now_ms; /* start of the run */
} EngineCase;

static const ProviderRow engine_case_providers[] = {
    {"terraform", "terraform.io/builtin/terraform", &terraform_provider, NULL},
    {"fake", "loam.internal/test/fake", &fake_provider, NULL},
};

static const ProvisionerType *const engine_case_provisioner_rows[] = {
    &local_exec_provisioner, &remote_exec_provisioner, &file_provisioner, &fake_provisioner};
static const ProvisionerTable engine_case_provisioners = {
    engine_case_provisioner_rows, ARRAY_COUNT(engine_case_provisioner_rows)};

static inline bool engine_case_read(Backend *backend, Str *out, Arena *arena, Diags *) {
    const EngineCase *c = backend->self;
    *out = str_clone(c->stored, arena);
    return true;
}

static inline bool engine_case_write_state(Backend *backend, Str bytes, Diags *diags) {
    EngineCase *c = backend->self;
    if (c->failing_writes > 0) {
        c->failing_writes--;
        diags_error(diags, NO_RANGE, "Failed to write the state", "Number %u.", c->failing_writes);
        return false;
    }
    c->stored = str_clone(bytes, c->arena);
    c->writes++;
    return true;
}

static inline void engine_case_write(EngineCase *c, const char *path, const char *text) {
    Arena *arena = c->arena;
    Str name = disk_join(str_from_cstr(c->directory), str_from_cstr(path), arena);
    assert_int_equal(disk_real.make_directories(NULL, disk_directory_of(name), 0777), 0);
    assert_int_equal(disk_real.write_file(NULL, name, str_from_cstr(text), 0666), 0);
}

static inline EngineCase *engine_case_open(void) {
    Arena *arena = arena_open("case");
    EngineCase *c = arena_new(arena, EngineCase);
    fake_world_open(&c->world, arena);
    c->arena = arena;
    c->directory = strdup("/tmp/loam-engine-XXXXXX");
    assert_non_null(mkdtemp(c->directory));
    c->backend = (Backend){.self = c,
                           .path = STR("terraform.tfstate"),
                           .read = engine_case_read,
                           .write = engine_case_write_state};
    c->registry =
        registry_new(engine_case_providers, ARRAY_COUNT(engine_case_providers), STR("."), arena);
    c->state = state_new(arena);
    c->state->lineage = STR("6f2c1a54-0000-4000-8000-000000000001");
    c->parallelism = 4;
    c->variables = map_new(arena);
    c->options.variables = &c->variables;
    c->diags = diags_new(arena);
    return c;
}

static inline void engine_case_close(EngineCase *c) {
    assert_int_equal(disk_remove_tree(&disk_real, str_from_cstr(c->directory)), 0);
    free(c->directory);
    fake_world_close(&c->world);
    arena_close(c->arena);
}

/* Diagnostics, one per line: "Summary: detail"; warnings begin with "W ". */
static inline Str engine_case_said(const EngineCase *c) {
    StrBuf buf = strbuf_new(c->arena);
    vec_each(&c->diags, diag) {
        if (diag->address.len > 0)
            strbuf_add_format(&buf, "%.*s: ", STR_ARG(diag->address));
        strbuf_add_format(&buf, "%s%.*s: %.*s\n", diag->severity == DIAG_WARNING ? "W " : "",
                          STR_ARG(diag->summary), STR_ARG(diag->detail));
    }
    return strbuf_str(&buf);
}

static inline Engine engine_case_engine(EngineCase *c) {
    return (Engine){
        .io = &c->world.io,
        .config = c->config,
        .registry = c->registry,
        .provisioners = &engine_case_provisioners,
        .hooks = c->hooks,
        .cancel = c->world.cancel,
        .parallelism = c->parallelism,
        .workspace = STR("default"),
        .working_directory = STR("/"),
        .now_ms = c->now_ms,
    };
}

static inline void engine_case_load(EngineCase *c) {
    ConfigRequest request = {
        .io = &c->world.io,
        .directory = str_from_cstr(c->directory),
        .data_directory = disk_join(str_from_cstr(c->directory), STR(".loam"), c->arena),
        .functions = function_table_new(NULL, 0, c->arena),
        .install = true,
        .loads_queries = true,
    };
    c->diags = diags_new(c->arena);
    bool ok = config_load(&request, &c->config, c->arena, &c->diags);
    if (!ok)
        print_error("%.*s", STR_ARG(engine_case_said(c)));
    assert_true(ok);
}

/* Writes `text` to main.loam.yaml. */
static inline void engine_case_config(EngineCase *c, const char *text) {
    engine_case_write(c, "main.loam.yaml", text);
    engine_case_load(c);
}

static inline AddressTarget engine_case_address(const EngineCase *c, const char *text) {
    AddressTarget target;
    Diags diags = diags_new(c->arena);
    assert_true(address_parse_target(str_from_cstr(text), &target, c->arena, &diags));
    return target;
}

static inline void engine_case_target(EngineCase *c, const char *text) {
    vec_push(c->arena, &c->options.targets, engine_case_address(c, text));
    vec_push(c->arena, &c->options.target_texts, str_from_cstr(text));
}

static inline void engine_case_exclude(EngineCase *c, const char *text) {
    vec_push(c->arena, &c->options.excludes, engine_case_address(c, text));
    vec_push(c->arena, &c->options.exclude_texts, str_from_cstr(text));
}

static inline void engine_case_replace(EngineCase *c, const char *text) {
    ResourceAddr address;
    Diags diags = diags_new(c->arena);
    assert_true(address_parse_resource(str_from_cstr(text), &address, c->arena, &diags));
    vec_push(c->arena, &c->options.replace, address);
}

static inline void engine_case_options(EngineCase *c, PlanMode mode) {
    c->options = (PlanOptions){.mode = mode, .variables = &c->variables};
}

static inline bool engine_case_plan(EngineCase *c) {
    Engine engine = engine_case_engine(c);
    c->diags = diags_new(c->arena);
    PlanResult result = {0};
    bool ok = engine_plan(&engine, &c->options, c->state, &result, c->arena, &c->diags);
    assert_int_equal(ok, c->diags.error_count == 0);
    assert_true(result.plan || !ok);
    if (result.plan)
        assert_int_equal(result.plan->errored, !ok);
    c->plan = result.plan ? result.plan : plan_new(c->options.mode, c->arena);
    c->plan->errored = !ok;
    c->refreshed = result.refreshed;
    c->listings = result.listings;
    return ok;
}

/* Applies the last plan and clears the recorded calls. */
static inline bool engine_case_apply_plan(EngineCase *c) {
    Engine engine = engine_case_engine(c);
    c->diags = diags_new(c->arena);
    c->world.diary = strbuf_new(c->arena);
    WorkingState *working =
        working_state_open(c->refreshed, &c->backend, c->journal, &c->world.io, c->arena);
    bool ok = engine_apply(&engine, &c->options, c->plan, working, c->arena, &c->diags);
    assert_int_equal(ok, c->diags.error_count == 0);
    c->state = working_state_close(working);
    return ok;
}

static inline void engine_case_must(EngineCase *c, bool ok) {
    if (!ok)
        print_error("%.*s", STR_ARG(engine_case_said(c)));
    assert_true(ok);
}

static inline bool engine_case_apply(EngineCase *c) {
    engine_case_must(c, engine_case_plan(c));
    return engine_case_apply_plan(c);
}

/* Loads a new configuration, plans and applies; each step must succeed. */
static inline void engine_case_run(EngineCase *c, const char *text) {
    engine_case_config(c, text);
    engine_case_must(c, engine_case_apply(c));
}

/* "+ fake_thing.a" per line, without no-ops, with the deposed key as "(deposed)" and the reason. */
static inline Str engine_case_changes(const EngineCase *c) {
    StrBuf buf = strbuf_new(c->arena);
    vec_each(&c->plan->changes, change) {
        if (change->action == ACTION_NO_OP)
            continue;
        strbuf_add_format(&buf, "%s %.*s", action_glyph(change->action),
                          STR_ARG(resource_addr_to_str(change->address, c->arena)));
        if (change->deposed.len > 0)
            strbuf_add_cstr(&buf, " (deposed)");
        if (change->reason != REASON_NONE)
            strbuf_add_format(&buf, " %s", action_reason_name(change->reason));
        strbuf_add_char(&buf, '\n');
    }
    return strbuf_str(&buf);
}

/* Returns the planned value of an attribute. */
static inline Value engine_case_after(const EngineCase *c, const char *address,
                                      const char *attribute) {
    vec_each(&c->plan->changes, change) {
        if (str_equal_cstr(resource_addr_to_str(change->address, c->arena), address))
            return value_attribute(change->after, str_from_cstr(attribute));
    }
    fail_msg("%s", address);
    return value_null(&TYPE_DYNAMIC);
}

/* "fake_thing.a a-1" per line: address, id, tainted; a deposed object as "fake_thing.a deposed
 * a-1". */
static inline void engine_case_show_object(StrBuf *buf, Str address, const char *what,
                                           const StateObject *object) {
    size_t at = str_find(object->attributes, STR("\"id\":"), 0);
    Str rest = at == SIZE_MAX ? STR("\"\"") : str_after(object->attributes, at + 5);
    rest = str_after(rest, str_find_char(rest, '"', 0) + 1);
    Str id = str_slice(rest, 0, str_find_char(rest, '"', 0));
    strbuf_add_format(buf, "%.*s%s %.*s%s\n", STR_ARG(address), what, STR_ARG(id),
                      object->status == OBJECT_TAINTED ? " tainted" : "");
}

static inline Str engine_case_objects(const EngineCase *c, const State *state) {
    StrBuf buf = strbuf_new(c->arena);
    StateResources resources = {0};
    state_sorted_resources(state, &resources, c->arena);
    vec_each(&resources, resource) {
        vec_each(&(*resource)->instances, instance) {
            ResourceAddr address = (*resource)->address;
            address.key = instance->key;
            Str text = resource_addr_to_str(address, c->arena);
            if (instance->current)
                engine_case_show_object(&buf, text, "", instance->current);
            vec_each(&instance->deposed, deposed) {
                engine_case_show_object(&buf, text, " deposed", deposed->object);
            }
            if (instance->pending)
                strbuf_add_format(&buf, "%.*s pending\n", STR_ARG(text));
        }
    }
    return strbuf_str(&buf);
}

static inline Str engine_case_diary(const EngineCase *c) {
    return strbuf_str(&c->world.diary);
}

static inline void engine_case_check_said(const EngineCase *c, const char *part) {
    Str said = engine_case_said(c);
    if (str_find(said, str_from_cstr(part), 0) == SIZE_MAX) {
        print_error("said:   %.*s\nwanted: %s\n", STR_ARG(said), part);
        fail();
    }
}

/* A sequence of runs: the planned actions, and the calls in order. */
typedef struct EngineStep {
    const char *config; /* resources and other blocks; NULL: unchanged */
    const char *changes;
    const char *diary;
} EngineStep;

static inline void engine_case_steps(EngineCase *c, const EngineStep *steps, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (steps[i].config)
            engine_case_config(c, steps[i].config);
        engine_case_must(c, engine_case_plan(c));
        check_str(engine_case_changes(c), steps[i].changes);
        engine_case_must(c, engine_case_apply_plan(c));
        check_str(engine_case_diary(c), steps[i].diary);
        engine_case_must(c, engine_case_plan(c));
        check_str(engine_case_changes(c), ""); /* a second plan is empty */
    }
}

/* With one worker, so that the order of calls is always the same. */
static inline void engine_case_tell(const EngineStep *steps, size_t count) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    engine_case_steps(c, steps, count);
    engine_case_close(c);
}

#define TELL(...)                                                                                  \
    do {                                                                                           \
        const EngineStep told[] = {__VA_ARGS__};                                                   \
        engine_case_tell(told, ARRAY_COUNT(told));                                                 \
    } while (0)

#define check_changes(c, wanted) check_str(engine_case_changes(c), wanted)
#define check_objects(c, wanted) check_str(engine_case_objects((c), (c)->state), wanted)
#define check_diary(c, wanted)   check_str(engine_case_diary(c), wanted)
#define check_said(c, part)      engine_case_check_said((c), (part))
