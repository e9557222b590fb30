/* loam force-unlock */
#include "command.h"
#include "environment.h"

static const Option force_unlock_options[] = {
    {"force", OPTION_FLAG, NULL, "Skip the approval prompt."},
    {"dynamodb-digest", OPTION_FLAG, NULL,
     "Instead of a lock, remove the digest of the state from the DynamoDB table of the backend "
     "s3."},
};

static bool unlock_approve(Project *project, const Arguments *arguments, const char *question,
                           const char *detail) {
    bool asks = !option_flag(arguments, "force");
    if (!environment_check_approval(project, asks))
        return false;
    if (!asks || cli_approve(project->cli, question, detail, environment_wanted_answer(project),
                             project->diags))
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

/* Then every program reads the stored state as it is, and the next write stores its digest. */
static int unlock_digest(Project *project, const Arguments *arguments) {
    Backend *backend = project->backend;
    if (arguments->positionals.count > 0)
        return !diags_fail(project->diags, NO_RANGE, "Too many arguments",
                           "-dynamodb-digest removes no lock, so it takes no lock ID.");
    if (!backend->drop_digest)
        return !diags_fail(project->diags, NO_RANGE, "No digest to remove",
                           "Only the backend \"s3\" stores a digest of the state, in the table of "
                           "\"dynamodb_table\".");
    if (!unlock_approve(project, arguments, "Do you really want to remove the digest?",
                        "The state is then read as it is stored, even if it is not the last one "
                        "that was written. There is no undo.") ||
        !backend->drop_digest(backend, project->diags))
        return 1;
    terminal_print(
        "The digest of the state is removed; the next write of the state stores its own.\n");
    return 0;
}

static int unlock_run(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(Project) project = {.options.ignores_versions = true};
    if (!project_load_any(&project, cli, arguments, diags) || !project_open_backend(&project))
        return 1;
    Backend *backend = project.backend;
    if (option_flag(arguments, "dynamodb-digest"))
        return unlock_digest(&project, arguments);
    if (arguments->positionals.count == 0)
        return !diags_fail(diags, NO_RANGE, "Missing argument",
                           "force-unlock requires the lock ID, which the lock error shows.");
    if (!backend->force_unlock) {
        diags_error(
            diags, NO_RANGE, "Local state cannot be unlocked by another process",
            "The lock of \"%.*s\" ends with the process that holds it. Wait for that process, or "
            "end it. A dead process holds no lock, so the next command can proceed.",
            STR_ARG(backend->path));
        return 1;
    }
    if (!unlock_approve(&project, arguments, "Do you really want to force-unlock?",
                        "The holder of the lock may still be running, and two concurrent writers "
                        "can damage the state. There is no undo.") ||
        !backend->force_unlock(backend, arguments->positionals.items[0], diags))
        return 1;
    print_success(cli);
    return 0;
}

const Command cmd_force_unlock = {
    .name = "force-unlock",
    .summary = "Remove a stale state lock",
    .usage = "[options] [LOCK_ID]",
    .about = "Removes the lock with this ID, which an interrupted run left behind. No real object "
             "is changed. The lock of a local state belongs to the kernel and ends with its "
             "process, so it cannot be removed. With -dynamodb-digest, removes the digest that a "
             "DynamoDB table has of the state, when both do not fit together.",
    .example = "loam force-unlock 6f0e0c5a-91a4-4d3c-8ee5-3c1d1a0ab7d2",
    .groups = {OPTION_GROUP(force_unlock_options), &option_variables, &option_environment,
               &option_protected, &option_view},
    .most_positionals = 1,
    .run = unlock_run,
};
