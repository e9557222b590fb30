/* The rules, in their order: the first that applies decides. */
#include "decide_stack.h"

#include "stack_case.h"
#include "stack_preview.h"

#define CHANGES_MS ((int64_t)300 * 1000) /* between two Runs that changes by others cause */

/* The other objects. */

static bool is_ready(const Stack *stack) {
    const StatusCondition *ready = object_meta_condition(&stack->status.conditions, "Ready");
    return ready && ready->status == CONDITION_TRUE &&
           stack->status.observed_generation == stack->meta.generation;
}

static bool has_output(const Stack *stack, Str name) {
    return str_is_among(name, stack->status.outputs.names.items, stack->status.outputs.names.count);
}

/* A preview plans without an output that no Run has made yet; its plan cannot be applied. */
static bool is_unknown(const StackCase *the, const StackDependency *dependency) {
    return the->view->stack->spec.is_plan_only && dependency->stack && dependency->output.len > 0 &&
           dependency->stack->status.outputs.digest.len == 0;
}

static bool is_git(const StackSpec *spec) {
    return spec->source.ref.kind.len == 0;
}

static Str ref_text(const StackCase *the, NamespacedName ref) {
    Str namespace = ref.namespace.len > 0 ? ref.namespace : the->view->stack->meta.namespace;
    return str_format(the->arena, "%.*s/%.*s", STR_ARG(namespace), STR_ARG(ref.name));
}

/* Finds revision and trigger; both stay empty while the source or a dependency is not ready. */
static void find_trigger(StackCase *the) {
    const StackView *view = the->view;
    const StackSpec *spec = &view->stack->spec;
    RunTriggerInputs *inputs = &the->inputs;
    if (is_git(spec)) {
        the->revision = inputs->revision = spec->source.git.commit;
    } else {
        if (!view->source || source_problem(view->source, the->arena).len > 0)
            return;
        the->revision = view->source->status.artifact.revision;
        the->artifact =
            (Artifact){view->source->status.artifact.url, view->source->status.artifact.digest};
        inputs->revision = the->artifact.digest;
    }
    vec_each(&view->dependencies, dependency) {
        if (!dependency->stack || (!spec->is_plan_only && !is_ready(dependency->stack)))
            return;
        if (dependency->output.len > 0)
            vec_push(the->arena, &inputs->outputs, dependency->stack->status.outputs.digest);
        if (is_unknown(the, dependency))
            vec_push(the->arena, &the->unknown, dependency->variable);
    }
    inputs->spec = the->template.text;
    the->trigger = run_trigger_new(view->stack, inputs, the->arena);
}

/* The request that the last Run served. */
static Str served_request(const StackCase *the) {
    vec_each(&the->view->runs, run) {
        if (str_equal((*run)->meta.name, the->next.last_run.name))
            return (*run)->spec.requested_at;
    }
    return the->view->stack->status.last_handled;
}

/* Compares with the last Run, not with the status: that is written first, and a controller that
 * dies then leaves the Run to the next one, which must make the same. */
static RunCause new_cause(const StackCase *the) {
    const Stack *stack = the->view->stack;
    bool has_outputs = false;
    if (!str_equal(stack->meta.annotations.requested_at, served_request(the)))
        return RUN_CAUSE_REQUEST;
    if (!str_equal(the->revision, the->next.last_run.revision))
        return RUN_CAUSE_SOURCE;
    vec_each(&the->view->dependencies, dependency)
        has_outputs = has_outputs || dependency->output.len > 0;
    return has_outputs && stack->status.observed_generation == stack->meta.generation
               ? RUN_CAUSE_DEPENDENCY
               : RUN_CAUSE_SPEC;
}

/* Whether another manager has changed an object since the last Run ended. Times in a status are
 * whole seconds; a change in that second counts. */
static bool is_changed(const Stack *stack, const StackStatus *status) {
    return stack_listens(stack) && status->changed_ms != 0 &&
           status->changed_ms >= status->last_run.finished_ms / 1000 * 1000;
}

/* The interval, a tenth more or less: Stacks that were created together spread. A change by another
 * manager makes it now, but not soon after a Run for drift: two managers may undo each other. */
static int64_t next_check_ms(const StackCase *the) {
    const Stack *stack = the->view->stack;
    const StackLastRun *last = &the->next.last_run;
    int64_t interval = stack->spec.interval_ms, part = (int64_t)(str_hash(stack->meta.uid) % 201);
    int64_t next_ms = last->finished_ms + interval / 1000 * (900 + part);
    int64_t changed_ms = the->next.changed_ms;
    if (!is_changed(stack, &the->next))
        return next_ms;
    if (last->cause == RUN_CAUSE_DRIFT && changed_ms < last->finished_ms + CHANGES_MS)
        changed_ms = last->finished_ms + CHANGES_MS;
    return changed_ms < next_ms ? changed_ms : next_ms;
}

