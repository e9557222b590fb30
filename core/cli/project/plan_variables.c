/* Values of variables for the apply of a saved plan. */
#include "plan_variables.h"

void plan_variables_restore(Project *project, const Plan *plan, Arena *arena) {
    project->variables = map_new(arena);
    vec_each(&plan->variables, variable) {
        InputValue *input = arena_new(arena, InputValue);
        input->value = value_unmark_deep(variable->value, arena);
        map_set(&project->variables, variable->name, input);
    }
}

static bool supply(Project *project,
                   const Plan *plan,
                   const Variable *variable,
                   InputValue *input) {
    bool was = str_is_among(variable->name, plan->ephemeral_variables.items,
                            plan->ephemeral_variables.count);
    if (was && input)
        map_set(&project->variables, variable->name, input);
    if (was && !input)
        diags_error(project->diags, NO_RANGE, "No value for required variable",
                    "The ephemeral variable \"%.*s\" had a value when the plan was made. It is "
                    "kept in no plan file, so it must be given again: by -var, in a variables "
                    "file, or by the environment variable LOAM_VAR_%.*s.",
                    STR_ARG(variable->name), STR_ARG(variable->name));
    if (!was && input)
        diags_error(project->diags, NO_RANGE, "Ephemeral variable was not set during planning",
                    "The ephemeral variable \"%.*s\" had no value when the plan was made, so it "
                    "can have none now. Leave it out, or make a new plan.",
                    STR_ARG(variable->name));
    return was == (input != NULL);
}

/* Compares converted values: 1 and "1" are the same for a string. */
static bool is_as_planned(Project *project, const Variable *variable, const InputValue *input) {
    Arena *arena = project->cli->arena;
    const InputValue *saved = map_find(&project->variables, variable->name);
    Value before, now;
    if (!saved ||
        !input_convert(variable, &input->value, variable->range, &now, arena, project->diags) ||
        !input_convert(variable, &saved->value, variable->range, &before, arena, project->diags))
        return false;
    return value_equal(before, now);
}

static bool check(Project *project, const Variable *variable, const InputValue *input) {
    size_t before = project->diags->error_count;
    if (is_as_planned(project, variable, input))
        return true;
    if (project->diags->error_count == before)
        diags_error(project->diags, NO_RANGE, "Mismatch between input and plan variable value",
                    "The plan was made with another value of the variable \"%.*s\". Leave the "
                    "option out, or make a new plan.",
                    STR_ARG(variable->name));
    return false;
}

/* Reads values from all sources or from options only, in the same order of precedence as the
 * plan. */
static bool gather(Project *project, bool only_options, Map *out, Diags *diags) {
    InputRequest request = project->input;
    request.values = NULL;
    request.ask = NULL;
    request.only_options = only_options;
    return input_gather(project->config, &request, out, project->cli->arena, diags);
}

bool plan_variables_supply(Project *project, const Plan *plan) {
    Map all, by_option;
    Diags told_before = diags_new(project->cli->arena);
    if (!gather(project, false, &all, project->diags) ||
        !gather(project, true, &by_option, &told_before))
        return false;
    bool ok = true;
    map_each(&project->config->root->variables, entry) {
        const Variable *variable = entry->value;
        InputValue *given = map_find(&by_option, entry->key);
        if (variable->ephemeral)
            ok = supply(project, plan, variable, map_find(&all, entry->key)) && ok;
        else if (given)
            ok = check(project, variable, given) && ok;
    }
    return ok;
}
