/* loam operator logs: the output of the pods of a Run. */
#include "command_table.h"
#include "kube_object.h"
#include "stack_log.h"

static Str newest_run(Value stack) {
    Str current = kube_object_text(stack, "status", "currentRun");
    return current.len > 0 ? current : kube_object_text(stack, "status.lastRun", "name");
}

/* The apply of the Run, if it has begun. */
static bool find_phase(StackAccess *access, Str run_name, const char **out) {
    KubeRef ref = {&stack_access_runs, access->stack.namespace, run_name};
    Value run;
    if (!stack_access_get(access, &(StackRequest){"Logs not shown", ref, stack_access_viewer},
                          &run))
        return false;
    *out = kube_object_text(run, "status.jobs.apply", "name").len > 0 ? "apply" : "plan";
    return true;
}

static int run_logs(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(StackAccess) access = {0};
    Str phase = option_text(arguments, "phase");
    StackLogRequest request = {.action = "Logs not shown",
                               .phase = str_to_cstr(phase, cli->arena),
                               .container = option_text(arguments, "container"),
                               .follows = option_flag(arguments, "follow")};
    Value stack;
    if (phase.ptr && !str_equal_cstr(phase, "plan") && !str_equal_cstr(phase, "apply")) {
        diags_error(diags, NO_RANGE, "Invalid option value",
                    "-phase requires plan or apply, not \"%.*s\".", STR_ARG(phase));
        return 1;
    }
    if (!stack_access_begin(&access, cli, arguments, diags, &stack))
        return 1;
    request.run = newest_run(stack);
    if (request.run.len == 0) {
        diags_error(diags, NO_RANGE, request.action, "Stack %.*s has had no Run yet.",
                    STR_ARG(access.title));
        return 1;
    }
    if (!phase.ptr && !find_phase(&access, request.run, &request.phase))
        return 1;
    return stack_log_print(&access, &request) ? 0 : 1;
}

static const Option log_options[] = {
    {"phase", OPTION_CHOICE, "plan|apply",
     "The pod of this phase of the Run (default: the last that has begun)."},
    {"container", OPTION_TEXT, "NAME",
     "Only this container: source, plan, report or apply (default: all, with headings)."},
    {"follow", OPTION_FLAG, NULL, "Print more as it is written, until the pod has ended."},
};

const Command cmd_operator_logs = {
    .name = "logs",
    .summary = "Print the logs of the newest Run of a Stack",
    .about =
        "Prints the logs of the newest pod of the newest Run of a Stack, as kubectl logs does. "
        "Escape sequences in them are removed. Logs are lost with their pods, which stay as "
        "long as the Run does.",
    .example = "loam operator logs prod/network\nloam operator logs -phase=plan -container=source "
               "prod/network",
    .groups = {OPTION_GROUP(log_options), &stack_access_options, &option_view},
    STACK_ARGUMENT,
    .run = run_logs,
};
