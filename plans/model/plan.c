/* plan: order, search and counts of a plan. */
#include "plan.h"
#include "digest.h"
#include "json.h"

Plan *plan_new(PlanMode mode, Arena *arena) {
    Plan *plan = arena_new(arena, Plan);
    plan->mode = mode;
    plan->complete = true;
    return plan;
}

static int compare_changes(const void *a, const void *b) {
    const ResourceChange *left = a;
    const ResourceChange *right = b;
    int order = resource_addr_compare(left->address, right->address);
    return order ? order : str_compare(left->deposed, right->deposed);
}

static int compare_deferred(const void *a, const void *b) {
    return compare_changes(&((const DeferredChange *)a)->change,
                           &((const DeferredChange *)b)->change);
}

static int compare_drift(const void *a, const void *b) {
    return resource_addr_compare(((const Drift *)a)->address, ((const Drift *)b)->address);
}

static int compare_invocations(const void *a, const void *b) {
    const ActionInvocation *left = a;
    const ActionInvocation *right = b;
    int order = resource_addr_compare(left->action, right->action);
    return order ? order : resource_addr_compare(left->caller, right->caller);
}

static int compare_outputs(const void *a, const void *b) {
    return str_compare(((const OutputChange *)a)->name, ((const OutputChange *)b)->name);
}

static int plan_compare_variables(const void *a, const void *b) {
    return str_compare(((const PlanVariable *)a)->name, ((const PlanVariable *)b)->name);
}

#define SORT(vec, compare)                                                                         \
    do {                                                                                           \
        if ((vec).count > 1)                                                                       \
            qsort((vec).items, (vec).count, sizeof(*(vec).items), (compare));                      \
    } while (0)

static int plan_compare_parts(const void *a, const void *b) {
    return str_compare(((const PartChange *)a)->key, ((const PartChange *)b)->key);
}

void plan_sort_parts(ResourceChange *change) {
    SORT(change->parts, plan_compare_parts);
}

const PartChange *plan_find_part(const ResourceChange *change, Str key) {
    PartChange wanted = {.key = key};
    if (change->parts.count == 0)
        return NULL;
    return bsearch(&wanted, change->parts.items, change->parts.count, sizeof(wanted),
                   plan_compare_parts);
}

void plan_sort(Plan *plan) {
    SORT(plan->changes, compare_changes);
    SORT(plan->invocations, compare_invocations);
    SORT(plan->deferred, compare_deferred);
    str_sort(plan->deferred_blocks.items, plan->deferred_blocks.count);
    SORT(plan->drift, compare_drift);
    SORT(plan->outputs, compare_outputs);
    SORT(plan->variables, plan_compare_variables);
}

bool plan_has_deferrals(const Plan *plan) {
    return plan->deferred.count + plan->deferred_blocks.count > 0;
}

const ResourceChange *plan_find(const Plan *plan, ResourceAddr address, Str deposed) {
    ResourceChange wanted = {.address = address, .deposed = deposed};
    if (plan->changes.count == 0)
        return NULL;
    return bsearch(&wanted, plan->changes.items, plan->changes.count, sizeof(wanted),
                   compare_changes);
}

static void count_action(Action action, PlanCounts *counts) {
    switch (action) {
    case ACTION_NO_OP: break;
    case ACTION_CREATE: counts->create++; break;
    case ACTION_READ: counts->read++; break;
    case ACTION_UPDATE: counts->update++; break;
    case ACTION_DELETE_THEN_CREATE:
    case ACTION_CREATE_THEN_DELETE:
        counts->create++;
        counts->delete ++;
        break;
    case ACTION_DELETE: counts->delete ++; break;
    case ACTION_FORGET: counts->forget++; break;
    case ACTION_FORGET_THEN_CREATE:
        counts->create++;
        counts->forget++;
        break;
    }
}

