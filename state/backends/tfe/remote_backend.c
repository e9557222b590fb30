/* remote_backend: states in workspaces of HCP Terraform, Terraform Enterprise, and servers with
 * their protocol; see tfe_store.
 *
 * With workspaces.name there is one workspace, "default" to commands; with workspaces.prefix, the
 * workspace "x" of commands is PREFIX + "x", and "default" is not used. */
#include "remote_backend.h"

#include "backend_settings.h"
#include "tfe_store.h"

/* Opens the store. *prefix: of the names at the server; empty: there is one workspace. */
static bool remote_open_store(const Io *io, Value config, Str workspace, TfeStore **out,
                              Str *prefix, Arena *arena, Diags *diags) {
    Value block = value_attribute(config, STR("workspaces"));
    bool is_block = value_is_present(block);
    Str name = is_block ? backend_settings_text(block, "name", "") : STR_EMPTY;
    *prefix = is_block ? backend_settings_text(block, "prefix", "") : STR_EMPTY;
    if ((name.len > 0) == (prefix->len > 0))
        return diags_fail(diags, NO_RANGE, "Invalid backend configuration",
                          "The block \"workspaces\" requires either \"name\" or \"prefix\".");
    if (name.len > 0 && !str_equal(workspace, STR("default")))
        return diags_fail(diags, NO_RANGE, "Workspaces not supported",
                          "With workspaces.name, the backend \"remote\" has one workspace, so "
                          "there is no workspace \"%.*s\".",
                          STR_ARG(workspace));
    if (!tfe_store_open(io, &remote_backend, config, out, arena, diags))
        return false;
    tfe_store_name(*out, name.len > 0 ? name : str_concat(*prefix, workspace, arena));
    return true;
}

static bool remote_open(const Io *io, Value config, Str workspace, Backend **out, Arena *arena,
                        Diags *diags) {
    TfeStore *store;
    Str prefix;
    if (!remote_open_store(io, config, workspace, &store, &prefix, arena, diags))
        return false;
    *out = &store->backend;
    return true;
}

static bool remote_list(const Io *io, Value config, StrVec *out, Arena *arena, Diags *diags) {
    TfeStore *store;
    TfeWorkspaces found = {0};
    Str prefix;
    if (!remote_open_store(io, config, STR("default"), &store, &prefix, arena, diags))
        return false;
    if (prefix.len == 0)
        return true;
    if (!tfe_store_list(store, prefix, &found, diags))
        return false;
    vec_each(&found, workspace) {
        Str name = str_after(workspace->name, prefix.len);
        if (name.len > 0 && !str_equal(name, STR("default")))
            vec_push(arena, out, name);
    }
    str_sort(out->items, out->count);
    return true;
}

static bool remote_make(const Io *io, Value config, Str workspace, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("workspace");
    TfeStore *store;
    Str prefix;
    return remote_open_store(io, config, workspace, &store, &prefix, scratch, diags) &&
           tfe_store_make(store, diags);
}

static const Attribute remote_workspace_attributes[] = {
    {"name", &TYPE_STRING, OPTIONAL, "Name of the only workspace."},
    {"prefix", &TYPE_STRING, OPTIONAL,
     "Start of the names of the workspaces at the server; commands use the rest."},
};

static const Block remote_blocks[] = {
    {.name = "workspaces",
     .nesting = NEST_SINGLE,
     .min_items = 1,
     .max_items = 1,
     .schema = {SCHEMA_ATTRIBUTES(remote_workspace_attributes),
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
    .schema = {TFE_STORE_ATTRIBUTES, SCHEMA_BLOCKS(remote_blocks),
               .description =
                   "Stores states in workspaces of HCP Terraform, Terraform Enterprise or "
                   "a server with their protocol."},
    .selector = "prefix",
    .open = remote_open,
    .list = remote_list,
    .make = remote_make,
};
