/* loam workspace list, show, new, select, delete */
#include "backend_choice.h"
#include "command.h"
#include "statefile.h"
#include "view_document.h"
#include "workspace.h"

/* The environment variable has precedence, so the command cannot change the workspace. */
static bool check_free_choice(const Cli *cli, Diags *diags) {
    if (!cli_environment(cli, "WORKSPACE"))
        return true;
    return diags_fail(
        diags, NO_RANGE, "Workspace set by an environment variable",
        "LOAM_WORKSPACE or TF_WORKSPACE selects the workspace. To select another one, "
        "unset the variable.");
}

static bool cmd_workspace_load(Project *project, Cli *cli, const Arguments *arguments,
                               Diags *diags) {
    project->options.ignores_versions = true;
    project->options.may_be_empty = true;
    project->options.is_single = true; /* the root module alone configures the backend */
    return project_load_any(project, cli, arguments, diags);
}

/* Lists the workspaces of the backend, "default" first. */
static bool list_workspaces(Project *project, StrVec *out) {
    BackendChoice choice;
    return backend_choice_select(project, &choice) && backend_choice_list(project, &choice, out);
}

static void cmd_workspace_report_missing(const StrVec *names, Str name, Diags *diags) {
    Str hint = str_did_you_mean(name, names->items, names->count, diags->arena);
    diags_error(diags, NO_RANGE, "Workspace not found",
                "There is no workspace \"%.*s\".%.*s To list the workspaces, run \"loam workspace "
                "list\"; to create one, \"loam workspace new\".",
                STR_ARG(name), STR_ARG(hint));
}

/* Reads the state file of -state. The copy does not keep its lineage and serial. */
static bool cmd_workspace_read_given(Project *project, State **out) {
    Str text, path = option_text(project->arguments, "state");
    *out = NULL;
    if (!path.ptr)
        return true;
    if (!project_read_file(project->cli, path, "Failed to read the given state", &text,
                           project->diags) ||
        !project_open_ciphers(project) || !project_decode_state(project, path, text, out))
        return false;
    (*out)->lineage = STR_EMPTY;
    (*out)->serial = 0;
    return true;
}

static void workspace_write_list(const ViewDocument *document, JsonWriter *writer, const Cli *cli) {
    const StrVec *names = document->result;
    json_key_array(writer, "workspaces");
    for (size_t i = 0; names && i < names->count; i++) {
        json_object_start(writer);
        json_key_string(writer, "name", names->items[i]);
        json_key_bool(writer, "is_current", str_equal(names->items[i], cli->workspace));
        json_object_end(writer);
    }
    json_array_end(writer);
    view_document_add_diags(document, writer);
}

static View *workspace_open_view(Cli *cli) {
    return view_document_open(cli, workspace_write_list);
}

static int cmd_workspace_run_list(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(Project) project = {0};
    StrVec names = {0};
    if (!workspace_check(cli->workspace, diags) ||
        !cmd_workspace_load(&project, cli, arguments, diags) || !list_workspaces(&project, &names))
        return 1;
    if (option_flag(arguments, "json")) {
        StrVec *result = arena_new(cli->arena, StrVec);
        *result = names;
        ((ViewDocument *)cli->view->self)->result = result;
        return 0;
    }
    vec_each(&names, name) {
        terminal_print("%s %.*s\n", str_equal(*name, cli->workspace) ? "*" : " ", STR_ARG(*name));
    }
    terminal_print("\n");
    if (!cli_environment(cli, "WORKSPACE"))
        return 0;
    bool is_own = cli->io.process->environment(cli->io.process->self, "LOAM_WORKSPACE");
    const char *prefix = is_own ? "LOAM" : "TF";
    if (cli_name(cli)->peer)
        terminal_print("\n\nThe active workspace is being overridden using the %s_WORKSPACE "
                       "environment\nvariable.\n\n",
                       prefix);
    else
        terminal_print("The workspace is selected by the environment variable %s_WORKSPACE.\n",
                       prefix);
    return 0;
}

static int workspace_run_show(Cli *cli, const Arguments *, Diags *diags) {
    if (!workspace_check(cli->workspace, diags))
        return 1;
    terminal_print("%.*s\n", STR_ARG(cli->workspace));
    return 0;
}

static bool make_workspace(Project *project, Str name) {
    BackendChoice choice;
    if (!backend_choice_select(project, &choice))
        return false;
    if (choice.type->list)
        return backend_choice_make(project, &choice, name);
    return diags_fail(project->diags, NO_RANGE, "Workspaces not supported",
                      "The backend \"%s\" stores one state, so \"default\" is its only workspace.",
                      choice.type->name);
}

