/* Reads the options of a plan. */
#include "plan_options.h"
#include "selection.h"

bool plan_options_read(Project *project, PlanOptions *out) {
    const Arguments *arguments = project->arguments;
    *out = (PlanOptions){
        .skip_refresh = !option_flag(arguments, "refresh"),
        .skips_check_warnings =
            option_is_given(arguments, "auto-approve") && option_flag(arguments, "auto-approve"),
        .variables = &project->variables,
    };
    bool destroy = option_flag(arguments, "destroy");
    bool refresh_only = option_flag(arguments, "refresh-only");
    if (destroy && refresh_only) {
        diags_error(project->diags, NO_RANGE, "Incompatible plan mode options",
                    "The options -destroy and -refresh-only exclude each other.");
        return false;
    }
    if (refresh_only && out->skip_refresh) {
        diags_error(project->diags, NO_RANGE, "Incompatible refresh options",
                    "-refresh-only with -refresh=false would do nothing.");
        return false;
    }
    out->mode = destroy ? PLAN_DESTROY : refresh_only ? PLAN_REFRESH_ONLY : PLAN_NORMAL;
    return selection_read(project, out);
}
