/* The state that a command works on: its backend, its lock, its journal. */
#include "backends.h"
#include "decode.h"
#include "digest.h"
#include "journal_file.h"
#include "project.h"
#include "refusal.h"
#include "statefile.h"
#include "static_eval.h"
#include "workspace.h"

#define WRITE_EVERY_MS 20000

/* What the configuration says of the backend; null without. */
static bool backend_config(Project *project, const BackendType *type, Value *out) {
    Cli *cli = project->cli;
    const BackendConfig *config = project->config ? project->config->root->backend : NULL;
    *out = schema_empty_value(&type->schema, cli->arena);
    if (!config)
        return true;
    const Decoded *decoded;
    const Scope *scope =
        static_eval_scope(project->config->statics, project->config->root, cli->arena);
    return decode_body(config->body, &type->schema, &decoded, cli->arena, project->diags) &&
           decode_eval(decoded, scope, out, cli->arena, project->diags) &&
           static_eval_check(*out, config->range, project->diags);
}

static Value with_path(Value config, Str path, Arena *arena) {
    size_t index;
    if (!path.ptr || !type_find_attribute(config.type, STR("path"), &index))
        return config;
    Path place = path_attribute((Path){0}, STR("path"), arena);
    return path_set(config, place, value_string(path, arena), arena);
}

/* A store without a place for a journal. Without the runner that did the work, what it did since
 * the last write would be unknown: so the state is written often. */
static void keep_journal_here(Project *project, Backend *backend) {
    Cli *cli = project->cli;
    uint64_t seconds = 0;
    const char *given = cli_environment(cli, "STATE_PERSIST_INTERVAL");
    Str key = str_format(cli->arena, "%s %.*s", backend->type->name, STR_ARG(backend->path));
    Str name =
        str_format(cli->arena, "%.*s.journal", STR_ARG(digest_hex(DIGEST_SHA256, key, cli->arena)));
    Str folder = disk_join(cli->data_folder, STR("journals"), cli->arena);
    backend->journal =
        journal_file_new(cli->io.disk, disk_join(folder, name, cli->arena), cli->arena);
    backend->cancel = cli->cancel;
    backend->write_every_ms = WRITE_EVERY_MS;
    if (given && str_to_uint64(str_from_cstr(given), &seconds) && seconds > WRITE_EVERY_MS / 1000)
        backend->write_every_ms = (int64_t)seconds * 1000;
}

/* -state, -state-out and -backup are of the local backend and its default workspace. */
static bool open_with(
    Project *project, const BackendType *type, Value config, Str path, Backend **out) {
    Cli *cli = project->cli;
    Str workspace = path.ptr ? STR("default") : cli->workspace;
    if (!type->open(&cli->io, with_path(config, path, cli->arena), workspace, out, cli->arena,
                    project->diags)) {
        return false;
    }
    if (!(*out)->journal)
        keep_journal_here(project, *out);
    Str backup = option_text(project->arguments, "backup");
    if (backup.ptr)
        (*out)->backup_path = str_equal(backup, STR("-")) ? STR_EMPTY : backup;
    return true;
}

static bool find_backend(Project *project, const BackendType **out) {
    const BackendConfig *config = project->config ? project->config->root->backend : NULL;
    Str name = config ? config->type : STR("local");
    *out = backends_find(name);
    if (!*out) {
        diags_error(project->diags, config->range, "Unsupported backend type",
                    "There is no backend type named \"%.*s\".", STR_ARG(name));
    }
    return *out != NULL;
}

bool project_open_backend(Project *project) {
    const BackendType *type;
    Value config;
    if (project->config && !refusal_check_state(project->config, project->diags))
        return false;
    if (!workspace_check(project->cli->workspace, project->diags))
        return false;
    if (!find_backend(project, &type) || !backend_config(project, type, &config) ||
        !open_with(project, type, config, option_text(project->arguments, "state"),
                   &project->backend)) {
        return false;
    }
    project->out = project->backend;
    Str path = option_text(project->arguments, "state-out");
    if (!path.ptr || str_equal(path, project->backend->path))
        return true;
    return open_with(project, type, config, path, &project->out);
}

static bool lock_one(Project *project, Backend *backend, Str operation, int64_t timeout_ms) {
    Cli *cli = project->cli;
    project->lock = state_lock_new(&cli->io, operation, backend->path, cli->arena);
    return backend->lock(backend, &project->lock, timeout_ms, cli->cancel, project->diags);
}

