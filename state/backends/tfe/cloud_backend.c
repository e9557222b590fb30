/* cloud_backend: the states of a block `cloud`; see tfe_store.
 *
 * With workspaces.name, or with TF_WORKSPACE and neither a name nor tags, there is one workspace,
 * of this name. With workspaces.tags, the workspaces are those of the organization that have all of
 * the tags. Their names are those at the server, and none is called "default". */
#include "cloud_backend.h"

#include "backend_settings.h"
#include "tfe_store.h"

#define INVALID "Invalid workspaces configuration"

typedef struct CloudWorkspaces {
    Str name; /* empty: the tags select the workspaces */
    bool must_exist;
    TfeLabels labels;
} CloudWorkspaces;

/* Reads a set of names, or a map of values by key. */
static bool read_tags(Value tags, TfeLabels *out, Arena *arena, Diags *diags) {
    bool is_map = tags.type->kind == KIND_OBJECT || tags.type->kind == KIND_MAP;
    bool is_list = tags.type->kind == KIND_TUPLE || tags.type->kind == KIND_LIST ||
                   tags.type->kind == KIND_SET;
    bool ok = (is_map || is_list) && tags.count > 0;
    for (size_t i = 0; ok && i < tags.count; i++) {
        Value item = value_at(tags, i);
        ok = value_is_present(item) && item.type->kind == KIND_STRING;
        if (!ok)
            break;
        vec_push(arena, &out->tags, is_map ? value_key_at(tags, i) : value_text(item));
        if (is_map)
            vec_push(arena, &out->values, value_text(item));
    }
    return ok || diags_fail(diags, NO_RANGE, INVALID,
                            "\"tags\" requires a set of tags, or a map of values by tag. Both have "
                            "at least one tag, and all are strings.");
}

static bool check_workspaces(Str name, bool has_tags, Str chosen, Diags *diags) {
    if (name.len > 0 && has_tags)
        return diags_fail(diags, NO_RANGE, INVALID,
                          "Only one of workspace \"tags\" or \"name\" is allowed. Remove one of "
                          "them from the block \"workspaces\".");
    if (name.len > 0 && chosen.len > 0 && !str_equal(name, chosen))
        return diags_fail(diags, NO_RANGE, INVALID,
                          "Specified workspace \"name\" conflicts with TF_WORKSPACE environment "
                          "variable: the names are \"%.*s\" and \"%.*s\". Unset the variable.",
                          STR_ARG(name), STR_ARG(chosen));
    if (name.len == 0 && !has_tags && chosen.len == 0)
        return diags_fail(diags, NO_RANGE, INVALID,
                          "Missing workspace mapping strategy. Either workspace \"tags\" or "
                          "\"name\" is required, or the environment variable TF_WORKSPACE.");
    return true;
}

static bool read_workspaces(const Io *io, Value config, CloudWorkspaces *out, Arena *arena,
                            Diags *diags) {
    Value block = value_attribute(config, STR("workspaces")), tags;
    bool is_block = value_is_present(block);
    bool has_tags = is_block && value_find_present(block, STR("tags"), &tags);
    Str chosen = backend_settings_variable(io, "TF_WORKSPACE", arena);
    *out = (CloudWorkspaces){0};
    if (is_block) {
        out->name = backend_settings_text(block, "name", "");
        out->labels.project = backend_settings_text(block, "project", "");
    }
    if (out->labels.project.len == 0)
        out->labels.project = backend_settings_variable(io, "TF_CLOUD_PROJECT", arena);
    if (!check_workspaces(out->name, has_tags, chosen, diags))
        return false;
    if (has_tags)
        return read_tags(tags, &out->labels, arena, diags);
    out->must_exist = out->name.len == 0;
    if (out->must_exist)
        out->name = chosen;
    return true;
}

static bool open_cloud(const Io *io, Value config, CloudWorkspaces *workspaces, TfeStore **out,
                       Arena *arena, Diags *diags) {
    TfeLabels *labels = arena_new(arena, TfeLabels);
    if (!read_workspaces(io, config, workspaces, arena, diags) ||
        !tfe_store_open(io, &cloud_backend, config, out, arena, diags))
        return false;
    *labels = workspaces->labels;
    (*out)->labels = labels;
    (*out)->must_exist = workspaces->must_exist || workspaces->name.len == 0;
    tfe_store_name(*out, workspaces->name);
    return true;
}