/* A finished Run becomes the last one. */

static bool is_accepted(const StackCase *the, StateVersion state) {
    uint64_t serial;
    return str_to_uint64(the->view->stack->meta.annotations.accept_state, &serial) &&
           serial == state.serial;
}

/* An older state, or another one: something was restored, or the backend was exchanged. */
static bool has_regressed(const StackCase *the, StateVersion state) {
    const StateVersion *known = &the->next.state;
    return state.lineage.len > 0 && known->lineage.len > 0 && !is_accepted(the, state) &&
           (!str_equal(state.lineage, known->lineage) || state.serial < known->serial);
}

static void take_drift(StackCase *the, const Run *run) {
    if (run->spec.type == RUN_PLAN || !run_has_succeeded(run))
        return;
    if (run->status.drift.count == 0) {
        if (the->next.drift.count > 0)
            stack_case_event(the, "DriftGone", STR("The objects are as the state has them."),
                             run->meta.name);
        the->next.drift_since_ms = 0;
    } else if (!str_equal(run->status.drift.digest, the->next.drift.digest)) {
        the->next.drift_since_ms = run->status.finished_ms;
        stack_case_event(the, "DriftDetected", run->status.message, run->meta.name);
    }
    the->next.drift = run->status.drift;
}

static void take_finished_run(StackCase *the) {
    const Run *run = the->view->current;
    StateVersion state;
    if (the->next.current_run.len == 0 || !run || !run_is_finished(run))
        return;
    state =
        run->status.apply.state.lineage.len > 0 ? run->status.apply.state : run->status.plan.state;
    the->next.last_run = (StackLastRun){
        .name = run->meta.name,
        .type = run->spec.type,
        .cause = run->spec.cause,
        .trigger = run->spec.trigger,
        .revision = run->spec.revision,
        .finished_ms = run->status.finished_ms,
        .result = has_regressed(the, state) ? REASON_STATE_REGRESSED : run->status.reason,
        .message = run->status.message,
        .state = state,
    };
    the->next.current_run = STR_EMPTY;
    the->next.plan = (struct StackPlan){0};
    if (run->status.planned_ms != 0)
        the->next.last_planned_revision = run->spec.revision;
    if (the->next.last_run.result == REASON_STATE_REGRESSED)
        return;
    if (state.lineage.len > 0)
        the->next.state = state;
    take_drift(the, run);
    if (!run_has_succeeded(run))
        return;
    the->next.retries = 0;
    if (run->spec.type == RUN_APPLY)
        the->next.last_applied_revision = run->spec.revision;
    if (run->status.apply.state.lineage.len > 0)
        the->next.kinds = run->status.kinds;
    if (run->status.outputs.digest.len > 0) {
        if (the->view->dependents.count > 0 &&
            !str_equal(run->status.outputs.digest, the->next.outputs.digest))
            stack_case_event(the, "OutputsChanged", STR("Dependents plan again."), run->meta.name);
        the->next.outputs.digest = run->status.outputs.digest;
        the->next.outputs.names = run->status.outputs.names;
    }
}

/* Rules. */

static RunType wanted_type(const StackCase *the) {
    return the->view->stack->spec.is_plan_only ? RUN_PLAN : RUN_APPLY;
}

static bool rule_deleted(StackCase *the) {
    return the->view->stack->meta.deleted_ms != 0 && decide_delete(the);
}

static bool rule_finalizer(StackCase *the) {
    const Stack *stack = the->view->stack;
    if (stack->spec.deletion_policy != DELETION_POLICY_DESTROY || stack_has_finalizer(stack))
        return false;
    vec_push(the->arena, &the->out.steps, (DecisionStep){STEP_ADD_FINALIZER, &stack->meta});
    return true;
}

/* A Run that applies ends as usual; the conditions stay. */
static bool stack_rule_suspended(StackCase *the) {
    vec_each(&the->next.conditions, condition) {
        if (the->view->stack->spec.is_suspended && str_equal_cstr(condition->type, "Ready"))
            condition->message = STR("suspended");
    }
    return the->view->stack->spec.is_suspended;
}

static bool rule_invalid(StackCase *the) {
    if (the->view->problem.len == 0)
        return false;
    stack_case_set(the, REASON_INVALID_SPEC, the->view->problem);
    return true;
}

static bool rule_running(StackCase *the) {
    const Run *run = the->view->current;
    if (!stack_case_is_running(the) ||
        !(run_applies(run) || the->trigger.len == 0 || str_equal(run->spec.trigger, the->trigger)))
        return false;
    stack_case_show_run(the);
    return true;
}