static bool lock_state(Project *project, Str operation) {
    if (operation.len == 0 || !option_flag(project->arguments, "lock", true))
        return true;
    int64_t timeout_ms = 0;
    Str timeout = option_text(project->arguments, "lock-timeout");
    if (timeout.ptr && !clock_parse_duration(timeout, &timeout_ms)) {
        diags_error(project->diags, NO_RANGE, "Invalid lock timeout",
                    "-lock-timeout takes a duration like \"30s\" or \"5m\", not \"%.*s\".",
                    STR_ARG(timeout));
        return false;
    }
    if (!lock_one(project, project->backend, operation, timeout_ms))
        return false;
    project->is_locked = true;
    return project->out == project->backend ||
           lock_one(project, project->out, operation, timeout_ms);
}

static bool read_journal(Project *project) {
    Cli *cli = project->cli;
    JournalStore *journal = project->backend->journal;
    Str text, problem;
    bool found;
    if (!journal_replay(journal, project->state, &project->found_journal, cli->arena,
                        project->diags)) {
        return false;
    }
    if (project->found_journal && journal->read(journal, &text, &found, &problem, cli->arena))
        project->journal_digest = digest_hex(DIGEST_SHA256, text, cli->arena);
    return true;
}

static bool read_state(Project *project) {
    Cli *cli = project->cli;
    Str text;
    if (!project->backend->read(project->backend, &text, cli->arena, project->diags))
        return false;
    project->has_state = text.len > 0;
    if (!statefile_decode(project->backend->path, text, &project->state, cli->arena,
                          project->diags)) {
        return false;
    }
    return read_journal(project);
}

bool project_open_state(Project *project, Str operation) {
    return project_open_backend(project) && lock_state(project, operation) && read_state(project);
}

/* Who asks for what is stored is not warned of what is written: programs read the answer. */
static bool load_quietly(Project *project, Cli *cli, const Arguments *arguments, Diags *diags) {
    Diags loading = diags_new(cli->arena);
    bool ok = project_load(project, cli, arguments, NULL, &loading);
    project->diags = diags;
    if (!ok)
        diags_append(diags, &loading);
    return ok;
}

bool project_load_any(Project *project, Cli *cli, const Arguments *arguments, Diags *diags) {
    if (!config_is_empty_folder(&cli->io, STR(".")))
        return load_quietly(project, cli, arguments, diags);
    project->cli = cli;
    project->arguments = arguments;
    project->diags = diags;
    project->engine = (Engine){.io = &cli->io, .registry = cli->registry, .cancel = cli->cancel};
    return true;
}

bool project_open_state_only(
    Project *project, Cli *cli, const Arguments *arguments, Str operation, Diags *diags) {
    return project_load_any(project, cli, arguments, diags) &&
           project_open_state(project, operation);
}

/* -- workspaces ---------------------------------------------------------------------------------
 */

bool project_list_workspaces(Project *project, StrVec *out) {
    Cli *cli = project->cli;
    const BackendType *type;
    Value config;
    vec_push(cli->arena, out, STR("default"));
    return find_backend(project, &type) && backend_config(project, type, &config) &&
           type->list(&cli->io, config, out, cli->arena, project->diags);
}

bool project_make_workspace(Project *project, Str name) {
    const BackendType *type;
    Value config;
    return find_backend(project, &type) && backend_config(project, type, &config) &&
           type->make(&project->cli->io, config, name, project->diags);
}

bool project_remove_workspace(Project *project, Str name) {
    const BackendType *type;
    Value config;
    return find_backend(project, &type) && backend_config(project, type, &config) &&
           type->remove(&project->cli->io, config, name, project->diags);
}

bool project_begin_changes(Project *project, State *state) {
    Cli *cli = project->cli;
    if (!journal_open(project->out->journal, cli->io.clock, state, &project->journal, cli->arena,
                      project->diags)) {
        return false;
    }
    project->working =
        working_state_open(state, project->out, project->journal, &cli->io, cli->arena);
    return true;
}

bool project_write_state(Project *project, State *state) {
    return project_begin_changes(project, state) &&
           working_state_checkpoint(project->working, project->diags);
}

static void close_backend(Project *project, Backend *backend) {
    if (project->is_locked)
        (void)backend->unlock(backend, project->diags);
    backend->close(backend);
}

void project_release(Project *project) {
    if (project->working)
        (void)working_state_close(project->working);
    if (project->journal)
        journal_close(project->journal);
    if (project->out && project->out != project->backend)
        close_backend(project, project->out);
    if (project->backend)
        close_backend(project, project->backend);
    *project = (Project){0};
}