PlanCounts plan_count(const Plan *plan) {
    PlanCounts counts = {.invoke = (uint32_t)plan->invocations.count};
    vec_each(&plan->changes, change) {
        counts.import += import_source_is_known(&change->import);
        counts.invoke += (uint32_t)change->invocations.count;
        /* A data source leaves the state, but no object is destroyed. */
        if (change->address.mode == MODE_MANAGED || change->action == ACTION_READ)
            count_action(change->action, &counts);
    }
    return counts;
}

/* The same for parts of instances; `*objects` is their number. */
static PlanCounts plan_count_parts(const Plan *plan, uint32_t *objects) {
    PlanCounts counts = {0};
    *objects = 0;
    vec_each(&plan->changes, change) {
        vec_each(&change->parts, part) {
            ++*objects;
            count_action(part->action, &counts);
        }
    }
    return counts;
}

bool plan_has_moved(const ResourceChange *change) {
    return change->previous.type.len && !resource_addr_equal(change->previous, change->address);
}

bool plan_is_shown(const ResourceChange *change) {
    if (change->address.mode == MODE_DATA && change->action != ACTION_READ)
        return false;
    return change->action != ACTION_NO_OP || plan_has_moved(change) ||
           import_source_is_known(&change->import);
}

/* In a refresh-only plan, removed outputs and outputs with unknown values are no reason to apply.
 */
static bool has_output_change(const Plan *plan) {
    vec_each(&plan->outputs, output) {
        bool is_found = plan->mode != PLAN_REFRESH_ONLY ||
                        (output->action != ACTION_DELETE && value_is_wholly_known(output->after));
        if (output->action != ACTION_NO_OP && is_found && !output->is_deferred)
            return true;
    }
    return false;
}

Str plan_variables_digest(const Plan *plan, Arena *arena) {
    SCOPED(ArenaRef) scratch = arena_open("variables");
    StrBuf text = strbuf_new(scratch);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    json_object_start(&writer);
    vec_each(&plan->variables, variable) {
        if (value_marks_deep(variable->value) & MARKS_SECRET)
            continue;
        json_key(&writer, variable->name);
        json_write_value(&writer, variable->value);
    }
    json_object_end(&writer);
    return digest_hex(DIGEST_SHA256, strbuf_str(&text), arena);
}

bool plan_has_effects(const Plan *plan) {
    vec_each(&plan->changes, change) {
        if (change->has_effect)
            return true;
    }
    return false;
}

void plan_warn_of_unknown(const Plan *plan, Diags *diags) {
    const StrVec *names = &plan->unknown_variables;
    if (names->count > 0)
        diags_warning(diags, NO_RANGE, "Plan cannot be applied",
                      "This plan is a preview without the values of these variables: %.*s. Values "
                      "that depend on them are shown as known after apply.",
                      STR_ARG(str_join(names->items, names->count, STR(", "), diags->arena)));
}

bool plan_is_applyable(const Plan *plan) {
    if (plan->errored)
        return false;
    if (plan->has_news || plan->invocations.count > 0)
        return true;
    vec_each(&plan->changes, change) {
        if (change->action != ACTION_NO_OP || plan_has_moved(change) ||
            import_source_is_known(&change->import))
            return true;
    }
    vec_each(&plan->drift, drift) {
        if (plan->mode == PLAN_REFRESH_ONLY && drift->action != ACTION_NO_OP)
            return true;
    }
    return has_output_change(plan);
}

Str plan_summary(const Plan *plan, Arena *arena) {
    PlanCounts counts = plan_count(plan);
    StrBuf text = strbuf_new(arena);
    if (counts.import)
        strbuf_add_format(&text, "%u to import, ", counts.import);
    strbuf_add_format(&text, "%u to add, %u to change, %u to destroy", counts.create, counts.update,
                      counts.delete);
    uint32_t objects;
    PlanCounts parts = plan_count_parts(plan, &objects);
    if (objects > 0)
        strbuf_add_format(&text, " (%u object%s: %u to add, %u to change, %u to delete)", objects,
                          objects == 1 ? "" : "s", parts.create, parts.update, parts.delete);
    if (counts.invoke > 0)
        strbuf_add_format(&text, ". Actions: %u to invoke", counts.invoke);
    return strbuf_str(&text);
}
