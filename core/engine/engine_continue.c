/* engine_continue: compares the state that an interrupted apply left with the states of its plan.
 * Finished changes become no-ops, half-made ones shrink, and interrupted calls are recovered. */
#include "engine.h"

#include "conform.h"
#include "state_object.h"
#include "statefile.h"

typedef struct Continuing {
    const Engine *engine;
    const PlanOptions *options;
    Plan *plan;
    const State *read;  /* the state that the plan was made from, before its refresh */
    const State *prior; /* after it */
    const State *left;  /* with the pending calls */
    State *now;         /* `left`, refreshed and without pending calls */
    Arena *arena;
    Diags *diags;
} Continuing;

static const StateObject *continue_object(const State *state, const ResourceChange *change) {
    const StateInstance *instance = state_find_instance(state, change->address);
    return instance ? state_find_object(instance, change->deposed) : NULL;
}

static bool has_same_objects(const StateInstance *a, const StateInstance *b) {
    if (!a || !b || a->deposed.count != b->deposed.count ||
        !state_object_equal(a->current, b->current))
        return false;
    vec_each(&a->deposed, deposed) {
        if (!state_find_deposed(b, deposed->key))
            return false;
    }
    return true;
}

static void put_instance(State *state, const StateResource *resource,
                         const StateInstance *instance) {
    ResourceAddr address = resource->address;
    address.key = instance->key;
    *state_add_instance(state, address) = *instance;
    state_find_resource(state, address)->provider_config = resource->provider_config;
}

/* Adds what the interrupted run has changed to the refreshed state, which it has not saved. */
static void overlay(Continuing *c) {
    map_each(&c->left->resources, entry) {
        const StateResource *resource = entry->value;
        vec_each(&resource->instances, instance) {
            ResourceAddr address = resource->address;
            address.key = instance->key;
            if (!has_same_objects(state_find_instance(c->read, address), instance)) {
                put_instance(c->now, resource, instance);
                continue;
            }
            StateInstance *refreshed = state_add_instance(c->now, address);
            refreshed->pending = instance->pending;
            refreshed->has_outcome = instance->has_outcome;
        }
    }
    map_each(&c->read->resources, entry) {
        const StateResource *resource = entry->value;
        vec_each(&resource->instances, instance) {
            ResourceAddr address = resource->address;
            address.key = instance->key;
            if (!state_find_instance(c->left, address))
                state_empty_instance(c->now, address);
        }
    }
    c->now->serial = c->left->serial;
    c->now->lineage = c->left->lineage;
}

static bool fail_stale(Continuing *c, DiagClass class, ResourceAddr address, const char *why) {
    return diags_fail(diags_as(class, c->diags), NO_RANGE, "Saved plan is stale",
                      "An apply of this plan was interrupted. It cannot be continued, because "
                      "%.*s %s. Make a new plan.",
                      STR_ARG(resource_addr_to_str(address, c->arena)), why);
}

/* Asks the providers for the objects of interrupted calls. */
static bool continue_recover(Continuing *c) {
    PlanOptions options = {.mode = PLAN_REFRESH_ONLY, .variables = c->options->variables};
    map_each(&c->left->resources, entry) {
        const StateResource *resource = entry->value;
        vec_each(&resource->instances, instance) {
            AddressTarget target = {resource->address.module, true, resource->address};
            target.resource.key = instance->key;
            if (instance->pending)
                vec_push(c->arena, &options.targets, target);
        }
    }
    if (options.targets.count == 0)
        return true;
    PlanResult found = {0};
    Diags diags = diags_new(c->arena);
    if (!engine_plan(c->engine, &options, c->now, &found, c->arena, &diags)) {
        diags_append(c->diags, &diags);
        return false;
    }
    bool ok = true;
    vec_each(&options.targets, target) {
        ResourceAddr address = target->resource;
        StateInstance *instance = state_find_instance(found.refreshed, address);
        if (!instance) {
            state_empty_instance(c->now, address);
            continue;
        }
        instance->has_outcome |=
            state_find_instance(c->left, address)->pending->action == PENDING_CREATE;
        put_instance(c->now, state_find_resource(found.refreshed, address), instance);
        if (instance->pending && instance->pending->action == PENDING_CREATE)
            ok = fail_stale(c, DIAG_IN_DOUBT, address,
                            "was being created, and the outcome is unknown");
    }
    return ok;
}

/* Returns whether the object is the one that the change was planned for. */
static bool is_old(const Continuing *c, const ResourceChange *change, const StateObject *object) {
    const StateInstance *left = state_find_instance(c->left, change->address);
    bool is_pending = left && left->pending && str_equal(left->pending->deposed, change->deposed);
    if (is_pending && left->pending->action != PENDING_CREATE)
        return true;
    /* A state that was saved after the creation was recovered may hold the restored object. */
    bool is_recovered = is_pending && state_find_object(left, change->deposed);
    if (left && !is_recovered && (is_pending || left->has_outcome))
        return false;
    return state_object_equal(object, continue_object(c->prior, change)) ||
           state_object_equal(object, continue_object(c->read, change));
}

