/* The rules of a Stack that is being deleted. */
#include "stack_case.h"

static bool waits_for_run(StackCase *the) {
    if (!stack_case_is_running(the) || the->view->current->spec.type == RUN_DESTROY)
        return false;
    if (run_applies(the->view->current))
        stack_case_show_run(the);
    else
        stack_case_cancel(the, STR("The Stack is being deleted."));
    return true;
}

static bool release(StackCase *the, const char *event, Str message) {
    const Stack *stack = the->view->stack;
    if (!stack_has_finalizer(stack))
        return true;
    stack_case_event(the, event, message, STR_EMPTY);
    vec_push(the->arena, &the->out.steps, (DecisionStep){STEP_REMOVE_FINALIZER, &stack->meta});
    return true;
}

static bool is_blocked(StackCase *the) {
    const Stack *user;
    if (the->view->dependents.count == 0)
        return false;
    user = the->view->dependents.items[0];
    stack_case_set(the, REASON_DESTROY_BLOCKED,
                   str_format(the->arena, "Stack %.*s/%.*s depends on it. Delete that one first.",
                              STR_ARG(user->meta.namespace), STR_ARG(user->meta.name)));
    return true;
}

/* The last plan to destroy, and what follows from it. */
static bool destroys(StackCase *the) {
    const StackLastRun *last = &the->next.last_run;
    bool has_failed =
        last->type == RUN_DESTROY && reason_row(last->result)->ready != CONDITION_TRUE;
    StackStart start = {RUN_DESTROY, RUN_CAUSE_DELETE, has_failed ? stack_case_next_retry(the) : 0};
    if (stack_case_is_running(the)) {
        stack_case_show_run(the);
        return true;
    }
    if (last->name.len == 0)
        return release(the, "Destroyed", STR("No Run has applied anything."));
    if (last->type == RUN_DESTROY && !has_failed)
        return release(the, "Destroyed", last->message);
    if (has_failed && (!reason_row(last->result)->may_pass ||
                       start.retries > the->view->stack->spec.retry_limit)) {
        stack_case_set(the,
                       reason_row(last->result)->may_pass ? REASON_RETRIES_EXHAUSTED : last->result,
                       str_format(the->arena,
                                  "%.*s Set deletionPolicy: Orphan to leave the objects as they "
                                  "are.",
                                  STR_ARG(last->message)));
        return true;
    }
    if (start.retries > the->next.retries && the->now_ms < stack_case_retry_ms(the)) {
        stack_case_set(the, last->result, last->message);
        stack_case_wake(the, stack_case_retry_ms(the));
        return true;
    }
    the->revision = the->next.last_applied_revision;
    the->artifact = (Artifact){0};
    the->trigger = STR("destroy");
    stack_case_start(the, &start);
    return true;
}

bool decide_delete(StackCase *the) {
    const Stack *stack = the->view->stack;
    if (waits_for_run(the))
        return true;
    if (stack->spec.deletion_policy == DELETION_POLICY_ORPHAN)
        return release(the, "Orphaned",
                       str_format(the->arena, "The objects and the state stay: lineage %.*s.",
                                  STR_ARG(the->next.state.lineage)));
    return is_blocked(the) || destroys(the);
}
