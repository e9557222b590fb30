/* Visits the invocations that -invoke requests: plans them one after the other, or submits a task
 * for each planned one. */
#include "invocation.h"
#include "node_visit.h"

typedef struct Requested {
    NodeVisit *visit;
    ActionInvocations *out;
    size_t found;
} Requested;

/* -target restricts the callers. */
static bool invoke_is_wanted(const Requested *requested, ResourceAddr caller) {
    const PlanOptions *options = requested->visit->walk->options;
    vec_each(&options->targets, target) {
        if (address_target_matches(target, caller))
            return true;
    }
    return options->targets.count == 0;
}

static bool invoke_plan_one(Requested *requested, InstanceRecord *action,
                            const InstanceRecord *caller) {
    NodeVisit *visit = requested->visit;
    ActionInvocation invocation;
    if (!invocation_plan_request(action, caller, visit->worker, &invocation))
        return false;
    vec_push(visit->keep, requested->out, invocation);
    return true;
}

static bool report_caller(Requested *requested, const Node *caller, const InstanceRecord *action) {
    NodeVisit *visit = requested->visit;
    return diags_fail(&visit->diags, visit->node->range, "Partially applied configuration",
                      "%.*s refers to \"caller\", and %.*s, which triggers it, does not exist yet. "
                      "Apply the configuration first, without -invoke.",
                      STR_ARG(resource_addr_to_str(action->address, visit->scratch)),
                      STR_ARG(caller->name));
}

/* Plans the action once for each existing instance of a resource that triggers it. */
static bool plan_for_caller(Requested *requested, const Node *caller, ModuleInstance *module,
                            InstanceRecord *action) {
    const ResourceExpansion *resource = node_slot(caller, module)->payload;
    size_t existing = 0;
    bool ok = true;
    for (size_t i = 0; resource && i < resource->expansion.count; i++) {
        const InstanceRecord *record = &resource->records[i];
        if (!value_is_present(record->value))
            continue;
        existing++;
        if (invoke_is_wanted(requested, record->address))
            ok = ok && invoke_plan_one(requested, action, record);
    }
    return existing > 0 ? ok : report_caller(requested, caller, action);
}

static bool plan_action(Requested *requested, ModuleInstance *module, InstanceRecord *action) {
    const Node *node = requested->visit->node;
    bool ok = true;
    if (node->callers.count == 0)
        return invoke_plan_one(requested, action, NULL);
    vec_each(&node->callers, caller) {
        ok = plan_for_caller(requested, *caller, module, action) && ok;
    }
    return ok;
}

static bool plan_module(Requested *requested, ModuleInstance *module) {
    NodeVisit *visit = requested->visit;
    ResourceAddr wanted = *visit->walk->options->invoke;
    const Node *block = node_find(visit->node->module, visit->node->as.resource->local_address);
    const ResourceExpansion *actions = node_slot(block, module)->payload;
    bool ok = true;
    if (!module_addr_is_within(module->address, wanted.module))
        return true;
    for (size_t i = 0; actions && i < actions->expansion.count; i++) {
        InstanceRecord *record = &actions->records[i];
        if (record->keys_unknown ||
            (wanted.key.kind != KEY_NONE && !address_key_equal(wanted.key, record->address.key)))
            continue;
        requested->found++;
        ok = ok && plan_action(requested, module, record);
    }
    return ok;
}

static bool plan_requested(NodeVisit *visit) {
    ActionInvocations *out = arena_new(visit->keep, ActionInvocations);
    Requested requested = {visit, out, 0};
    bool ok = true;
    vec_each(&visit->node->module->instances, module) {
        ok = plan_module(&requested, *module) && ok;
        node_slot(visit->node, *module)->payload = out;
    }
    if (requested.found > 0)
        return ok;
    return diags_fail(&visit->diags, NO_RANGE, "Invoke target not found",
                      "-invoke=%.*s: the action has no such instance.",
                      STR_ARG(resource_addr_to_str(*visit->walk->options->invoke, visit->scratch)));
}

/* One planned invocation, as the payload of a task. */
typedef struct Planned {
    EngineWalk *walk;
    const Node *action;
    const ActionInvocation *invocation;
} Planned;

static bool run_planned(Walk *, void *payload, uint32_t worker) {
    const Planned *planned = payload;
    return invocation_run_request(planned->walk, planned->action, planned->invocation, worker);
}

static void submit_planned(NodeVisit *visit) {
    const Node *action = node_find(visit->node->module, visit->node->as.resource->local_address);
    vec_each(&visit->walk->plan->invocations, invocation) {
        Str address = resource_addr_to_config_str(invocation->action, visit->scratch);
        if (!str_equal(address, action->as.resource->address))
            continue;
        Planned *planned = arena_new(visit->walk_arena, Planned);
        *planned = (Planned){visit->walk, action, invocation};
        walk_submit(visit->pool, visit->node->id,
                    (WalkTask){.run = run_planned, .payload = planned});
    }
}

bool node_invoke_visit(NodeVisit *visit) {
    if (visit->walk->phase == PHASE_PLAN)
        return plan_requested(visit);
    submit_planned(visit);
    return true;
}