static bool rule_outdated(StackCase *the) {
    if (!stack_case_is_running(the))
        return false;
    stack_case_cancel(the, STR("The configuration, an input or the request changed."));
    return true;
}

static bool rule_source(StackCase *the) {
    const StackSpec *spec = &the->view->stack->spec;
    NamespacedName ref = {spec->source.ref.namespace, spec->source.ref.name};
    Str problem;
    if (is_git(spec))
        return false;
    problem = the->view->source ? source_problem(the->view->source, the->arena)
                                : STR("it does not exist");
    if (problem.len == 0)
        return false;
    stack_case_set(the, REASON_SOURCE_NOT_READY,
                   str_format(the->arena, "%.*s %.*s: %.*s", STR_ARG(spec->source.ref.kind),
                              STR_ARG(ref_text(the, ref)), STR_ARG(problem)));
    return true;
}

static bool rule_dependencies(StackCase *the) {
    vec_each(&the->view->dependencies, dependency) {
        Str name = ref_text(the, dependency->ref);
        bool lacks_output = dependency->output.len > 0 && dependency->stack &&
                            !has_output(dependency->stack, dependency->output) &&
                            !is_unknown(the, dependency);
        bool is_preview = the->view->stack->spec.is_plan_only;
        if (lacks_output) {
            stack_case_set(the, REASON_OUTPUT_UNKNOWN,
                           str_format(the->arena, "Stack %.*s has no output \"%.*s\".",
                                      STR_ARG(name), STR_ARG(dependency->output)));
            return true;
        }
        if (!dependency->stack || (!is_preview && !is_ready(dependency->stack))) {
            stack_case_set(the, REASON_DEPENDENCY_NOT_READY,
                           str_format(the->arena, "Stack %.*s %s.", STR_ARG(name),
                                      dependency->stack ? "is not ready" : "does not exist"));
            return true;
        }
    }
    return false;
}

static bool stack_rule_regressed(StackCase *the) {
    StackLastRun *last = &the->next.last_run;
    if (last->result != REASON_STATE_REGRESSED)
        return false;
    if (is_accepted(the, last->state)) {
        the->next.state = last->state;
        stack_case_start(the, &(StackStart){wanted_type(the), RUN_CAUSE_REQUEST});
        return true;
    }
    stack_case_set(the, REASON_STATE_REGRESSED,
                   str_format(the->arena,
                              "The state has lineage %.*s and serial %llu; the Stack knows lineage "
                              "%.*s and serial %llu. Restore the newer state, or accept this one "
                              "with the annotation infra.loam.internal/accept-state: \"%llu\".",
                              STR_ARG(last->state.lineage), (unsigned long long)last->state.serial,
                              STR_ARG(the->next.state.lineage),
                              (unsigned long long)the->next.state.serial,
                              (unsigned long long)last->state.serial));
    return true;
}

static bool rule_new_trigger(StackCase *the) {
    if (str_equal(the->trigger, the->next.last_run.trigger))
        return false;
    stack_case_start(the, &(StackStart){wanted_type(the), new_cause(the)});
    return true;
}

/* A Run that was out of date is repeated at once, but not over and over. */
static bool rule_retry(StackCase *the) {
    const StackLastRun *last = &the->next.last_run;
    bool is_superseded = last->result == REASON_SUPERSEDED;
    uint32_t retry = stack_case_next_retry(the);
    if (!reason_row(last->result)->may_pass ||
        (!is_superseded && retry > the->view->stack->spec.retry_limit))
        return false;
    if (retry == the->next.retries || (is_superseded && retry == 1) ||
        the->now_ms >= stack_case_retry_ms(the)) {
        RunType type = last->type == RUN_DRIFT ? RUN_DRIFT : wanted_type(the);
        stack_case_start(the, &(StackStart){type, RUN_CAUSE_RETRY, retry});
        return true;
    }
    stack_case_set(the, last->result, last->message);
    stack_case_wake(the, stack_case_retry_ms(the));
    return true;
}

static bool rule_stalled(StackCase *the) {
    const StackLastRun *last = &the->next.last_run;
    const ReasonRow *row = reason_row(last->result);
    if (row->ready == CONDITION_TRUE)
        return false;
    stack_case_set(the, row->may_pass ? REASON_RETRIES_EXHAUSTED : last->result,
                   row->may_pass ? str_format(the->arena, "%s after %u attempts: %.*s", row->name,
                                              the->next.retries + 1, STR_ARG(last->message))
                                 : last->message);
    return true;
}

