/* remote_backend: states in workspaces of HCP Terraform, Terraform Enterprise, and servers with
 * their protocol.
 *
 * state    the current state version of the workspace
 * lock     the lock of the workspace, which has no ID; loam shows ORGANIZATION/WORKSPACE as the ID,
 *          as Terraform does. It belongs to the user of the token and does not expire
 * journal  none: the caller keeps it in the data directory
 *
 * With workspaces.name there is one workspace, "default" to commands; with workspaces.prefix, the
 * workspace "x" of commands is PREFIX + "x", and "default" is not used. */
#include "remote_backend.h"

#include "backend_settings.h"
#include "tfe_client.h"

#define DEFAULT_HOST "app.terraform.io"
#define CHECK_ACCESS "Check the organization, the token and its permissions."

typedef struct Remote {
    Backend backend;
    const Io *io;
    TfeClient client;
    Str name; /* of the workspace at the server */
    Str prefix;
    TfeWorkspace workspace; /* its id is empty until it was read */
    bool is_locked;
    Arena *arena;
} Remote;

static bool remote_report(const Remote *remote, const char *summary, Str problem, Diags *diags) {
    return backend_report(&remote->backend, summary, problem, CHECK_ACCESS, diags);
}

/* Reads the workspace once. `makes`: a missing one is made, as other programs do. */
static bool remote_find(Remote *remote, bool makes, bool *found, const char *summary,
                        Diags *diags) {
    Str problem = STR_EMPTY;
    TfeStatus status = TFE_DONE;
    if (remote->workspace.id.len == 0)
        status = tfe_client_workspace(&remote->client, remote->name, &remote->workspace, &problem,
                                      remote->arena);
    if (status == TFE_ABSENT && makes) {
        status = tfe_client_make(&remote->client, remote->name, &problem, remote->arena);
        if (status == TFE_DONE || status == TFE_CONFLICT) /* a lost response, or another run */
            status = tfe_client_workspace(&remote->client, remote->name, &remote->workspace,
                                          &problem, remote->arena);
    }
    *found = status == TFE_DONE;
    if (status != TFE_DONE && (status != TFE_ABSENT || makes))
        return remote_report(remote, summary, problem, diags);
    if (!remote->workspace.runs_remotely)
        return true;
    return diags_fail(diags, NO_RANGE, "Workspace runs operations remotely",
                      "Workspace %.*s runs operations remotely; set its execution mode to "
                      "\"local\".",
                      STR_ARG(remote->name));
}

static LockResult remote_attempt(void *self, LockInfo *holder, pid_t *, Arena *arena,
                                 Diags *diags) {
    static const char summary[] = "Error acquiring the state lock";
    Remote *remote = self;
    Str problem = STR_EMPTY;
    bool found;
    if (!remote_find(remote, true, &found, summary, diags))
        return LOCK_FAILED;
    switch (tfe_client_act(&remote->client, remote->workspace.id, "lock", STR("Locked by loam"),
                           &problem, arena)) {
    case TFE_DONE: remote->is_locked = true; return LOCK_ACQUIRED;
    case TFE_CONFLICT: *holder = (LockInfo){.id = remote->backend.path}; return LOCK_HELD;
    case TFE_ABSENT:
    case TFE_FAILED: break;
    }
    (void)backend_report(&remote->backend, summary, problem,
                         "If the workspace is locked now, run \"loam force-unlock\" with its ID, "
                         "ORGANIZATION/WORKSPACE.",
                         diags);
    return LOCK_FAILED;
}

static bool remote_lock(Backend *backend, const LockInfo *, int64_t timeout_ms,
                        const CancelToken *cancel, Diags *diags) {
    Remote *remote = backend->self;
    LockAttempt trying = {
        .self = remote,
        .attempt = remote_attempt,
        .waiting = backend->waiting,
        .payload = backend->waiting_payload,
        .end = LOCK_OUTLIVES_PROCESS,
        .note = backend->note,
    };
    return state_lock_acquire(&trying, remote->io->clock, timeout_ms, cancel, diags);
}

static bool remote_unlock(Backend *backend, Diags *diags) {
    static const char summary[] = "Error releasing the state lock";
    SCOPED(ArenaRef) scratch = arena_open("remote unlock");
    Remote *remote = backend->self;
    Str problem = STR_EMPTY;
    if (!remote->is_locked)
        return true;
    remote->is_locked = false;
    TfeStatus status = tfe_client_act(&remote->client, remote->workspace.id, "unlock", STR_EMPTY,
                                      &problem, scratch);
    return status == TFE_DONE || backend_report(&remote->backend, summary, problem,
                                                "To remove it, run \"loam force-unlock\".", diags);
}

static bool remote_force_unlock(Backend *backend, Str id, Diags *diags) {
    static const char summary[] = "Failed to unlock state";
    SCOPED(ArenaRef) scratch = arena_open("remote unlock");
    Remote *remote = backend->self;
    Str problem = STR_EMPTY;
    bool found;
    if (!remote_find(remote, false, &found, summary, diags))
        return false;
    LockInfo holder = {0};
    if (found && remote->workspace.is_locked)
        holder.id = backend->path;
    if (holder.id.len == 0 || !str_equal(id, backend->path))
        return state_lock_report_other(summary, backend->path, id, &holder, diags);
    return tfe_client_act(&remote->client, remote->workspace.id, "force-unlock", STR_EMPTY,
                          &problem, scratch) == TFE_DONE ||
           remote_report(remote, summary, problem, diags);
}

