/* loam init */
#include "backend_init.h"
#include "command.h"
#include "project.h"

static const Option options[] = {
    {"upgrade",     OPTION_FLAG, NULL,     "Look for newer revisions of modules, and lock them."},
    {"get",         OPTION_FLAG, NULL,     "Install modules (default true)."                    },
    {"backend",     OPTION_FLAG, NULL,     "Open the backend (default true)."                   },
    {"from-module", OPTION_TEXT, "SOURCE",
     "Copy a module into this folder, which holds none, to begin."                              },
};

static bool copy_module(Cli *cli, Str source, Diags *diags) {
    if (!config_is_empty_folder(&cli->io, STR("."))) {
        diags_error(diags, NO_RANGE, "Folder is not empty",
                    "-from-module begins a configuration from a copy, and this folder has one "
                    "already. Run it in an empty folder.");
        return false;
    }
    ModuleInstallOptions request = {
        .io = &cli->io,
        .folder = STR("."),
        .data_folder = cli->data_folder,
        .install = true,
        .sources = cli->module_sources,
        .cancel = cli->cancel,
    };
    SCOPED(ModuleInstallRef) install = NULL;
    return module_install_open(&request, &install, cli->arena, diags) &&
           module_install_copy(install, source, STR("."), diags);
}

/* All that can be found out without reading a state. */
static int run(Cli *cli, const Arguments *arguments, Diags *diags) {
    Str source = option_text(arguments, "from-module");
    if (source.ptr && !copy_module(cli, source, diags))
        return 1;
    if (config_is_empty_folder(&cli->io, STR("."))) {
        terminal_print(
            "loam initialized in an empty folder!\n\nThere is no configuration here yet: write a "
            "file that ends in .loam.yaml and run\n\"loam plan\".\n");
        return 0;
    }
    SCOPED(Project)
    project = {
        .installs_modules = option_flag(arguments, "get", true),
        .upgrades_modules = option_flag(arguments, "upgrade", false),
        .asks = true,
        .test_folder = project_test_folder(arguments),
    };
    bool loaded = project_load(&project, cli, arguments, NULL, diags);
    Str note = STR_EMPTY;
    bool is_asked = project.config && option_flag(arguments, "backend", true);
    /* Mistakes elsewhere in the configuration are no reason to leave the backend as it was. */
    if (is_asked && (loaded || project.config->root->backend))
        loaded = backend_init(&project, &note) && loaded;
    if (!loaded)
        return 1;
    if (note.len > 0)
        terminal_print("%.*s\n", STR_ARG(note));
    bool color = cli->terminal.color;
    terminal_print("%sloam has been initialized.%s\n", color ? "\033[1;32m" : "",
                   color ? "\033[0m" : "");
    if (!cli->in_automation)
        terminal_print("\nNow try \"loam plan\" to see what it would change.\n");
    return 0;
}

const Command cmd_init = {
    .name = "init",
    .summary = "Prepare the folder: its backend, and the modules that it calls",
    .usage = "[options]",
    .about =
        "Installs the modules that the configuration calls: local folders are used where they "
        "are, all others are fetched into .loam/modules, in the revisions that .loam.lock.yaml "
        "names. What it names none of is chosen, and written there. Then the backend: where the "
        "state was kept elsewhere before, -migrate-state takes it along. Safe to run again.",
    .groups = {OPTION_GROUP(options), &backend_init_options, &option_variables, &option_tests,
               &option_view},
    .group_count = 5,
    .run = run,
};
