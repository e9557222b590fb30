/* resource_case: one object of one resource type, planned and applied as the engine does, on the
 * real machine. Configurations are JSON text; omitted attributes are null. */
#pragma once

#include "json.h"
#include "object_type.h"
#include "resource_type.h"
#include "unit.h"

typedef struct ResourceCase {
    Arena *arena;
    Io io;
    Call call;
    Diags diags;
    const ResourceType *type; /* NULL: a data source or ephemeral resource */
    const Schema *schema;
    Value state; /* null: no object */
    Str private_data;
    PlanResponse plan; /* the last one */
    bool in_doubt;     /* the last apply ended in doubt */
    Str deferred; /* why the last data source or ephemeral resource is left to the apply; empty: it
                     is not */
} ResourceCase;

static inline ResourceCase case_open_object(const ObjectType *type) {
    Arena *arena = arena_open("case");
    ResourceCase made = {
        .arena = arena,
        .io = io_real(),
        .diags = diags_new(arena),
        .type = resource_type_of(type),
        .schema = &type->schema,
        .state = value_null(schema_implied_type(&type->schema)),
        .private_data = STR_EMPTY,
    };
    made.call = (Call){
        .type = type,
        .arena = arena,
        .address = STR("x.y"),
        .lineage = STR("0f3c1c3e-6d2f-4f55-8d53-a3a8a6c1a001"),
        .generation = 1,
    };
    return made;
}

/* Begins a case of a type of any kind. */
#define case_open(row) case_open_object(&(row)->type)

/* The call points into the case, which may have been copied since the last use. */
static inline const Call *case_call(ResourceCase *c) {
    c->call.io = &c->io;
    return &c->call;
}

static inline void case_close(ResourceCase *c) {
    arena_close(c->arena);
}

static inline Value case_config(ResourceCase *c, const char *json) {
    JsonReader reader = json_reader_new(str_from_cstr(json), c->arena);
    const Type *type = schema_implied_type(c->schema);
    const char *error = "";
    Value config;
    if (!json_read_typed(&reader, json_next(&reader), type, &config, &error, c->arena)) {
        fail_msg("configuration: %s in %s", error, json);
    }
    return config;
}

static inline bool case_validate(ResourceCase *c, const char *json) {
    Value config = case_config(c, json);
    c->diags = diags_new(c->arena);
    return object_type_validate(case_call(c), config, &c->diags);
}

/* Computed attributes that the configuration leaves out keep their prior value. */
static inline Value case_propose(ResourceCase *c, Value prior, Value config) {
    Value filled = schema_apply_defaults(c->schema, config, c->arena);
    Value *items = arena_new_array(c->arena, Value, filled.type->count);
    for (size_t i = 0; i < filled.type->count; i++) {
        const Attribute *attribute = schema_find_attribute(c->schema, value_key_at(filled, i));
        bool keeps = attribute && (attribute->flags & COMPUTED) && value_is_present(prior);
        items[i] = value_at(filled, i);
        if (keeps && value_is_null(items[i]))
            items[i] = value_at(prior, i);
    }
    return schema_drop_write_only(c->schema, value_object_of(filled.type, items), c->arena);
}

static inline bool case_plan_from(ResourceCase *c, Value prior, Value config) {
    PlanRequest request = {
        .prior = prior,
        .proposed = case_propose(c, prior, config),
        .config = config,
        .private_data = c->private_data,
    };
    c->plan = (PlanResponse){.private_data = c->private_data};
    return resource_type_plan(case_call(c), &request, &c->plan, &c->diags);
}

static inline bool case_plan(ResourceCase *c, const char *json) {
    c->diags = diags_new(c->arena);
    return case_plan_from(c, c->state, case_config(c, json));
}

static inline Str case_marker(ResourceCase *c, Value planned) {
    MarkerResponse response;
    assert_true(
        resource_type_marker(case_call(c), &(MarkerRequest){planned}, &response, &c->diags));
    return response.marker;
}

static inline bool case_call_apply(ResourceCase *c, Value prior, Value planned, Value config) {
    ApplyRequest request = {
        .prior = prior,
        .planned = planned,
        .config = config,
        .private_data = c->private_data,
    };
    if (value_is_null(prior)) {
        request.marker = case_marker(c, planned);
    }
    ApplyResponse response = {.state = value_null(prior.type), .private_data = c->private_data};
    bool done = resource_type_apply(case_call(c), &request, &response, &c->diags);
    c->in_doubt = response.in_doubt;
    if (done || !value_is_null(response.state)) {
        c->state = response.state;
        c->private_data = response.private_data;
    }
    return done;
}