static int cmd_workspace_make(Project *project, Str name) {
    Cli *cli = project->cli;
    State *given;
    project->options.state_is_input = true;
    if (!workspace_check(name, project->diags) || !cmd_workspace_read_given(project, &given) ||
        !make_workspace(project, name) || !workspace_select(cli, name, project->diags))
        return 1;
    cli->workspace = name;
    if (given &&
        !(project_open_state(project, LOCK_WORKSPACE_NEW) && project_write_state(project, given)))
        return 1;
    if (cli_name(cli)->peer) {
        const char *title = cli_name(cli)->title, *command = cli_name(cli)->name;
        terminal_print("Created and switched to workspace \"%.*s\"!\n\n"
                       "You're now on a new, empty workspace. Workspaces isolate their state,\n"
                       "so if you run \"%s plan\" %s will not see any existing state\n"
                       "for this configuration.\n",
                       STR_ARG(name), command, title);
        return 0;
    }
    terminal_print("Created and selected the workspace \"%.*s\". Its state is %s, and separate "
                   "from those of other workspaces.\n",
                   STR_ARG(name), given ? "a copy" : "empty");
    return 0;
}

static int run_new(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(Project) project = {0};
    StrVec names = {0};
    Str name = arguments->positionals.items[0];
    /* LOAM_WORKSPACE may name a workspace that does not exist yet. */
    bool is_current = str_equal(name, cli->workspace);
    if ((!is_current && !check_free_choice(cli, diags)) ||
        !cmd_workspace_load(&project, cli, arguments, diags) || !list_workspaces(&project, &names))
        return 1;
    if (!str_is_among(name, names.items, names.count))
        return cmd_workspace_make(&project, name);
    diags_error(
        diags, NO_RANGE, "Workspace already exists",
        "The workspace \"%.*s\" already exists. To select it, run \"loam workspace select\".",
        STR_ARG(name));
    return 1;
}

static const Option new_options[] = {
    {"state", OPTION_PATH, "PATH", "Copy the state of this file into the new workspace."},
};

static const Option select_options[] = {
    {"or-create", OPTION_FLAG, NULL, "Create the workspace if it does not exist."},
};

static int run_select(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(Project) project = {0};
    StrVec names = {0};
    Str name = arguments->positionals.items[0];
    if (!check_free_choice(cli, diags) || !cmd_workspace_load(&project, cli, arguments, diags) ||
        !list_workspaces(&project, &names))
        return 1;
    if (!str_is_among(name, names.items, names.count)) {
        if (option_flag(arguments, "or-create"))
            return cmd_workspace_make(&project, name);
        cmd_workspace_report_missing(&names, name, diags);
        return 1;
    }
    if (cli_name(cli)->peer && str_equal(name, cli->workspace))
        return 0; /* without a word, as the peers */
    if (!workspace_select(cli, name, diags))
        return 1;
    terminal_print(cli_name(cli)->peer ? "Switched to workspace \"%.*s\".\n"
                                       : "Selected the workspace \"%.*s\".\n",
                   STR_ARG(name));
    return 0;
}

static const Option delete_options[] = {
    {"force", OPTION_FLAG, NULL, "Delete it even if its state has objects, which are forgotten."},
};

/* Outputs and data sources are not real objects. */
static bool has_objects(const State *state) {
    map_each(&state->resources, entry) {
        const StateResource *resource = entry->value;
        if (resource->address.mode == MODE_MANAGED && resource->instances.count > 0)
            return true;
    }
    return false;
}

/* Returns false, with an error, if the workspace still manages objects and -force is not given. */
static bool cmd_workspace_check_empty(const Project *project, Str name, Diags *diags) {
    bool is_empty = !has_objects(project->state) && !project->found_journal;
    if (is_empty || option_flag(project->arguments, "force"))
        return true;
    return diags_fail(
        diags, NO_RANGE, "Workspace is not empty",
        "The workspace \"%.*s\" still manages objects. Destroy them first with \"loam "
        "destroy\", or add -force to delete the workspace and leave the objects unmanaged.",
        STR_ARG(name));
}

/* Removes the workspace whose state is open, with everything in it. The backend does not remove a
 * journal in the data directory. */
static bool remove_workspace(Project *project) {
    SCOPED(ArenaRef) scratch = arena_open("workspace");
    Backend *backend = project->backend;
    Str problem;
    if (!backend->remove(backend, project->diags))
        return false;
    if (backend->write_every_ms > 0 &&
        !backend->journal->remove(backend->journal, &problem, scratch))
        diags_warning(project->diags, NO_RANGE, "Journal not removed",
                      "\"%.*s\": %.*s. Remove the file, or a new workspace of the same name would "
                      "recover it.",
                      STR_ARG(backend->journal->name), STR_ARG(problem));
    return true;
}

