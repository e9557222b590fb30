/* loam init */
#include "command.h"
#include "project.h"

static const Option options[] = {
    {"input",   OPTION_FLAG, NULL, "Ask for what is missing (default true)."    },
    {"upgrade", OPTION_FLAG, NULL, "Look for modules anew, as init always does."},
};

/* All that can be found out without reading a state. */
static int run(Cli *cli, const Arguments *arguments, Diags *diags) {
    if (config_is_empty_folder(&cli->io, STR("."))) {
        terminal_print(
            "loam initialized in an empty folder!\n\nThere is no configuration here yet: write a "
            "file that ends in .loam.yaml and run\n\"loam plan\".\n");
        return 0;
    }
    SCOPED(Project) project = {.installs_modules = true};
    if (!project_load(&project, cli, arguments, NULL, diags) || !project_open_backend(&project))
        return 1;
    bool color = cli->terminal.color;
    terminal_print("%sloam has been initialized.%s\n", color ? "\033[1;32m" : "",
                   color ? "\033[0m" : "");
    if (!cli->in_automation)
        terminal_print("\nNow try \"loam plan\" to see what it would change.\n");
    return 0;
}

const Command cmd_init = {
    .name = "init",
    .summary = "Prepare the folder: find the modules that it calls",
    .usage = "[options]",
    .about = "Finds the modules that the configuration calls and records where they are. Safe to "
             "run again.",
    .groups = {OPTION_GROUP(options), &option_view},
    .group_count = 2,
    .run = run,
};