static bool rule_drift(StackCase *the) {
    const StackSpec *spec = &the->view->stack->spec;
    const StackLastRun *last = &the->next.last_run;
    if (spec->drift_mode == DRIFT_MODE_IGNORE || spec->is_plan_only)
        return false;
    if (spec->drift_mode == DRIFT_MODE_CORRECT && last->result == REASON_DRIFT_DETECTED) {
        stack_case_start(the, &(StackStart){RUN_APPLY, RUN_CAUSE_DRIFT});
        return true;
    }
    if (the->now_ms < next_check_ms(the))
        return false;
    stack_case_start(the, &(StackStart){RUN_DRIFT, is_changed(the->view->stack, &the->next)
                                                       ? RUN_CAUSE_DRIFT
                                                       : RUN_CAUSE_INTERVAL});
    return true;
}

static bool rule_ready(StackCase *the) {
    const StackSpec *spec = &the->view->stack->spec;
    stack_case_set(the, the->next.last_run.result, the->next.last_run.message);
    if (the->next.drift.count > 0)
        object_meta_set_condition(&the->next.conditions,
                                  (StatusCondition){
                                      .type = STR("Drifted"),
                                      .status = CONDITION_TRUE,
                                      .reason = STR("DriftDetected"),
                                      .message = the->next.last_run.message,
                                      .since_ms = the->now_ms,
                                      .generation = the->view->stack->meta.generation,
                                  },
                                  the->arena);
    else
        object_meta_drop_condition(&the->next.conditions, STR("Drifted"));
    the->next.next_run_ms =
        spec->drift_mode == DRIFT_MODE_IGNORE || spec->is_plan_only ? 0 : next_check_ms(the);
    if (the->next.next_run_ms != 0)
        stack_case_wake(the, the->next.next_run_ms);
    return true;
}

static bool (*const stack_rules[])(StackCase *) = {
    rule_deleted,  rule_finalizer, stack_rule_suspended, rule_invalid,         rule_running,
    rule_outdated, rule_source,    rule_dependencies,    stack_rule_regressed, rule_new_trigger,
    rule_retry,    rule_stalled,   rule_drift,           rule_ready,
};

static void drop_run(StackCase *the, const Run *run) {
    vec_push(the->arena, &the->out.steps, (DecisionStep){STEP_DELETE_RUN, &run->meta});
}

/* Finished Runs beyond the limit go, the oldest first; their Jobs and pods follow. */
static void drop_history(StackCase *the) {
    const StackView *view = the->view;
    size_t finished = 0;
    vec_each(&view->orphans, run) {
        if (the->now_ms >= (*run)->status.finished_ms + view->stack->spec.approval.expires_ms)
            drop_run(the, *run);
    }
    vec_each(&view->runs, run)
        finished += run_is_finished(*run);
    vec_each(&view->runs, run) {
        if (finished <= view->stack->spec.history_limit)
            return;
        bool has_plan =
            view->current && str_equal((*run)->meta.name, view->current->status.plan.name);
        if (!run_is_finished(*run) || *run == view->current || has_plan)
            continue;
        drop_run(the, *run);
        finished--;
    }
}

/* The status first: another controller that decides at the same time then fails. But a Run that is
 * cancelled ends before the Stack has observed the change: no approval counts in between. */
static void put_status(StackCase *the) {
    const StackStatus *old = &the->view->stack->status;
    StackStatus *next = arena_new(the->arena, StackStatus);
    *next = the->next;
    if (str_equal(record_to_json(&stack_status_record, old, 0, the->arena),
                  record_to_json(&stack_status_record, next, 0, the->arena)))
        return;
    DecisionStep step = {STEP_STACK_STATUS, &the->view->stack->meta, .stack_status = next};
    if (the->cancels)
        vec_push(the->arena, &the->out.steps, step);
    else
        decision_put_first(&the->out, step, the->arena);
}

Decision decide_stack(const StackView *view, const DecideOptions *options, int64_t now_ms,
                      Arena *arena) {
    StackCase the = {view, options, now_ms, .next = view->stack->status, .arena = arena};
    the.next.conditions = object_meta_copy_conditions(&view->stack->status.conditions, arena);
    the.next.observed_generation = view->stack->meta.generation;
    the.template =
        view->target ? stack_preview_spec(view->stack, view->target, arena) : view->stack->spec;
    take_finished_run(&the);
    find_trigger(&the);
    for (size_t i = 0; i < ARRAY_COUNT(stack_rules); i++) {
        if (stack_rules[i](&the))
            break;
    }
    drop_history(&the);
    put_status(&the);
    return the.out;
}

Decision decide_change(const Stack *stack, int64_t now_ms, Arena *arena) {
    Decision out = {0};
    StackStatus *next = arena_new(arena, StackStatus);
    *next = stack->status;
    next->changed_ms = now_ms;
    /* One that no Run has looked at yet stands for all that follow. */
    if (stack_listens(stack) && !is_changed(stack, &stack->status))
        vec_push(arena, &out.steps,
                 (DecisionStep){STEP_STACK_STATUS, &stack->meta, .stack_status = next});
    return out;
}
