/* project_outcomes: places the files beside the state, or in the data directory if the state is
 * remote. */
#include "project_outcomes.h"

#include "digest.h"
#include "hex.h"
#include "keeper.h"
#include "random.h"
#include "view.h"

enum { DIGEST_SHOWN = 16 };

/* The name of a journal in a file is its path. The keeper cannot write to a remote store: it has no
 * session there. */
static Str base_of(const Project *project, const Backend *backend) {
    Cli *cli = project->cli;
    if (!backend->journal->is_buffered)
        return backend->journal->name;
    Str digest = digest_hex(DIGEST_SHA256, backend->path, cli->arena);
    return disk_join(cli->data_directory, str_slice(digest, 0, DIGEST_SHOWN), cli->arena);
}

static void outcomes_print_waiting(void *payload) {
    Cli *cli = payload;
    if (cli->view)
        cli->view->type->note(cli->view,
                              STR("The run before was killed, and calls of its providers "
                                  "are still being finished. Waiting for their end."));
}

bool project_outcomes_read(Project *project) {
    Cli *cli = project->cli;
    project->outcomes = (OutcomeFiles){
        .io = &cli->io,
        .cipher = project->backend->cipher,
        .base = base_of(project, project->backend),
        .cancel = cli->cancel,
        .waiting = outcomes_print_waiting,
        .payload = cli,
    };
    return outcome_files_read(&project->outcomes, project->state, cli->arena, project->diags);
}

bool project_outcomes_begin(Project *project) {
    Cli *cli = project->cli;
    char bytes[8];
    Str settings, problem;
    if (cli->io.keeper)
        return true;
    random_fill(bytes, sizeof bytes);
    Str run = hex_encode((Str){bytes, sizeof bytes}, cli->arena);
    if (!outcome_file_settings(base_of(project, project->out), run, project->out->cipher, &settings,
                               &problem, cli->arena)) {
        diags_error(project->diags, NO_RANGE, "Outcome keeper not started",
                    "The key of the file for outcomes of provider calls cannot be encrypted: %.*s.",
                    STR_ARG(problem));
        return false;
    }
    cli->io.keeper = keeper_open(STR("/proc/self/exe"), run, settings);
    return true;
}

void project_outcomes_end(Project *project) {
    Io *io = project->cli ? &project->cli->io : NULL;
    if (project->journal && !journal_has_leftover(project->journal))
        outcome_files_remove(&project->outcomes);
    if (io)
        keeper_close(io->keeper);
    if (io)
        io->keeper = NULL;
}
