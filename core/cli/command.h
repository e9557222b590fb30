/* Command: one verb of the program, as a row; the table of all of them.
 *
 * To add one: a file cmd_<name>.c with one `const Command`, and its row in command.c. */
#pragma once

#include "cli.h"
#include "option.h"
#include "view.h"

typedef struct Command Command;

struct Command {
    const char *name;
    const char *alias;   /* another name that is known; NULL: none */
    const char *summary; /* one line of the list */
    const char *usage;   /* behind "loam <name> ": "[options] [PLANFILE]" */
    const char *about;   /* a paragraph or two for -help */
    const OptionGroup *groups[8];
    size_t group_count;
    uint32_t most_positionals;
    /* Exit status; diagnostics are shown by the caller. NULL: a group of subcommands. */
    int (*run)(Cli *cli, const Arguments *arguments, Diags *diags);
    /* What -json makes of the view; NULL: the command knows what -json means, or has none. */
    View *(*json_view)(Cli *cli);
    const Command *const *subcommands;
    size_t subcommand_count;
};

#define COMMAND_SUBCOMMANDS(table) .subcommands = (table), .subcommand_count = ARRAY_COUNT(table)

extern const Command *const command_table[];
extern const size_t command_count;

/* What stands before the command: -chdir, -help, -version. */
extern const OptionGroup command_globals;

/* Every command with its path ("state list"), groups before their subcommands. */
typedef void CommandVisit(const Command *command, Str path, void *payload);
void command_each(CommandVisit *visit, void *payload, Arena *arena);

/* Runs what the words say ("state", "list", …); the exit status. */
int command_run(Cli *cli, const StrVec *words);

extern const Command cmd_apply;
extern const Command cmd_console;
extern const Command cmd_destroy;
extern const Command cmd_env;
extern const Command cmd_fmt;
extern const Command cmd_force_unlock;
extern const Command cmd_get;
extern const Command cmd_graph;
extern const Command cmd_import;
extern const Command cmd_workspace;
extern const Command cmd_init;
extern const Command cmd_metadata;
extern const Command cmd_metadata_functions;
extern const Command cmd_metadata_page;
extern const Command cmd_output;
extern const Command cmd_plan;
extern const Command cmd_providers;
extern const Command cmd_providers_schema;
extern const Command cmd_refresh;
extern const Command cmd_schema;
extern const Command cmd_show;
extern const Command cmd_state;
extern const Command cmd_state_list;
extern const Command cmd_state_mv;
extern const Command cmd_state_pull;
extern const Command cmd_state_push;
extern const Command cmd_state_replace_provider;
extern const Command cmd_state_rm;
extern const Command cmd_state_show;
extern const Command cmd_taint;
extern const Command cmd_test;
extern const Command cmd_untaint;
extern const Command cmd_validate;
extern const Command cmd_version;