static bool remote_read(Backend *backend, Str *out, Arena *arena, Diags *diags) {
    static const char summary[] = "Failed to read the state";
    Remote *remote = backend->self;
    Str problem = STR_EMPTY;
    bool found;
    *out = STR_EMPTY;
    if (!remote_find(remote, false, &found, summary, diags))
        return false;
    TfeStatus status =
        found ? tfe_client_read(&remote->client, remote->workspace.id, out, &problem, arena)
              : TFE_ABSENT;
    if (status == TFE_ABSENT)
        *out = STR_EMPTY;
    return status == TFE_DONE || status == TFE_ABSENT ||
           remote_report(remote, summary, problem, diags);
}

/* After a lost response, the version is there already, and a second one of its serial is a
 * conflict. */
static bool is_written(const Remote *remote, Str bytes, Arena *arena) {
    Str stored = STR_EMPTY, problem = STR_EMPTY;
    return tfe_client_read(&remote->client, remote->workspace.id, &stored, &problem, arena) ==
               TFE_DONE &&
           str_equal(stored, bytes);
}

static bool remote_write(Backend *backend, Str bytes, Diags *diags) {
    static const char summary[] = "Failed to write the state";
    SCOPED(ArenaRef) scratch = arena_open("remote write");
    Remote *remote = backend->self;
    Str problem = STR_EMPTY;
    bool found, locks = false;
    Diags ignored = diags_new(scratch);
    if (!remote_find(remote, true, &found, summary, diags))
        return false;
    /* The server accepts a version only from the holder of the lock. */
    if (!remote->is_locked) {
        locks = tfe_client_act(&remote->client, remote->workspace.id, "lock", STR("Locked by loam"),
                               &problem, scratch) == TFE_DONE;
        remote->is_locked = locks;
    }
    TfeStatus status = tfe_client_write(&remote->client, remote->workspace.id, bytes,
                                        backend->is_forced, &problem, scratch);
    bool ok = status == TFE_DONE ||
              (status == TFE_CONFLICT && is_written(remote, bytes, scratch)) ||
              remote_report(remote, summary, problem, diags);
    if (locks)
        (void)remote_unlock(backend, &ignored);
    return ok;
}

static bool remote_remove(Backend *backend, Diags *diags) {
    static const char summary[] = "Cannot delete the workspace";
    SCOPED(ArenaRef) scratch = arena_open("remote workspace");
    Remote *remote = backend->self;
    Str problem = STR_EMPTY;
    bool found;
    if (!remote_find(remote, false, &found, summary, diags))
        return false;
    TfeStatus status =
        found ? tfe_client_delete(&remote->client, remote->workspace.id, &problem, scratch)
              : TFE_ABSENT;
    remote->is_locked = false; /* the lock went with the workspace */
    return status == TFE_DONE || status == TFE_ABSENT ||
           remote_report(remote, summary, problem, diags);
}

static void remote_close(Backend *backend) {
    SCOPED(ArenaRef) scratch = arena_open("remote close");
    Diags ignored = diags_new(scratch);
    (void)!remote_unlock(backend, &ignored);
}

static bool fail_workspaces(const char *what, Diags *diags) {
    return diags_fail(diags, NO_RANGE, "Invalid backend configuration",
                      "The block \"workspaces\" requires %s.", what);
}

/* Sets the name at the server, and the prefix. */
static bool choose_workspace(Remote *remote, Value config, Str workspace, Diags *diags) {
    Value block = value_attribute(config, STR("workspaces"));
    Str name = STR_EMPTY;
    bool is_block = value_is_present(block);
    if (is_block)
        name = backend_settings_text(block, "name", "");
    remote->prefix = is_block ? backend_settings_text(block, "prefix", "") : STR_EMPTY;
    if ((name.len > 0) == (remote->prefix.len > 0))
        return fail_workspaces("either \"name\" or \"prefix\"", diags);
    bool is_default = str_equal(workspace, STR("default"));
    if (name.len > 0 && !is_default)
        return diags_fail(diags, NO_RANGE, "Workspaces not supported",
                          "With workspaces.name, the backend \"remote\" has one workspace, so "
                          "there is no workspace \"%.*s\".",
                          STR_ARG(workspace));
    remote->name = name.len > 0 ? name : str_concat(remote->prefix, workspace, remote->arena);
    return true;
}

