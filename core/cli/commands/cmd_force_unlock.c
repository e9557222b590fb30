/* loam force-unlock */
#include "command.h"
#include "environment.h"

static const Option options[] = {
    {"force", OPTION_FLAG, NULL, "Skip the approval prompt."},
};

static bool unlock_approve(Project *project, const Arguments *arguments) {
    bool asks = !option_flag(arguments, "force");
    if (!environment_check_approval(project, asks))
        return false;
    if (!asks || cli_approve(project->cli, "Do you really want to force-unlock?",
                             "The holder of the lock may still be running, and two concurrent "
                             "writers can damage the state. There is no undo.",
                             environment_wanted_answer(project), project->diags))
        return true;
    if (!diags_has_errors(project->diags))
        terminal_print("force-unlock cancelled.\n");
    return false;
}

static void print_success(Cli *cli) {
    const CliName *name = cli_name(cli);
    bool color = cli->terminal.color;
    terminal_print("%s%s state has been successfully unlocked!%s\n\n", color ? "\033[1;32m" : "",
                   name->peer ? name->title : "loam", color ? "\033[0m" : "");
    if (name->peer)
        terminal_print("The state has been unlocked, and %s commands should now be able to\n"
                       "obtain a new lock on the remote state.\n",
                       name->title);
    else
        terminal_print("Other commands can now use the state.\n");
}

static int unlock_run(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(Project) project = {.options.ignores_versions = true};
    if (!project_load_any(&project, cli, arguments, diags) || !project_open_backend(&project))
        return 1;
    Backend *backend = project.backend;
    if (!backend->force_unlock) {
        diags_error(
            diags, NO_RANGE, "Local state cannot be unlocked by another process",
            "The lock of \"%.*s\" ends with the process that holds it. Wait for that process, or "
            "end it. A dead process holds no lock, so the next command can proceed.",
            STR_ARG(backend->path));
        return 1;
    }
    if (!unlock_approve(&project, arguments) ||
        !backend->force_unlock(backend, arguments->positionals.items[0], diags))
        return 1;
    print_success(cli);
    return 0;
}

const Command cmd_force_unlock = {
    .name = "force-unlock",
    .summary = "Remove a stale state lock",
    .usage = "[options] LOCK_ID",
    .about = "Removes the lock with this ID, which an interrupted run left behind. No real object "
             "is changed. The lock of a local state belongs to the kernel and ends with its "
             "process, so it cannot be removed.",
    .example = "loam force-unlock 6f0e0c5a-91a4-4d3c-8ee5-3c1d1a0ab7d2",
    .groups = {OPTION_GROUP(options), &option_variables, &option_environment, &option_protected,
               &option_view},
    .most_positionals = 1,
    .least_positionals = 1,
    .missing = "force-unlock requires the lock ID, which the lock error shows.",
    .run = unlock_run,
};
