/* loam init */
#include "backend_init.h"
#include "command.h"
#include "front_end.h"
#include "module_install.h"
#include "provider_setup.h"

static const Option init_options[] = {
    {"upgrade", OPTION_FLAG, NULL, "Select newer versions of modules and providers."},
    {"get", OPTION_FLAG_ON, NULL, "Install modules (default true)."},
    {"backend", OPTION_FLAG_ON, NULL, "Initialize the backend (default true)."},
    {"from-module", OPTION_TEXT, "SOURCE",
     "First copy a module into this directory, which must be empty."},
    {"lockfile", OPTION_CHOICE, "readonly", "Fail instead of changing the lock files."},
    {"plugin-dir", OPTION_PATH, "PATH",
     "Install providers only from this filesystem mirror; repeatable."},
    {"json", OPTION_FLAG, NULL, "Print events as JSON, one per line."},
    {"json-into", OPTION_OUTPUT, "PATH", "Also write the JSON events to a file."},
};

static bool copy_module(Cli *cli, Str source, Diags *diags) {
    if (!front_end_is_empty_dir(cli->io.disk, STR(".")))
        return diags_fail(diags, NO_RANGE, "Directory is not empty",
                          "-from-module copies a module into the current directory, which already "
                          "has a configuration. Run it in an empty directory.");
    ModuleInstallOptions request = {
        .io = &cli->io,
        .directory = STR("."),
        .data_directory = cli->data_directory,
        .install = true,
        .sources = cli->module_sources,
        .cancel = cli->cancel,
    };
    SCOPED(ModuleInstallRef) install = NULL;
    return module_install_open(&request, &install, cli->arena, diags) &&
           module_install_copy(install, source, STR("."), diags);
}

static bool read_lock_mode(const Arguments *arguments, bool *keeps_lock, Diags *diags) {
    Str mode = option_text(arguments, "lockfile");
    *keeps_lock = mode.ptr != NULL;
    if (mode.ptr && !str_equal_cstr(mode, "readonly"))
        return diags_fail(diags, NO_RANGE, "Invalid option value",
                          "-lockfile requires readonly, not \"%.*s\".", STR_ARG(mode));
    if (mode.ptr && option_flag(arguments, "upgrade"))
        return diags_fail(diags, NO_RANGE, "Invalid combination of options",
                          "-upgrade locks newer revisions, but -lockfile=readonly forbids it. "
                          "Remove one of them.");
    return true;
}

/* OpenTofu writes an empty line before it, for people. */
static void report_part(View *view, const char *code, const char *text) {
    bool is_apart = view->type->can_ask && cli_name(view->cli)->is_tofu;
    view->type->step(view, code, str_format(view->cli->arena, "%s%s", is_apart ? "\n" : "", text),
                     false);
}

static void report_providers(View *view) {
    report_part(view, "initializing_provider_plugin_message", "Initializing provider plugins...");
}

static void init_report_begin(View *view, const Project *project, bool opens_backend) {
    if (opens_backend)
        report_part(view, "initializing_backend_message", "Initializing the backend...");
    /* A person sees the other steps when they begin; JSON has no other text between them. */
    if (view->type->can_ask)
        return;
    if (project->options.installs_modules)
        view->type->step(view, "initializing_modules_message", STR("Initializing modules..."),
                         false);
    report_providers(view);
}

static Str next_steps(const Cli *cli) {
    const RenderPeer *peer = cli_name(cli)->peer;
    return str_format(
        cli->arena,
        "\n"
        "You may now begin working with %s. Try running \"%s plan\" to see\n"
        "any changes that are required for your infrastructure. All %s commands\n"
        "should now work.\n"
        "\n"
        "If you ever set or change modules or backend configuration for %s,\n"
        "rerun this command to reinitialize your working directory. If you forget, other\n"
        "commands will detect it and remind you to do so if necessary.",
        peer->title, peer->command, peer->title, peer->title);
}