/* The change that the plan still needs, once the object is there. */
static bool finish(Continuing *c, ResourceChange *change, const StateObject *object) {
    Diags ignored = diags_new(c->arena);
    Value value, planned = value_unmark_deep(change->after, c->arena);
    bool has_parts = change->parts.count > 0 || change->has_unknown_parts;
    if (object->status == OBJECT_TAINTED)
        return fail_stale(c, DIAG_STALE, change->address, "is tainted, so it must be replaced");
    if (!state_object_decode(object, change->schema, &value, c->arena, c->diags))
        return false;
    bool is_done = change->is_legacy ||
                   conform_result(change->schema, planned, value_unmark_deep(value, c->arena),
                                  "result", c->arena, &ignored);
    if (!is_done && change->action != ACTION_UPDATE && !has_parts)
        return fail_stale(c, DIAG_STALE, change->address, "was created, but not as planned");
    change->before = value;
    change->config_digest = STR_EMPTY; /* the plan of the provider began from another object */
    change->action = ACTION_UPDATE;
    if (!is_done)
        return true;
    *change = (ResourceChange){
        .address = change->address,
        .provider_config = change->provider_config,
        .schema = change->schema,
        .action = ACTION_NO_OP,
        .before = value,
        .after = value,
        .create_before_destroy = change->create_before_destroy,
    };
    return true;
}

static bool delete_deposed(Continuing *c, const ResourceChange *of, StateDeposed deposed) {
    ResourceChange change = {
        .address = of->address,
        .deposed = deposed.key,
        .provider_config = of->provider_config,
        .schema = of->schema,
        .action = ACTION_DELETE,
        .dependencies = deposed.object->dependencies,
        .dependency_count = deposed.object->dependency_count,
        .create_before_destroy = deposed.object->create_before_destroy,
    };
    if (!state_object_decode(deposed.object, of->schema, &change.before, c->arena, c->diags))
        return false;
    change.after = value_null(change.before.type);
    vec_push(c->arena, &c->plan->changes, change);
    return true;
}

/* Returns whether the successor of a deposed object was not created: then the object is current
 * again. Otherwise adds the deletion that is still to be made. */
static bool restore_deposed(Continuing *c, const ResourceChange *change, bool *ok) {
    StateInstance *instance = state_find_instance(c->now, change->address);
    const StateInstance *before = state_find_instance(c->prior, change->address);
    for (size_t i = 0; instance && i < instance->deposed.count; i++) {
        StateDeposed deposed = instance->deposed.items[i];
        if (before && state_find_deposed(before, deposed.key))
            continue;
        if (instance->current) {
            *ok = delete_deposed(c, change, deposed);
            return false;
        }
        state_remove_deposed(instance, deposed.key);
        instance->current = deposed.object;
        instance->has_outcome = false;
        return true;
    }
    return false;
}

/* The changes may grow meanwhile, so this one is named by its index. */
static bool continue_change(Continuing *c, size_t index) {
    ResourceChange change = c->plan->changes.items[index];
    bool updates = change.action == ACTION_UPDATE;
    bool ok = true;
    if (change.action == ACTION_CREATE_THEN_DELETE && restore_deposed(c, &change, &ok))
        return true;
    const StateObject *object = continue_object(c->now, &change);
    if (!updates && change.action != ACTION_CREATE && !action_is_replace(change.action))
        return true; /* deletions and reads may be repeated */
    if (!object && updates)
        return fail_stale(c, DIAG_STALE, change.address, "no longer exists");
    if (!object) {
        change.action = ACTION_CREATE;
        change.before = value_null(change.after.type);
    } else if (!is_old(c, &change, object)) {
        ok = finish(c, &change, object) && ok;
    } else if (updates && !state_object_equal(object, continue_object(c->prior, &change))) {
        change.config_digest = STR_EMPTY; /* an interrupted update is repeated */
        ok = state_object_decode(object, change.schema, &change.before, c->arena, c->diags);
    }
    c->plan->changes.items[index] = change;
    return ok;
}

bool engine_continue(const Engine *engine, const PlanOptions *options, const State *left,
                     PlanResult *result, Arena *arena, Diags *diags) {
    State *read;
    Plan *plan = result->plan;
    if (!statefile_decode(STR("previous-state.json"), plan->previous_state, &read, arena, diags))
        return false;
    Continuing c = {
        .engine = engine,
        .options = options,
        .plan = plan,
        .read = read,
        .prior = result->refreshed,
        .left = left,
        .now = state_clone(left->is_of_plan ? left : result->refreshed, arena),
        .arena = arena,
        .diags = diags,
    };
    bool ok = true;
    if (!left->is_of_plan)
        overlay(&c);
    if (!continue_recover(&c))
        return false;
    size_t count = plan->changes.count;
    for (size_t i = 0; i < count; i++)
        ok = continue_change(&c, i) && ok;
    plan_sort(plan);
    plan->is_continued = true;
    result->refreshed = c.now;
    return ok;
}
