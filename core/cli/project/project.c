/* Releases a project; functions shared by commands. */
#include "project.h"
#include "file_reads.h"
#include "keeper.h"
#include "view.h"

bool project_may_ask(const Project *project) {
    const char *input = cli_environment(project->cli, "INPUT");
    bool forbidden = input && (strcmp(input, "0") == 0 || strcmp(input, "false") == 0);
    const View *view = project->cli->view;
    return !forbidden && (!view || view->type->can_ask) && option_flag(project->arguments, "input");
}

Str project_test_directory(const Arguments *arguments) {
    Str directory = option_text(arguments, "test-directory");
    return directory.len ? directory : STR(CONFIG_TEST_DIRECTORY);
}

bool project_lock_timeout(Project *project, int64_t *out) {
    Str timeout = option_text(project->arguments, "lock-timeout");
    *out = 0;
    if (!timeout.ptr || clock_parse_duration(timeout, out))
        return true;
    return diags_fail(project->diags, NO_RANGE, "Invalid lock timeout",
                      "-lock-timeout requires a duration such as \"30s\" or \"5m\", not \"%.*s\".",
                      STR_ARG(timeout));
}

bool project_take_lock(Project *project, Backend *backend) {
    backend->takes_lock_of_run = option_flag(project->arguments, "take-lock-of-run");
    Str run = process_variable(project->cli->io.process, "LOAM_LOCK_RUN");
    if (!backend->takes_lock_of_run || state_lock_run(run).len > 0)
        return true;
    return diags_fail(project->diags, NO_RANGE, "Run of the lock unknown",
                      "-take-lock-of-run requires the environment variable LOAM_LOCK_RUN with the "
                      "IDs of the run and of this process, such as \"run=4711 pod=1\".");
}

bool project_check_file(const Cli *cli, Str path, const char *summary, Diags *diags) {
    DiskStat stat;
    if (cli->io.disk->stat(cli->io.disk->self, path, &stat) < 0 || stat.kind == DISK_FILE)
        return true;
    return diags_fail(diags, NO_RANGE, summary, "\"%.*s\" is %s. Give the name of a file.",
                      STR_ARG(path),
                      stat.kind == DISK_DIRECTORY ? "a directory" : "a pipe, a socket or a device");
}

bool project_read_file(const Cli *cli, Str path, const char *summary, Str *out, Diags *diags) {
    int error = cli->io.disk->read_file(cli->io.disk->self, path, out, cli->arena);
    return error == 0 ||
           diags_fail(diags, NO_RANGE, summary, "\"%.*s\": %s.", STR_ARG(path), strerror(-error));
}

void project_refuse_address(const Project *project, const char *summary, Str address,
                            Diags *diags) {
    Arena *arena = project->cli->arena;
    StateResources resources = {0};
    StrVec names = {0};
    state_sorted_resources(project->state, &resources, arena);
    vec_each(&resources, resource) {
        vec_each(&(*resource)->instances, instance) {
            ResourceAddr known = (*resource)->address;
            known.key = instance->key;
            vec_push(arena, &names, resource_addr_to_str(known, arena));
        }
    }
    Str near = str_suggest(address, names.items, names.count);
    diags_error(
        diags, NO_RANGE, summary,
        "The state has no object at %.*s.%s%.*s%s To list the objects, run \"loam state list\".",
        STR_ARG(address), near.len ? " Did you mean " : "", STR_ARG(near), near.len ? "?" : "");
}

/* Ends the keeper, after the state is saved. */
static void project_outcomes_end(Project *project) {
    if (project->journal && !journal_has_leftover(project->journal))
        outcome_files_remove(&project->outcomes);
    if (project->cli) {
        keeper_close(project->cli->io.keeper);
        project->cli->io.keeper = NULL;
    }
}

State *project_end_changes(Project *project) {
    State *state = working_state_close(project->working);
    project->working = NULL;
    project_outcomes_end(project);
    journal_close(project->journal);
    project->journal = NULL;
    return state;
}

static void close_backend(Project *project, Backend *backend) {
    backend->journal->close(backend->journal);
    if (project->is_locked)
        (void)backend_unlock(backend, project->diags);
    backend_close(backend);
}

void project_release(Project *project) {
    (void)project_end_changes(project);
    if (project->out && project->out != project->backend)
        close_backend(project, project->out);
    if (project->backend)
        close_backend(project, project->backend);
    cipher_set_close(&project->ciphers);
    file_reads_close(project->reads);
    *project = (Project){0};
}