static void init_report_end(const Cli *cli) {
    View *view = cli->view;
    bool color = view->type->can_ask && cli->terminal.color;
    view->type->step(view, "output_init_success_message",
                     str_format(cli->arena, "%s%s has been successfully initialized!%s",
                                color ? "\033[1;32m" : "", cli_name(cli)->title,
                                color ? "\033[0m" : ""),
                     true);
    if (!cli->in_automation && cli_name(cli)->peer)
        view->type->step(view, "output_init_success_cli_message", next_steps(cli), true);
    else if (!cli->in_automation)
        view->type->step(view, "output_init_success_cli_message",
                         str_format(cli->arena,
                                    "\n"
                                    "To see the changes that it would make, run \"%s plan\".",
                                    cli_name(cli)->name),
                         true);
}

static void print_empty(Cli *cli) {
    const CliName *name = cli_name(cli);
    Str text = STR("loam initialized in an empty directory!\n"
                   "\n"
                   "The directory has no configuration yet. Write a file whose name ends in "
                   ".loam.yaml,\n"
                   "then run \"loam plan\".");
    if (name->peer)
        text = str_format(cli->arena,
                          "%s initialized in an empty directory!\n"
                          "\n"
                          "The directory has no %s configuration files. You may begin working\n"
                          "with %s immediately by creating %s configuration files.",
                          name->title, name->title, name->title, name->title);
    cli->view->type->step(cli->view, "output_init_empty_message", text, true);
}

static int init_run(Cli *cli, const Arguments *arguments, Diags *diags) {
    Str source = option_text(arguments, "from-module");
    if (source.ptr && !copy_module(cli, source, diags))
        return 1;
    if (front_end_is_empty_dir(cli->io.disk, STR("."))) {
        print_empty(cli);
        return 0;
    }
    SCOPED(Project)
    project = {
        .options.installs_modules = option_flag(arguments, "get"),
        .options.upgrades_modules = option_flag(arguments, "upgrade"),
        .options.asks = true,
        .options.test_directory = project_test_directory(arguments),
    };
    bool opens_backend = option_flag(arguments, "backend");
    if (!read_lock_mode(arguments, &project.options.keeps_lock, diags))
        return 1;
    init_report_begin(cli->view, &project, opens_backend);
    bool loaded = project_load(&project, cli, arguments, NULL, diags);
    Str note = STR_EMPTY;
    /* Errors elsewhere in the configuration do not prevent a change of the backend. */
    if (project.config && opens_backend && (loaded || project.config->root->backend))
        loaded = backend_init(&project, &note) && loaded;
    bool is_peer = cli_name(cli)->peer && cli->view->type->can_ask;
    if (is_peer && note.len > 0)
        cli->view->type->note(cli->view, note);
    if (!loaded)
        return 1;
    if (is_peer)
        report_providers(cli->view);
    if (project.config && !provider_setup_run(&project))
        return 1;
    if (!is_peer && note.len > 0)
        cli->view->type->note(cli->view, note);
    if (is_peer) {
        cli->view->type->note(cli->view, STR_EMPTY);
        bool ends_apart = cli_name(cli)->is_tofu && cli->terminal.color &&
                          cli->view->shown < diags->count; /* an empty line below a frame */
        view_show_diags(cli->view, diags);                 /* the peers show warnings first */
        if (ends_apart)
            cli->view->type->note(cli->view, STR_EMPTY);
    }
    init_report_end(cli);
    return 0;
}

const Command cmd_init = {
    .name = "init",
    .summary = "Prepare the working directory: modules, backend and providers",
    .usage = "[options]",
    .about =
        "Installs the modules that the configuration calls, in the revisions of .loam.lock.yaml, "
        "into .loam/modules; modules in local directories are used in place. For a module without "
        "a locked revision, selects one and locks it. Then initializes the backend; if it changed, "
        "-migrate-state copies the states to the new backend. Then installs the providers that "
        "loam "
        "does not contain, in the versions of .terraform.lock.hcl, from the mirrors of the CLI "
        "configuration or from their registries; -upgrade selects newer versions. Safe to run "
        "again.",
    .example = "loam init",
    .groups = {OPTION_GROUP(init_options), &backend_init_options, &option_variables, &option_tests,
               &option_environment, &option_owner, &option_view},
    .run = init_run,
    .json_view = view_json_open,
};
