/* loam operator reconcile, suspend, resume, cancel: what a person asks of the operator. */
#include "clock.h"
#include "command_table.h"
#include "json.h"
#include "kube_object.h"
#include "stack_plan.h"

/* Who changes a Stack may be barred from approving what follows. */
#define REQUESTED_BY "\"infra.loam.internal/requested-by\""

static const char editor_right[] =
    "The role loam-editor, with the right to impersonate the ServiceAccount of the Stack, is "
    "needed for this.";
static const char job_right[] = "The role edit of the namespace has this right.";
static const char *quoted(Str text, Arena *arena) {
    return str_to_cstr(json_text(value_string(text, arena), arena), arena);
}

/* The Stack that was read: an object that was made again has another one's name. */
static Str version_json(Value stack, Arena *arena) {
    return str_format(arena, "\"uid\":%s",
                      quoted(kube_object_text(stack, "metadata", "uid"), arena));
}

static int request_run_reconcile(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(StackAccess) access = {0};
    Arena *arena = cli->arena;
    Value stack, changed;
    Str user, now = clock_format_rfc3339_fraction(cli_now_ms(cli), 3, arena), body;
    if (!stack_access_begin(&access, cli, arguments, diags, &stack) ||
        !stack_access_user(&access, &user))
        return 1;
    body = str_format(arena,
                      "{\"metadata\":{%.*s,\"annotations\":{\"reconcile.fluxcd.io/requestedAt\":"
                      "\"%.*s\"," REQUESTED_BY ":%s}}}",
                      STR_ARG(version_json(stack, arena)), STR_ARG(now), quoted(user, arena));
    if (!stack_access_patch(&access,
                            &(StackRequest){"Run not requested", access.stack, editor_right}, body,
                            &changed))
        return 1;
    terminal_print("Requested a Run of Stack %.*s.\n", STR_ARG(access.title));
    if (kube_object_is_true(stack, "spec", "suspend"))
        terminal_print("The Stack is suspended: the Run starts after \"loam operator resume "
                       "%.*s\".\n",
                       STR_ARG(access.title));
    else
        terminal_print("To see it: loam operator status %.*s\n", STR_ARG(access.title));
    return 0;
}

static int set_suspended(Cli *cli, const Arguments *arguments, bool is_suspended, Diags *diags) {
    SCOPED(StackAccess) access = {0};
    const char *action = is_suspended ? "Stack not suspended" : "Stack not resumed";
    Value stack, changed;
    Str user, body;
    if (!stack_access_begin(&access, cli, arguments, diags, &stack))
        return 1;
    if (kube_object_is_true(stack, "spec", "suspend") == is_suspended) {
        terminal_print("Stack %.*s is %ssuspended already.\n", STR_ARG(access.title),
                       is_suspended ? "" : "not ");
        return 0;
    }
    if (!stack_access_user(&access, &user))
        return 1;
    body = str_format(cli->arena,
                      "{\"metadata\":{%.*s,\"annotations\":{" REQUESTED_BY
                      ":%s}},\"spec\":{\"suspend\":%s}}",
                      STR_ARG(version_json(stack, cli->arena)), quoted(user, cli->arena),
                      is_suspended ? "true" : "false");
    if (!stack_access_patch(&access, &(StackRequest){action, access.stack, editor_right}, body,
                            &changed))
        return 1;
    terminal_print(is_suspended ? "Stack %.*s is suspended. An apply that runs goes on.\n"
                                : "Stack %.*s is resumed.\n",
                   STR_ARG(access.title));
    return 0;
}

static int request_run_suspend(Cli *cli, const Arguments *arguments, Diags *diags) {
    return set_suspended(cli, arguments, true, diags);
}

static int request_run_resume(Cli *cli, const Arguments *arguments, Diags *diags) {
    return set_suspended(cli, arguments, false, diags);
}