static inline bool case_delete(ResourceCase *c) {
    DeleteRequest request = {.prior = c->state, .private_data = c->private_data};
    DeleteResponse response;
    c->diags = diags_new(c->arena);
    bool done = resource_type_delete(case_call(c), &request, &response, &c->diags);
    c->state = done ? value_null(c->state.type) : response.state;
    c->private_data = response.private_data;
    c->in_doubt = response.in_doubt;
    return done;
}

/* Plans and applies; a replacement destroys first. */
static inline bool case_apply(ResourceCase *c, const char *json) {
    Value config = case_config(c, json);
    if (!case_plan(c, json))
        return false;
    if (c->plan.requires_replace.count > 0 && !value_is_null(c->state)) {
        if (!case_delete(c))
            return false;
        c->call.generation++;
        if (!case_plan_from(c, c->state, config))
            return false;
    }
    return case_call_apply(c, c->state, c->plan.planned, config);
}

/* Reads a data source: the state is its configuration before, its object after. */
static inline bool case_read_data(ResourceCase *c) {
    DataReadRequest request = {c->state};
    DataReadResponse response;
    bool done = object_type_read_data(case_call(c), &request, &response, &c->diags);
    c->state = response.state;
    c->deferred = response.deferred;
    return done;
}

static inline bool case_read(ResourceCase *c) {
    c->diags = diags_new(c->arena);
    ReadRequest request = {c->state, c->private_data};
    ReadResponse response;
    if (c->call.type->mode == MODE_DATA)
        return case_read_data(c);
    bool done = resource_type_read(case_call(c), &request, &response, &c->diags);
    c->state = response.state;
    c->private_data = response.private_data;
    return done;
}

static inline bool case_import(ResourceCase *c, Str id) {
    ImportRequest request = {id};
    ImportResponse response;
    c->diags = diags_new(c->arena);
    bool done = resource_type_import(case_call(c), &request, &response, &c->diags);
    c->state = response.state;
    c->private_data = response.private_data;
    return done;
}

/* Opens an ephemeral resource: stores its result as state, and its private data. */
static inline bool case_open_ephemeral(ResourceCase *c, const char *json, int64_t *renew_at_ms) {
    OpenResponse response = {0};
    c->diags = diags_new(c->arena);
    bool done =
        object_type_open(case_call(c), &(OpenRequest){case_config(c, json)}, &response, &c->diags);
    if (done) {
        c->state = response.result;
        c->private_data = response.private_data;
        c->deferred = response.deferred;
        *renew_at_ms = response.renew_at_ms;
    }
    return done;
}

static inline bool case_call_recover(ResourceCase *c, const RecoverRequest *request,
                                     RecoverOutcome *outcome, Value *found) {
    RecoverResponse response;
    bool done = resource_type_recover(case_call(c), request, &response, &c->diags);
    *outcome = response.outcome;
    *found = response.state;
    if (done && response.outcome != RECOVER_ABSENT)
        c->private_data = response.private_data;
    return done;
}

/* Finds out, like a run after a crash, what became of an object of this configuration. */
static inline bool case_recover(ResourceCase *c, const char *json, RecoverOutcome *outcome) {
    Value config = case_config(c, json), none = value_null(config.type);
    c->diags = diags_new(c->arena);
    if (!case_plan_from(c, none, config))
        return false;
    RecoverRequest request = {
        .marker = case_marker(c, c->plan.planned),
        .planned = c->plan.planned,
    };
    c->state = none;
    return case_call_recover(c, &request, outcome, &c->state);
}

static inline Value case_attribute(const ResourceCase *c, const char *name) {
    return value_attribute(c->state, str_from_cstr(name));
}

static inline Str case_text(const ResourceCase *c, const char *name) {
    Value value = case_attribute(c, name);
    return value_is_present(value) ? value_text(value) : STR_EMPTY;
}

static inline bool case_is_planned_unknown(const ResourceCase *c, const char *name) {
    return !value_is_known(value_attribute(c->plan.planned, str_from_cstr(name)));
}

/* Returns true if a plan is empty. */
static inline bool case_is_settled(ResourceCase *c, const char *json) {
    return case_plan(c, json) && value_equal(c->plan.planned, c->state) &&
           c->plan.requires_replace.count == 0;
}

static inline void check_done(ResourceCase *c, bool done) {
    for (size_t i = 0; !done && i < c->diags.count; i++) {
        const Diag *diag = &c->diags.items[i];
        print_error("%.*s: %.*s\n", STR_ARG(diag->summary), STR_ARG(diag->detail));
    }
    assert_true(done);
}

/* Checks that the call failed with this error. */
static inline void check_refused(ResourceCase *c, bool done, const char *summary) {
    assert_false(done);
    assert_true(c->diags.count > 0);
    check_str(c->diags.items[0].summary, summary);
}