static bool remote_open_store(const Io *io, Value config, Str workspace, Remote **out, Arena *arena,
                              Diags *diags) {
    Remote *remote = arena_new(arena, Remote);
    *remote = (Remote){.io = io, .arena = arena};
    Str organization = backend_settings_text(config, "organization", "");
    remote->client = (TfeClient){
        .host = {.name = backend_settings_text(config, "hostname", DEFAULT_HOST),
                 .token = backend_settings_text(config, "token", "")},
        .organization = organization,
    };
    if (!choose_workspace(remote, config, workspace, diags) ||
        !tfe_client_open(io, &remote->client, arena, diags))
        return false;
    remote->client.cancel = &remote->backend.cancel;
    remote->backend = (Backend){
        .type = &remote_backend,
        .self = remote,
        .path = str_format(arena, "%.*s/%.*s", STR_ARG(organization), STR_ARG(remote->name)),
        .lock = remote_lock,
        .unlock = remote_unlock,
        .force_unlock = remote_force_unlock,
        .read = remote_read,
        .write = remote_write,
        .remove = remote_remove,
        .close = remote_close,
    };
    *out = remote;
    return true;
}

static bool remote_open(const Io *io, Value config, Str workspace, Backend **out, Arena *arena,
                        Diags *diags) {
    Remote *remote;
    if (!remote_open_store(io, config, workspace, &remote, arena, diags))
        return false;
    *out = &remote->backend;
    return true;
}

/* Opens the store of a workspace that may not exist, for the two functions below. */
static bool open_prefixed(const Io *io, Value config, Str workspace, Remote **out, Arena *arena,
                          Diags *diags) {
    Value block = value_attribute(config, STR("workspaces"));
    bool has_prefix = value_is_present(block) && backend_settings_text(block, "prefix", "").len > 0;
    return remote_open_store(io, config, has_prefix ? workspace : STR("default"), out, arena,
                             diags);
}

static bool remote_list(const Io *io, Value config, StrVec *out, Arena *arena, Diags *diags) {
    Remote *remote;
    TfeWorkspaces found = {0};
    Str problem = STR_EMPTY;
    if (!open_prefixed(io, config, STR("default"), &remote, arena, diags))
        return false;
    if (remote->prefix.len == 0)
        return true;
    if (tfe_client_list(&remote->client, remote->prefix, &found, &problem, arena) != TFE_DONE)
        return remote_report(remote, "Cannot list the workspaces", problem, diags);
    vec_each(&found, workspace) {
        Str name = str_after(workspace->name, remote->prefix.len);
        if (name.len > 0 && !str_equal(name, STR("default")))
            vec_push(arena, out, name);
    }
    str_sort(out->items, out->count);
    return true;
}

static bool remote_make(const Io *io, Value config, Str workspace, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("workspace");
    Remote *remote;
    Str problem = STR_EMPTY;
    if (!remote_open_store(io, config, workspace, &remote, scratch, diags))
        return false;
    TfeStatus status = tfe_client_make(&remote->client, remote->name, &problem, scratch);
    return status == TFE_DONE || status == TFE_CONFLICT ||
           remote_report(remote, "Cannot create the workspace", problem, diags);
}

static const Attribute attributes[] = {
    {"hostname", &TYPE_STRING, OPTIONAL, "Host of the service (default \"app.terraform.io\")."},
    {"organization", &TYPE_STRING, REQUIRED, "Organization that has the workspaces."},
    {"token", &TYPE_STRING, OPTIONAL | SENSITIVE,
     "Token, instead of that of the CLI configuration, of the environment or of \"login\"."},
};

static const Attribute workspace_attributes[] = {
    {"name", &TYPE_STRING, OPTIONAL, "Name of the only workspace."},
    {"prefix", &TYPE_STRING, OPTIONAL,
     "Start of the names of the workspaces at the server; commands use the rest."},
};

static const Block blocks[] = {
    {.name = "workspaces",
     .nesting = NEST_SINGLE,
     .min_items = 1,
     .max_items = 1,
     .schema = {SCHEMA_ATTRIBUTES(workspace_attributes),
                .description = "The workspaces: either \"name\" or \"prefix\"."}},
};

const BackendType remote_backend = {
    .name = "remote",
    .about =
        "loam uses the states and locks of the workspaces; plans and applies run where loam is "
        "started. A workspace whose execution mode is \"remote\" or \"agent\" is an error. A "
        "missing workspace is made at the first lock. The token is the first of these: "
        "`token`; `TF_TOKEN_` with the name of the host; the block `credentials` of the CLI "
        "configuration; that of `loam login`; the credentials helper. The lock belongs to the "
        "user of the token and does not expire: remove the lock of a dead program with "
        "`force-unlock ORGANIZATION/WORKSPACE`. The journal is a file in the data directory, "
        "and the state is written every 20 seconds during an apply "
        "(`TF_STATE_PERSIST_INTERVAL`), at its end, and after each change once the program was "
        "interrupted. Only a run in the same directory completes an interrupted one. With "
        "`prefix`, the workspace \"default\" of loam is PREFIX + \"default\"; Terraform does "
        "not use that one.",
    .schema = {SCHEMA_ATTRIBUTES(attributes), SCHEMA_BLOCKS(blocks),
               .description =
                   "Stores states in workspaces of HCP Terraform, Terraform Enterprise or "
                   "a server with their protocol."},
    .open = remote_open,
    .list = remote_list,
    .make = remote_make,
};