/* The Job that works: no Job works while a plan waits. */
static bool find_job(StackAccess *access, Value stack, KubeDelete *out, const char **phase) {
    static const char action[] = "Nothing to cancel";
    Str name = kube_object_text(stack, "status", "currentRun"), job = STR_EMPTY;
    KubeRef ref = {&stack_access_runs, access->stack.namespace, name};
    Value run, time;
    bool has_plan = false, has_apply = false;
    if (name.len > 0) {
        if (!stack_access_get(access, &(StackRequest){action, ref, stack_access_viewer}, &run))
            return false;
        has_plan = kube_object_find(run, "status", "plannedAt", &time);
        has_apply = kube_object_find(run, "status", "approvedAt", &time);
        *phase = has_apply ? "apply" : "plan";
        if (!has_plan || has_apply)
            job =
                kube_object_text(run, has_apply ? "status.jobs.apply" : "status.jobs.plan", "name");
        if (job.len > 0)
            out->uid =
                kube_object_text(run, has_apply ? "status.jobs.apply" : "status.jobs.plan", "uid");
    }
    out->ref = (KubeRef){&stack_access_jobs, access->stack.namespace, job};
    return job.len > 0 ||
           diags_fail(access->diags, NO_RANGE, action,
                      "No Job of Stack %.*s works%s. To stop new Runs, run \"loam operator suspend "
                      "%.*s\".",
                      STR_ARG(access->title),
                      has_plan ? ": its plan waits. To reject it, run \"loam operator reject\""
                               : "",
                      STR_ARG(access->title));
}

static int run_cancel(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(StackAccess) access = {0};
    KubeDelete delete = {.propagation = KUBE_PROPAGATION_FOREGROUND};
    KubeResponse response;
    const char *phase = "";
    Value stack;
    if (!stack_access_begin(&access, cli, arguments, diags, &stack) ||
        !find_job(&access, stack, &delete, &phase))
        return 1;
    if (kube_call_delete(&access.call, &delete, &response, diags) != KUBE_DONE) {
        stack_access_fail(&access, &(StackRequest){"Job not deleted", delete.ref, job_right},
                          &response);
        return 1;
    }
    terminal_print("The %s of Stack %.*s ends: its Job is being deleted. Calls in flight finish, "
                   "and the state is written.\n",
                   phase, STR_ARG(access.title));
    terminal_print(kube_object_is_true(stack, "spec", "suspend")
                       ? "The Stack is suspended, so it starts again after \"loam operator resume "
                         "%.*s\".\n"
                       : "The operator starts it again. To prevent that, run \"loam operator "
                         "suspend %.*s\" first.\n",
                   STR_ARG(access.title));
    return 0;
}

const Command cmd_operator_reconcile = {
    .name = "reconcile",
    .summary = "Request a Run of a Stack",
    .about =
        "Requests a Run of a Stack now, also if nothing has changed, and does not wait for it. "
        "A plan that waits is superseded. A Stack that failed tries again.",
    .example = "loam operator reconcile prod/network",
    .run = request_run_reconcile,
    .groups = {&stack_access_options, &option_view},
    STACK_ARGUMENT,
};

const Command cmd_operator_suspend = {
    .name = "suspend",
    .summary = "Stop new Runs of a Stack",
    .about = "Sets spec.suspend of a Stack: no Run, plan or apply of it begins. One that works "
             "already goes on. If a GitOps engine keeps the Stack, it may set the field back.",
    .example = "loam operator suspend prod/network",
    .run = request_run_suspend,
    .groups = {&stack_access_options, &option_view},
    STACK_ARGUMENT,
};

const Command cmd_operator_resume = {
    .name = "resume",
    .summary = "Let Runs of a Stack begin again",
    .about = "Clears spec.suspend of a Stack.",
    .example = "loam operator resume prod/network",
    .run = request_run_resume,
    .groups = {&stack_access_options, &option_view},
    STACK_ARGUMENT,
};

const Command cmd_operator_cancel = {
    .name = "cancel",
    .summary = "End the plan or apply of a Stack",
    .about =
        "Deletes the Job of the Run of a Stack. Its pod gets SIGTERM: no new operation begins, "
        "calls in flight end, the state is written. The operator makes the Job again, and an "
        "apply goes on with the same plan, unless the Stack is suspended.",
    .example = "loam operator suspend prod/network\nloam operator cancel prod/network",
    .run = run_cancel,
    .groups = {&stack_access_options, &option_view},
    STACK_ARGUMENT,
};
