/* Opens the backend of a project, and locks, reads and writes its state. */
#include "backend_choice.h"
#include "digest.h"
#include "hex.h"
#include "keeper.h"
#include "log.h"
#include "login_host.h"
#include "mask.h"
#include "owner.h"
#include "random.h"
#include "reporting.h"
#include "signals.h"
#include "statefile.h"
#include "view.h"
#include "workspace.h"

enum { DIGEST_SHOWN = 16 };

/* The outcome keeper of a run, and what keepers of killed runs have written. The files are beside
 * the state, or in the data directory if the state is remote.
 *
 * The name of a journal in a file is its path. The keeper cannot write to a remote store: it has no
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

/* Adds the responses that arrived after the death of earlier runs to the pending calls of the
 * state. Waits for calls that are still in flight. */
static bool project_outcomes_read(Project *project) {
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

/* Sets Io.keeper. Call before the first change. */
static bool project_outcomes_begin(Project *project) {
    Cli *cli = project->cli;
    char bytes[8];
    Str settings, problem;
    if (cli->io.keeper)
        return true;
    random_fill(bytes, sizeof bytes);
    Str run = hex_encode((Str){bytes, sizeof bytes}, cli->arena);
    if (!outcome_file_settings(base_of(project, project->out), run, project->out->cipher, &settings,
                               &problem, cli->arena))
        return diags_fail(
            project->diags, NO_RANGE, "Outcome keeper not started",
            "The key of the file for outcomes of provider calls cannot be encrypted: %.*s.",
            STR_ARG(problem));
    cli->io.keeper = keeper_open(STR("/proc/self/exe"), run, settings);
    return true;
}

#define READ_TRIES 5 /* of a state that other programs write */

static Value project_state_with_path(Value config, Str path, Arena *arena) {
    size_t index;
    if (!path.ptr || !type_find_attribute(config.type, STR("path"), &index))
        return config;
    Path place = path_attribute((Path){0}, STR("path"), arena);
    return path_set(config, place, value_string(path, arena), arena);
}

/* Reports the holder of the lock that a command waits for, and since when it is held. */
static void project_state_print_waiting(void *payload, const LockInfo *holder) {
    Cli *cli = payload;
    SCOPED(ArenaRef) scratch = arena_open("waiting");
    Str text = STR("Waiting for the state's lock.");
    if (holder->who.len > 0)
        text =
            str_format(scratch, "Waiting for the state's lock: %.*s has held it since %.*s (%.*s).",
                       STR_ARG(holder->who), STR_ARG(holder->created), STR_ARG(holder->operation));
    if (cli->view)
        cli->view->type->note(cli->view, text);
}

/* The thread that renews the lock calls this, too, perhaps while live lines are shown. */
static void project_state_note(void *payload, Str text) {
    const Cli *cli = payload;
    SCOPED(ArenaRef) scratch = arena_open("note");
    if (!signals_say(cli->signals, str_concat(text, STR("\n"), scratch)) && cli->view)
        cli->view->type->note(cli->view, text);
}

/* Returns the path of a backup that no other change overwrites: "FILE.SECONDS.backup". */
static Str dated_backup(const Cli *cli, Str path) {
    static const Str end = STR_CONST(".backup");
    if (!str_ends_with(path, end))
        return path;
    Str start = str_slice(path, 0, path.len - end.len);
    int64_t seconds = cli->io.clock->now_ms(cli->io.clock->self) / 1000;
    do
        path = str_format(cli->arena, "%.*s.%lld.backup", STR_ARG(start), (long long)seconds++);
    while (disk_exists(cli->io.disk, path));
    return path;
}

static void project_state_time(void *payload, const char *what, bool has_ended, bool ok) {
    const Cli *cli = payload;
    reporting_part(cli->reporting, what, has_ended, ok);
}

/* -state, -state-out and -backup belong to the local backend and its default workspace. */
static bool project_state_open_with(Project *project, BackendChoice choice, Str path,
                                    const char *backup_option, Backend **out) {
    Cli *cli = project->cli;
    Str workspace = path.ptr ? STR("default") : cli->workspace;
    choice.config = project_state_with_path(choice.config, path, cli->arena);
    if (!backend_choice_open(project, &choice, workspace, out))
        return false;
    (*out)->waiting = project_state_print_waiting;
    (*out)->waiting_payload = cli;
    (*out)->timed = project_state_time;
    (*out)->note = project_state_note;
    (*out)->is_for_tofu = cli_name(cli)->is_tofu;
    Str backup = option_text(project->arguments, backup_option);
    if (backup.ptr)
        (*out)->backup_path = str_equal(backup, STR("-")) ? STR_EMPTY : backup;
    else if (project->options.dates_backup)
        (*out)->backup_path = dated_backup(cli, (*out)->backup_path);
    return true;
}

/* Masks sensitive variables in the log: hosts, paths and commands may contain them. */
static void hide_in_log(Project *project) {
    Arena *arena = project->cli->arena;
    StrVec *secrets = arena_new(arena, StrVec);
    if (!project->config || project->variables.count == 0 || !log_enabled(LOG_ERROR))
        return;
    mask_collect_variables(project->config->root, &project->variables, secrets, arena);
    log_hide(secrets);
}

/* Returns the file of -state. For show, -state is a flag without a file. */
static Str state_path(const Arguments *arguments) {
    Str found = {0};
    vec_each(&arguments->options, value) {
        if (value->option->kind == OPTION_PATH && strcmp(value->option->name, "state") == 0)
            found = value->text;
    }
    return found;
}

Str project_backend_name(const Project *project) {
    return str_format(project->cli->arena, "%s %.*s", project->backend->type->name,
                      STR_ARG(project->backend->path));
}

bool project_open_backend(Project *project) {
    BackendChoice choice;
    if (project->backend)
        return true;
    Str path = project->options.state_is_input ? (Str){0} : state_path(project->arguments);
    hide_in_log(project);
    if (!project_open_ciphers(project))
        return false;
    if (!workspace_check(project->cli->workspace, project->diags))
        return false;
    if (!backend_choice_select(project, &choice) ||
        !project_state_open_with(project, choice, path, "backup", &project->backend))
        return false;
    project->out = project->backend;
    path = option_text(project->arguments, "state-out");
    if (!path.ptr || str_equal(path, project->backend->path))
        return true;
    return project_state_open_with(
        project, choice, path,
        project->options.out_backup_option ? project->options.out_backup_option : "backup",
        &project->out);
}

static bool lock_one(Project *project, Backend *backend, LockOperation operation,
                     int64_t timeout_ms, Diags *diags) {
    Cli *cli = project->cli;
    project->lock = state_lock_new(&cli->io, operation, backend->path, cli->arena);
    return backend_lock(backend, &project->lock, timeout_ms, cli->cancel, diags);
}

static bool lock_state(Project *project, LockOperation operation) {
    int64_t timeout_ms;
    if (operation == LOCK_NONE || !option_flag(project->arguments, "lock"))
        return true;
    if (!project_lock_timeout(project, &timeout_ms) ||
        !project_take_lock(project, project->backend) || !project_take_lock(project, project->out))
        return false;
    if (!lock_one(project, project->backend, operation, timeout_ms, project->diags))
        return false;
    project->is_locked = true;
    return project->out == project->backend ||
           lock_one(project, project->out, operation, timeout_ms, project->diags);
}

/* True if a plan runs without the lock and another program holds it: the journal of that program
 * has calls that have not ended. */
static bool is_at_work(Project *project, LockOperation operation) {
    Backend *backend = project->backend;
    Diags ignored = diags_new(project->cli->arena);
    if (project->is_locked || operation != LOCK_PLAN)
        return false;
    if (!lock_one(project, backend, operation, 0, &ignored))
        return true;
    (void)backend_unlock(backend, &ignored);
    return false;
}

/* `has_journal` is false if the journal was empty before the state was read. */
static bool read_journal(Project *project, LockOperation operation, bool has_journal) {
    Cli *cli = project->cli;
    JournalStore *journal = project->backend->journal;
    project->found_journal = false;
    if (is_at_work(project, operation))
        return true;
    Str text, problem;
    bool found;
    const Disk *aside = project->is_locked ? cli->io.disk : NULL;
    if (has_journal && !journal_replay(journal, aside, project->state, &project->found_journal,
                                       cli->arena, project->diags)) {
        return false;
    }
    if (operation != LOCK_NONE && !project_outcomes_read(project))
        return false;
    if (project->found_journal && journal->read(journal, &text, &found, &problem, cli->arena))
        project->journal_digest = digest_hex(DIGEST_SHA256, text, cli->arena);
    if (!project->found_journal)
        project->journal_digest = project->state->mark;
    return true;
}

/* LOAM_STATE_PROVIDER_ADDRESSES moves the addresses of all providers to one public registry; the
 * next write stores them. */
static void rewrite_providers(Project *project) {
    Cli *cli = project->cli;
    Str wanted = process_variable(cli->io.process, "LOAM_STATE_PROVIDER_ADDRESSES");
    const char *host = str_equal(wanted, STR("opentofu"))    ? "registry.opentofu.org"
                       : str_equal(wanted, STR("terraform")) ? "registry.terraform.io"
                                                             : NULL;
    map_each(&project->state->resources, entry) {
        StateResource *resource = entry->value;
        Str *provider = &resource->provider_config.provider;
        Str path = address_without_public_host(*provider);
        if (host && path.len < provider->len)
            *provider = str_format(cli->arena, "%s/%.*s", host, STR_ARG(path));
    }
}

static bool read_once(Project *project, LockOperation operation, bool has_journal) {
    Cli *cli = project->cli;
    Str *text = &project->state_text;
    if (!backend_read(project->backend, text, cli->arena, project->diags))
        return false;
    project->has_state = text->len > 0;
    if (!statefile_decode(project->backend->path, *text, &project->state, cli->arena,
                          project->diags)) {
        return false;
    }
    if (!read_journal(project, operation, has_journal))
        return false;
    rewrite_providers(project);
    project->has_state |= project->found_journal;
    return true;
}

/* Sets *is_old to whether another program has written the state since it was read. */
static bool check_age(Project *project, bool *is_old) {
    SCOPED(ArenaRef) scratch = arena_open("state");
    Str text;
    if (!backend_read(project->backend, &text, scratch, project->diags))
        return false;
    *is_old = !str_equal(text, project->state_text);
    return true;
}

/* Returns whether the journal has content, or may have. */
static bool peek_journal(const Project *project) {
    SCOPED(ArenaRef) scratch = arena_open("journal");
    JournalStore *journal = project->backend->journal;
    Str text, problem;
    bool found;
    return !journal->read(journal, &text, &found, &problem, scratch) || found;
}

/* Without the lock, another program may write the state and remove the journal, or begin a new one,
 * between two reads. If the journal is empty before the state is read, the state is whole: that of
 * this moment, or of a later write. Else the journal is read after the state, and both again if the
 * state has changed: the journal would be replayed on the state before, or its records would be
 * missing, which a reader before has seen. */
static bool project_state_read_state(Project *project, LockOperation operation) {
    bool is_old = true;
    for (int i = 0; i < READ_TRIES && is_old; i++) {
        bool has_journal = project->is_locked || peek_journal(project);
        if (!read_once(project, operation, has_journal))
            return false;
        is_old = false;
        if (!project->is_locked && has_journal && !check_age(project, &is_old))
            return false;
    }
    if (is_old)
        diags_error(project->diags, NO_RANGE, "State changes too often",
                    "Other programs changed the state \"%.*s\" %d times while this command read "
                    "it without the lock. Try again when they have ended.",
                    STR_ARG(project->backend->path), READ_TRIES);
    return !is_old;
}

/* Returns the environment recorded in the state. If another program has dropped that record, the
 * lineage identifies the environment. */
static Str project_state_owner_of(const Project *project) {
    const State *state = project->state;
    if (state->environment.len > 0 || state->lineage.len == 0)
        return state->environment;
    map_each(&project->config->root->environments, entry) {
        if (state_lineage_is_of(state->lineage, entry->key))
            return entry->key;
    }
    return STR_EMPTY;
}

/* Returns false, with an error, if the state belongs to another environment. */
static bool project_state_check_environment(const Project *project) {
    bool has_environments = project->config && project->config->root->environments.count > 0;
    Str owner = has_environments ? project_state_owner_of(project) : STR_EMPTY;
    const Environment *environment = project->config ? project->config->environment : NULL;
    Str chosen = environment ? environment->name : STR_EMPTY;
    if (owner.len == 0 || str_equal(owner, chosen))
        return true;
    if (chosen.len == 0)
        return diags_fail(project->diags, NO_RANGE, "State belongs to an environment",
                          "The state at \"%.*s\" belongs to the environment \"%.*s\", but no "
                          "environment is selected. Add \"-env %.*s\", or use another state.",
                          STR_ARG(project->backend->path), STR_ARG(owner), STR_ARG(owner));
    return diags_fail(project->diags, NO_RANGE, "State belongs to another environment",
                      "The state at \"%.*s\" belongs to the environment \"%.*s\", not to \"%.*s\". "
                      "Each environment needs its own state: give \"%.*s\" a \"backend\" with "
                      "another location, or use \"-env %.*s\".",
                      STR_ARG(project->backend->path), STR_ARG(owner), STR_ARG(chosen),
                      STR_ARG(chosen), STR_ARG(owner));
}

bool project_open_state(Project *project, LockOperation operation) {
    if (!project_open_backend(project) || !lock_state(project, operation) ||
        !project_state_read_state(project, operation) ||
        !project_state_check_environment(project) ||
        !owner_check(project, project->state, operation))
        return false;
    if (operation == LOCK_APPLY) /* the key of a new state is ready when its plan is */
        cipher_begin(project->out->cipher);
    return true;
}

bool project_read_again(Project *project) {
    return project_state_read_state(project, LOCK_APPLY);
}

bool project_open_state_only(Project *project, Cli *cli, const Arguments *arguments,
                             LockOperation operation, Diags *diags) {
    project->options.is_single = true;
    return project_load_any(project, cli, arguments, diags) &&
           project_open_state(project, operation);
}

bool project_check_has_state(const Project *project) {
    if (!project->has_state)
        diags_error(project->diags, NO_RANGE, "No state file was found",
                    "There is no state yet: \"loam apply\" creates it. To use another state file, "
                    "add -state.");
    return project->has_state;
}

bool project_begin_changes(Project *project, State *state) {
    Cli *cli = project->cli;
    if (project->config && project->config->environment)
        state->environment = project->config->environment->name;
    owner_keep(project, project->state, state);
    if (!cipher_prepare(project->out->cipher, project->diags) ||
        !journal_open(project->out->journal, cli->io.clock, state, &project->journal, cli->arena,
                      project->diags)) {
        return false;
    }
    if (!project_outcomes_begin(project))
        return false;
    project->working =
        working_state_open(state, project->out, project->journal, &cli->io, cli->arena);
    if (state != project->state && !project->found_journal)
        working_state_set_baseline(project->working, project->state, project->state_text);
    return true;
}

bool project_write_state(Project *project, State *state) {
    return project_begin_changes(project, state) &&
           working_state_checkpoint(project->working, project->diags);
}
