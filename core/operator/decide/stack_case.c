#include "stack_case.h"

#define RETRY_WAIT_MAX_MS ((int64_t)3600 * 1000)

static void stack_add_step(StackCase *the, DecisionStep step) {
    vec_push(the->arena, &the->out.steps, step);
}

void stack_case_set(StackCase *the, Reason reason, Str message) {
    ReasonTime at = {the->now_ms, the->view->stack->meta.generation};
    reason_set_conditions(&the->next.conditions, reason, message, at, the->arena);
}

void stack_case_wake(StackCase *the, int64_t at_ms) {
    stack_add_step(the, (DecisionStep){STEP_WAKE, &the->view->stack->meta, .wake_ms = at_ms});
}

void stack_case_event(StackCase *the, const char *reason, Str message, Str run) {
    stack_add_step(
        the, (DecisionStep){STEP_EVENT, &the->view->stack->meta, .event = {reason, message, run}});
}

/* The words of the Run that works, or its name. */
static void show_running(StackCase *the, Reason reason, Str message, Str run) {
    stack_case_set(the, reason,
                   message.len > 0 ? message : str_format(the->arena, "Run %.*s", STR_ARG(run)));
}

void stack_case_start(StackCase *the, const StackStart *start) {
    const Stack *stack = the->view->stack;
    Run *run = arena_new(the->arena, Run);
    run->meta.namespace = stack->meta.namespace;
    run->meta.name = run_trigger_name(stack, the->trigger, start->retries,
                                      the->next.last_run.finished_ms, the->arena);
    run->meta.labels.stack = stack->meta.name;
    run->spec = (RunSpec){
        .stack = {stack->meta.name, stack->meta.uid},
        .type = start->type,
        .trigger = the->trigger,
        .cause = start->cause,
        .revision = the->revision,
        .artifact = the->artifact,
        .image = the->options->image,
        .requested_at = stack->meta.annotations.requested_at,
        .unknown = the->unknown,
        .template = the->template,
    };
    if (the->view->target)
        run->spec.plan_for =
            (ObjectIdentity){the->view->target->meta.name, the->view->target->meta.uid};
    if (the->inputs.spec.len > 0) {
        run->spec.inputs = run_trigger_inputs(&the->inputs, the->arena);
        run->spec.settings = run_trigger_settings(&the->inputs, the->arena);
    }
    the->next.current_run = run->meta.name;
    the->next.retries = start->retries;
    the->next.last_handled = stack->meta.annotations.requested_at;
    the->next.last_attempted_revision = the->revision;
    the->next.plan = (struct StackPlan){0};
    show_running(the,
                 start->retries > 0              ? REASON_RETRYING
                 : the->template.lanes.count > 0 ? REASON_PROGRESSING
                                                 : REASON_PLANNING,
                 STR_EMPTY, run->meta.name);
    if (the->template.encryption.secret.name.len == 0 && the->next.last_run.name.len == 0)
        stack_add_step(the, (DecisionStep){STEP_CREATE_KEY, &stack->meta});
    stack_add_step(the, (DecisionStep){STEP_CREATE_RUN, &run->meta, .run = run});
    stack_case_event(the, "RunCreated", str_format(the->arena, "Run %.*s", STR_ARG(run->meta.name)),
                     run->meta.name);
}

int64_t stack_case_retry_ms(const StackCase *the) {
    int64_t wait_ms = the->view->stack->spec.retry_interval_ms;
    for (uint32_t i = 0; i < the->next.retries && wait_ms < RETRY_WAIT_MAX_MS; i++)
        wait_ms *= 2;
    return the->next.last_run.finished_ms +
           (wait_ms < RETRY_WAIT_MAX_MS ? wait_ms : RETRY_WAIT_MAX_MS);
}

uint32_t stack_case_next_retry(const StackCase *the) {
    return the->next.retries + (the->next.current_run.len == 0);
}

bool stack_case_is_running(const StackCase *the) {
    const Run *run = the->view->current;
    return the->next.current_run.len > 0 && run && !run_is_finished(run);
}

void stack_case_show_run(StackCase *the) {
    const Run *run = the->view->current;
    const RunPlan *plan = &run->status.plan;
    the->next.plan = (struct StackPlan){
        .run = plan->digest.len > 0 ? run->meta.name : STR_EMPTY,
        .digest = plan->digest,
        .code = plan->code,
        .counts = plan->counts,
        .is_verified = plan->is_verified,
        .approvals = run->status.approved_by,
        .expires_ms = plan->digest.len > 0 && run->status.approved_ms == 0
                          ? run->status.planned_ms + run->spec.template.approval.expires_ms
                          : 0,
    };
    if (run->status.reason != REASON_NONE)
        show_running(the, run->status.reason, run->status.message, run->meta.name);
    else if (the->template.lanes.count > 0)
        show_running(the, REASON_PROGRESSING, STR_EMPTY, run->meta.name);
}

void stack_case_cancel(StackCase *the, Str message) {
    const Run *run = the->view->current;
    RunStatus *status = arena_new(the->arena, RunStatus);
    the->cancels = true;
    *status = run->status;
    status->conditions = object_meta_copy_conditions(&run->status.conditions, the->arena);
    status->phase = RUN_PHASE_FAILED;
    status->reason = REASON_SUPERSEDED;
    status->message = message;
    status->finished_ms = the->now_ms;
    reason_set_conditions(&status->conditions, REASON_SUPERSEDED, message,
                          (ReasonTime){the->now_ms, run->meta.generation}, the->arena);
    if (run->status.jobs.plan.name.len > 0)
        stack_add_step(the,
                       (DecisionStep){STEP_DELETE_JOB, &run->meta, .job = run->status.jobs.plan});
    stack_add_step(the, (DecisionStep){STEP_RUN_STATUS, &run->meta, .run_status = status});
    stack_case_event(the, "Superseded", message, run->meta.name);
    stack_case_set(the, REASON_PROGRESSING, message);
}
