/* planned_input: the environment, the backend and the variables of a saved plan. */
#include "plan_options.h"

bool planned_input_select(Cli *cli, const Plan *plan, Diags *diags) {
    const StrVec *unknown = &plan->unknown_variables;
    if (unknown->count > 0)
        return diags_fail(diags, NO_RANGE, "Saved plan is a preview",
                          "The plan was made with -unknown, without the values of these variables: "
                          "%.*s. It can only be shown. Make a new plan without that option.",
                          STR_ARG(str_join(unknown->items, unknown->count, STR(", "), cli->arena)));
    if (cli->environment.len == 0 || str_equal(cli->environment, plan->environment)) {
        cli->environment = plan->environment;
        return true;
    }
    Str of = plan->environment.len ? str_format(cli->arena, "for the environment \"%.*s\"",
                                                STR_ARG(plan->environment))
                                   : STR("without an environment");
    return diags_fail(diags, NO_RANGE, "Saved plan is for another environment",
                      "The plan was made %.*s, but \"%.*s\" is selected. To apply it, remove -env "
                      "and LOAM_ENV. Otherwise make a new plan with \"-env %.*s\".",
                      STR_ARG(of), STR_ARG(cli->environment), STR_ARG(cli->environment));
}

bool planned_input_check_backend(const Project *project, const Plan *plan) {
    Str now = project_backend_name(project);
    if (plan->backend.len == 0 || str_equal(plan->backend, now))
        return true;
    return diags_fail(
        project->diags, NO_RANGE, "Saved plan is for another backend",
        "The plan was made for the state at \"%.*s\", but this directory has its state at "
        "\"%.*s\". Run \"loam init\" with the backend settings of the plan, or make a new plan.",
        STR_ARG(plan->backend), STR_ARG(now));
}

static bool supply_ephemeral(Project *project, const Plan *plan, const Variable *variable,
                             InputValue *input) {
    bool was = str_is_among(variable->name, plan->ephemeral_variables.items,
                            plan->ephemeral_variables.count);
    if (was && input)
        map_set(&project->variables, variable->name, input);
    if (was && !input)
        diags_error(project->diags, NO_RANGE, "No value for required variable",
                    "The ephemeral variable \"%.*s\" had a value when the plan was made. A plan "
                    "file stores no ephemeral value, so set it again: with -var, a variables file, "
                    "or the environment variable LOAM_VAR_%.*s.",
                    STR_ARG(variable->name), STR_ARG(variable->name));
    if (!was && input)
        diags_error(project->diags, NO_RANGE, "Ephemeral variable was not set during planning",
                    "The ephemeral variable \"%.*s\" had no value when the plan was made, so it "
                    "cannot have one now. Remove it, or make a new plan.",
                    STR_ARG(variable->name));
    return was == (input != NULL);
}

/* Compares converted values: 1 and "1" are the same for a string. */
static bool planned_input_is_as_planned(Project *project, const Variable *variable,
                                        const InputValue *input) {
    Arena *arena = project->cli->arena;
    const InputValue *saved = map_find(&project->variables, variable->name);
    Value before, now;
    if (!saved ||
        !input_convert(variable, &input->value, variable->range, &now, arena, project->diags) ||
        !input_convert(variable, &saved->value, variable->range, &before, arena, project->diags))
        return false;
    return value_equal(before, now);
}

static bool check_variable(Project *project, const Variable *variable, const InputValue *input) {
    size_t before = project->diags->error_count;
    if (planned_input_is_as_planned(project, variable, input))
        return true;
    if (project->diags->error_count == before)
        diags_error(project->diags, NO_RANGE, "Mismatch between input and plan variable value",
                    "The plan was made with another value of the variable \"%.*s\". Remove the "
                    "option, or make a new plan.",
                    STR_ARG(variable->name));
    return false;
}

/* Reads values from all sources or from options only, in the same order of precedence as the
 * plan. */
static bool planned_input_gather_variables(Project *project, bool only_options, Map *out,
                                           Diags *diags) {
    InputRequest request = project->input;
    request.values = NULL;
    request.ask = NULL;
    request.only_options = only_options;
    return input_gather(project->config, &request, out, project->cli->arena, diags);
}

bool planned_input_supply(Project *project, const Plan *plan) {
    Map all, by_option;
    Diags reported_before = diags_new(project->cli->arena);
    if (!planned_input_gather_variables(project, false, &all, project->diags) ||
        !planned_input_gather_variables(project, true, &by_option, &reported_before))
        return false;
    bool ok = true;
    map_each(&project->config->root->variables, entry) {
        const Variable *variable = entry->value;
        InputValue *given = map_find(&by_option, entry->key);
        if (variable->ephemeral)
            ok = supply_ephemeral(project, plan, variable, map_find(&all, entry->key)) && ok;
        else if (given)
            ok = check_variable(project, variable, given) && ok;
    }
    return ok;
}