static bool cloud_open(const Io *io, Value config, Str workspace, Backend **out, Arena *arena,
                       Diags *diags) {
    TfeStore *store;
    CloudWorkspaces workspaces;
    if (!open_cloud(io, config, &workspaces, &store, arena, diags))
        return false;
    bool is_fixed = workspaces.name.len > 0;
    if (is_fixed ? !str_equal(workspace, workspaces.name) : str_equal(workspace, STR("default")))
        return diags_fail(diags, NO_RANGE, "Invalid workspace selection",
                          "The workspace \"%.*s\" is selected, and the block \"cloud\" has %s%.*s. "
                          "Run \"loam init\" to select a workspace.",
                          STR_ARG(workspace),
                          is_fixed ? "only the workspace " : "none of this name",
                          STR_ARG(workspaces.name));
    tfe_store_name(store, workspace);
    *out = &store->backend;
    return true;
}

static bool cloud_list(const Io *io, Value config, StrVec *out, Arena *arena, Diags *diags) {
    TfeStore *store;
    CloudWorkspaces workspaces;
    TfeWorkspaces found = {0};
    if (!open_cloud(io, config, &workspaces, &store, arena, diags))
        return false;
    if (workspaces.name.len > 0) {
        vec_push(arena, out, workspaces.name);
        return true;
    }
    if (!tfe_store_list(store, STR_EMPTY, &found, diags))
        return false;
    vec_each(&found, workspace) {
        vec_push(arena, out, workspace->name);
    }
    str_sort(out->items, out->count);
    return true;
}

static bool cloud_make(const Io *io, Value config, Str workspace, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("workspace");
    TfeStore *store;
    CloudWorkspaces workspaces;
    if (!open_cloud(io, config, &workspaces, &store, scratch, diags))
        return false;
    if (workspaces.name.len > 0)
        return diags_fail(
            diags, NO_RANGE, "Workspaces not supported",
            "The block \"cloud\" names its only workspace, \"%.*s\". To have several, "
            "use workspaces.tags.",
            STR_ARG(workspaces.name));
    if (str_equal(workspace, STR("default")))
        return diags_fail(diags, NO_RANGE, "Default workspace not supported",
                          "A workspace of a block \"cloud\" cannot be called \"default\".");
    tfe_store_name(store, workspace);
    return tfe_store_make(store, diags);
}

static const Attribute cloud_workspace_attributes[] = {
    {"name", &TYPE_STRING, OPTIONAL, "Name of the only workspace."},
    {"project", &TYPE_STRING, OPTIONAL,
     "Project of new workspaces; with tags, only workspaces of this project are used (default: "
     "$TF_CLOUD_PROJECT)."},
    {"tags", &TYPE_DYNAMIC, OPTIONAL,
     "Tags that all workspaces have: a set of tags, or a map of values by tag."},
};

static const Block cloud_blocks[] = {
    {.name = "workspaces",
     .nesting = NEST_SINGLE,
     .max_items = 1,
     .schema = {SCHEMA_ATTRIBUTES(cloud_workspace_attributes),
                .description = "The workspaces: either \"name\" or \"tags\". Without the block, "
                               "TF_WORKSPACE names the workspace."}},
};

static const BackendVariable variables[] = {
    {"hostname", "TF_CLOUD_HOSTNAME"},
    {"organization", "TF_CLOUD_ORGANIZATION"},
};

const BackendType cloud_backend = {
    .name = "cloud",
    .about =
        "The block `cloud { … }` of `terraform`, not a block `backend`; `-backend-config` does not "
        "apply. Runs stay where loam is started; token, lock and journal are those of `remote`. A "
        "workspace whose execution mode is \"remote\" or \"agent\" is an error. Commands use the "
        "names of the workspaces at the server, and there is no workspace \"default\". "
        "`init` selects the workspace: that of `name`, or the only one with the tags; if there are "
        "several or none, it asks. A missing workspace of `name` is made at the first lock, "
        "and a missing project with it; `workspace new` makes one with the tags. With "
        "`TF_WORKSPACE` and neither name nor tags, the workspace must exist.",
    .schema = {TFE_STORE_ATTRIBUTES, SCHEMA_BLOCKS(cloud_blocks),
               .description =
                   "Stores states in workspaces of HCP Terraform, Terraform Enterprise or "
                   "a server with their protocol, chosen by name or by tags."},
    BACKEND_VARIABLES(variables),
    .has_own_block = true,
    .selector = "tags",
    .open = cloud_open,
    .list = cloud_list,
    .make = cloud_make,
};
