/* loam plan */
#include "command.h"
#include "config_json.h"
#include "operation.h"
#include "relevant_json.h"
#include "reporting.h"
#include "statefile.h"

static const Option options[] = {
    {"out",               OPTION_TEXT, "PATH", "Save the plan to a file that apply takes."     },
    {"detailed-exitcode", OPTION_FLAG, NULL,   "Exit with 2 when there is something to change."},
    {"json",              OPTION_FLAG, NULL,   "Print events as JSON, one a line."             },
};

static bool save(Operation *operation, Str path) {
    Project *project = operation->project;
    Plan *plan = operation->result.plan;
    Arena *arena = project->cli->arena;
    plan->journal = project->journal_digest;
    plan->previous_state = statefile_encode(project->state, arena);
    plan->prior_state = statefile_encode(operation->result.refreshed, arena);
    plan->configuration = config_json_write(&project->engine, arena);
    plan->relevant_attributes = relevant_json_write(&project->engine, plan, arena);
    PlanFileSources sources = {0};
    operation_collect_sources(project->config->root, &sources, arena);
    return planfile_write(&project->cli->io, path, plan, &sources, arena, project->diags);
}

static int run(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(Project) project = {0};
    Operation operation = {.project = &project};
    bool ok =
        operation_plan(&operation, cli, arguments, STR("OperationTypePlan"), PLAN_NORMAL, diags);
    if (!operation.result.plan)
        return 1;
    Str path = option_text(arguments, "out");
    if (path.ptr && !save(&operation, path))
        return 1;
    if (!ok)
        return 1;
    bool applyable = plan_is_applyable(operation.result.plan);
    if (applyable || path.ptr)
        cli->view->type->plan_hint(cli->view, path);
    return applyable && option_flag(arguments, "detailed-exitcode", false) ? 2 : 0;
}

const Command cmd_plan = {
    .name = "plan",
    .summary = "Show what will change",
    .usage = "[options]",
    .about = "Reads the real objects, compares them with the configuration and shows the actions "
             "that bring "
             "them together.\nNothing is changed.",
    .groups = {OPTION_GROUP(options), &option_operation, &option_variables, &option_state,
               &reporting_options, &option_view},
    .group_count = 6,
    .run = run,
    .json_view = view_json_open,
};
