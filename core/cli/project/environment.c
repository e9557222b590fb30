/* Checks the approval of changes of the selected environment. */
#include "environment.h"

static const Environment *environment_of_project(const Project *project) {
    return project->config ? project->config->environment : NULL;
}

bool environment_require(const Project *project) {
    Arena *arena = project->cli->arena;
    const Map *declared = &project->config->root->environments;
    StrVec names = {0};
    if (declared->count == 0 || environment_of_project(project))
        return true;
    map_each(declared, entry) {
        vec_push(arena, &names, entry->key);
    }
    return diags_fail(project->diags, NO_RANGE, "No environment selected",
                      "The configuration declares environments, each with its own state. Select "
                      "one with -env or LOAM_ENV: %.*s.",
                      STR_ARG(str_join(names.items, names.count, STR(", "), arena)));
}

static bool report_unasked(Project *project, const Environment *environment) {
    return diags_fail(diags_as(DIAG_DENIED, project->diags), NO_RANGE, "Environment is protected",
                      "Changes to \"%.*s\" require its name as approval. Run the command at a "
                      "terminal, or add -approve-protected=%.*s.",
                      STR_ARG(environment->name), STR_ARG(environment->name));
}

bool environment_check_approval(Project *project, bool asks) {
    const Environment *environment = environment_of_project(project);
    Str given = option_text(project->arguments, "approve-protected");
    bool is_protected = environment && environment->is_protected;
    if (given.ptr && (!environment || !str_equal(given, environment->name)))
        return diags_fail(
            diags_as(DIAG_DENIED, project->diags), NO_RANGE, "Approval of another environment",
            "-approve-protected=%.*s names another environment than the selected one.",
            STR_ARG(given));
    return !is_protected || given.ptr || asks || report_unasked(project, environment);
}

static bool ask_for_name(Project *project, const Environment *environment) {
    Cli *cli = project->cli;
    Diags prompt_diags = diags_new(cli->arena);
    Str question = str_format(cli->arena, "Do you really want to change the state of \"%.*s\"?",
                              STR_ARG(environment->name));
    if (cli_approve(cli, str_to_cstr(question, cli->arena),
                    "The environment is protected. Only its state changes, no real object.",
                    str_to_cstr(environment->name, cli->arena), &prompt_diags))
        return true;
    if (diags_has_errors(&prompt_diags))
        return report_unasked(project, environment);
    return diags_fail(project->diags, NO_RANGE, "Change not approved",
                      "The answer was not the name of the environment. Nothing was changed.");
}

bool environment_approve_change(Project *project) {
    const Environment *environment = environment_of_project(project);
    if (!environment_check_approval(project, true))
        return false;
    return !environment || !environment->is_protected ||
           option_is_given(project->arguments, "approve-protected") ||
           ask_for_name(project, environment);
}

const char *environment_wanted_answer(const Project *project) {
    const Environment *environment = environment_of_project(project);
    bool is_named = option_is_given(project->arguments, "approve-protected");
    if (!environment || !environment->is_protected || is_named)
        return "yes";
    return str_to_cstr(environment->name, project->cli->arena);
}