/* Holds one lock from the check of the state to the removal. */
static bool delete_workspace(const Cli *cli, const Arguments *arguments, Str name, Diags *diags) {
    Cli there = *cli;
    there.workspace = name;
    SCOPED(Project) project = {.options.ignores_versions = true};
    return project_open_state_only(&project, &there, arguments, LOCK_WORKSPACE_DELETE, diags) &&
           cmd_workspace_check_empty(&project, name, diags) && remove_workspace(&project);
}

static bool check_deletable(const Cli *cli, Str name, const StrVec *names, Diags *diags) {
    if (str_equal(name, STR("default"))) {
        diags_error(diags, NO_RANGE, "Cannot delete the default workspace",
                    "The workspace \"default\" always exists.");
    } else if (!str_is_among(name, names->items, names->count)) {
        cmd_workspace_report_missing(names, name, diags);
    } else if (str_equal(name, cli->workspace)) {
        diags_error(diags, NO_RANGE, "Workspace is selected",
                    "\"%.*s\" is the selected workspace. Select another one first.", STR_ARG(name));
    } else {
        return workspace_check(name, diags);
    }
    return false;
}

static int run_delete(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(Project) project = {0};
    StrVec names = {0};
    Str name = arguments->positionals.items[0];
    if (!cmd_workspace_load(&project, cli, arguments, diags) ||
        !list_workspaces(&project, &names) || !check_deletable(cli, name, &names, diags) ||
        !delete_workspace(cli, arguments, name, diags))
        return 1;
    terminal_print(cli_name(cli)->peer ? "Deleted workspace \"%.*s\"!\n"
                                       : "Deleted the workspace \"%.*s\".\n",
                   STR_ARG(name));
    return 0;
}

static const Option workspace_list_options[] = {
    {"json", OPTION_FLAG, NULL, "Print the workspaces and all diagnostics as one JSON document."},
};

static const Command cmd_workspace_list = {
    .name = "list",
    .summary = "List the workspaces",
    .usage = "[options]",
    .about = "Lists the workspaces of this configuration; a star marks the selected one.",
    .example = "loam workspace list",
    .groups = {OPTION_GROUP(workspace_list_options), &option_variables, &option_environment,
               &option_view},
    .run = cmd_workspace_run_list,
    .json_view = workspace_open_view,
};

static const Command cmd_workspace_show = {
    .name = "show",
    .summary = "Show the selected workspace",
    .usage = "[options]",
    .about = "Prints the name of the selected workspace.",
    .example = "loam workspace show",
    .groups = {&option_variables, &option_environment, &option_view},
    .run = workspace_run_show,
};

static const Command cmd_workspace_new = {
    .name = "new",
    .summary = "Create and select a workspace",
    .usage = "[options] NAME",
    .about = "Creates a workspace with its own state, empty or copied from a file, and selects it.",
    .example = "loam workspace new staging",
    .groups = {OPTION_GROUP(new_options), &option_variables, &option_lock, &option_environment,
               &option_owner, &option_view},
    .most_positionals = 1,
    .least_positionals = 1,
    .missing = "Give the name of one workspace.",
    .run = run_new,
};

static const Command cmd_workspace_select = {
    .name = "select",
    .summary = "Select a workspace",
    .usage = "[options] NAME",
    .about = "Selects the workspace for later commands in this directory.",
    .example = "loam workspace select staging",
    .groups = {OPTION_GROUP(select_options), &option_variables, &option_environment, &option_view},
    .most_positionals = 1,
    .least_positionals = 1,
    .missing = "Give the name of one workspace.",
    .run = run_select,
};

static const Command cmd_workspace_delete = {
    .name = "delete",
    .summary = "Delete a workspace",
    .usage = "[options] NAME",
    .about = "Deletes a workspace and its state. The selected workspace cannot be deleted, nor one "
             "that still manages objects.",
    .example = "loam workspace delete staging",
    .groups = {OPTION_GROUP(delete_options), &option_variables, &option_lock, &option_environment,
               &option_owner, &option_view},
    .most_positionals = 1,
    .least_positionals = 1,
    .missing = "Give the name of one workspace.",
    .run = run_delete,
};

static const Command *const workspace_subcommands[] = {
    &cmd_workspace_list,   &cmd_workspace_show,   &cmd_workspace_new,
    &cmd_workspace_select, &cmd_workspace_delete,
};

const Command cmd_workspace = {
    .name = "workspace",
    .summary = "Manage the workspaces of the configuration",
    .usage = "<command> [options] [arguments]",
    .about = "A workspace is a separate state for the same configuration, which can read its name "
             "as terraform.workspace. The workspace \"default\" always exists.",
    .example = "loam workspace list",
    COMMAND_SUBCOMMANDS(workspace_subcommands),
};
