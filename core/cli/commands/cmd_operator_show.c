/* loam operator show: the newest plan. */
#include "command_table.h"
#include "kube_object.h"
#include "stack_log.h"
#include "stack_plan.h"

/* The container "report" has printed the plan; it is lost with its pod. */
static void print_reported(StackAccess *access, const StackPlan *plan) {
    Diags ignored = diags_new(access->cli->arena), *diags = access->diags;
    StackLogRequest request = {
        .action = "Plan not shown",
        .run = kube_object_text(plan->run, "status.plan", "name"),
        .phase = "plan",
        .container = STR("report"),
        .digest = plan->digest,
    };
    access->diags = &ignored;
    if (!stack_log_print(access, &request))
        diags_warning(diags, NO_RANGE, "The changes themselves are not shown",
                      "The log of the pod that reported the plan cannot be read: %.*s The numbers "
                      "of changes come from the Run. Where the state can be read, \"loam show "
                      "state:%.*s\" shows the plan too.",
                      STR_ARG(ignored.items[ignored.count - 1].detail), STR_ARG(request.run));
    access->diags = diags;
}

/* Every end of a Run but these is a reason of its own. */
static void add_stack_state(const StackAccess *access, const StackPlan *plan, StrBuf *out) {
    Value finished;
    bool is_preview = str_equal_cstr(kube_object_text(plan->run, "spec", "type"), "Plan");
    Str reason = stack_access_text(access, plan->run, "status", "reason");
    strbuf_add_format(out, "\nThe plan of Stack %.*s ", STR_ARG(access->title));
    if (stack_plan_waits(plan))
        strbuf_add_cstr(out, "waits for approval.\n\n");
    else if (!kube_object_find(plan->run, "status", "finishedAt", &finished))
        strbuf_add_cstr(out, "is being applied.\n\n");
    else if (is_preview)
        strbuf_add_cstr(out, "is a preview.\n\n");
    else
        strbuf_add_format(out, "does not wait: its Run has ended with %.*s.\n\n", STR_ARG(reason));
}

static int operator_run_show(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(StackAccess) access = {0};
    StrBuf text = strbuf_new(cli->arena);
    StackPlan plan;
    Value stack;
    if (!stack_access_begin(&access, cli, arguments, diags, &stack) ||
        !stack_plan_find_newest(&access, "No plan to show", stack, &plan))
        return 1;
    print_reported(&access, &plan);
    add_stack_state(&access, &plan, &text);
    stack_plan_describe(&access, &plan, &text);
    if (stack_plan_waits(&plan))
        strbuf_add_format(&text, "\nTo approve it:\n  loam operator approve %.*s\n",
                          STR_ARG(access.title));
    terminal_out(strbuf_str(&text));
    return 0;
}

const Command cmd_operator_show = {
    .name = "show",
    .summary = "Show the newest plan of a Stack",
    .about = "Shows the newest plan of a Stack, as the pod that read it has printed it, with its "
             "digest and its revision; of a plan that waits for approval also who has approved it. "
             "It may also be a preview, or a plan that was applied.",
    .example = "loam operator show prod/network",
    .groups = {&stack_access_options, &option_view},
    STACK_ARGUMENT,
    .run = operator_run_show,
};
