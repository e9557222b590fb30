/* loam operator source, run, report: the containers of a Run's pod. */
#include "command_table.h"
#include "operator_entry.h"

static int work(Cli *cli, OperatorWork kind, Diags *diags) {
    Str problem;
    const OperatorEntry *entry = operator_entry_load(&problem, cli->arena);
    OperatorPod pod = {
        .io = &cli->io, .cancel = cli->cancel, .work = kind, .program = STR("/proc/self/exe")};
    if (entry)
        return entry->work(&pod);
    diags_error(diags, NO_RANGE, "The pod has no work", "%.*s", STR_ARG(problem));
    return 1;
}

static int run_source(Cli *cli, const Arguments *, Diags *diags) {
    return work(cli, OPERATOR_SOURCE, diags);
}

static int run_run(Cli *cli, const Arguments *, Diags *diags) {
    return work(cli, OPERATOR_RUN, diags);
}

static int run_report(Cli *cli, const Arguments *, Diags *diags) {
    return work(cli, OPERATOR_REPORT, diags);
}

const Command cmd_operator_source = {
    .name = "source",
    .summary = "Get the configuration of a Run",
    .usage = "",
    .about = "The first container of a pod that the operator makes: fetches the artifact or the "
             "commit that the order of the pod names, and compares its digest.",
    .example = "loam operator source",
    .groups = {&option_view},
    .run = run_source,
    .is_hidden = true,
};

const Command cmd_operator_run = {
    .name = "run",
    .summary = "Plan or apply a Run",
    .usage = "",
    .about =
        "The container of a pod that the operator makes: plans and stores the plan, or applies "
        "the plan of the order.",
    .example = "loam operator run",
    .groups = {&option_view},
    .run = run_run,
    .is_hidden = true,
};

const Command cmd_operator_report = {
    .name = "report",
    .summary = "Report the plan of a Run",
    .usage = "",
    .about =
        "The last container of a pod that the operator makes: reads the stored plan again, and "
        "reports its changes to the operator.",
    .example = "loam operator report",
    .groups = {&option_view},
    .run = run_report,
    .is_hidden = true,
};
