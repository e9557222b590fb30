/* Command: one verb of the program, as a row. command_table.h lists all commands. */
#pragma once

#include "cli.h"
#include "option.h"
#include "view.h"

typedef struct Command Command;

/* The commands of one level. */
typedef struct CommandTable {
    const Command *const *rows;
    size_t count;
} CommandTable;

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
    CommandTable subcommands;
    /* Returns the command that `words` mean instead, or NULL for this one. `words` begin with this
     * command's name. NULL: always this one. */
    const Command *(*redirect)(const Cli *cli, const StrVec *words);
};

#define COMMAND_SUBCOMMANDS(table)                                                                 \
    .subcommands = {                                                                               \
        (table),                                                                                   \
        ARRAY_COUNT(table),                                                                        \
    }

/* What stands before the command: -chdir, -help, -version. */
extern const OptionGroup command_globals;

/* By name or alias; NULL if the table has none of that name. */
const Command *command_find(const CommandTable *table, Str name);

/* Every command with its path ("state list"), groups before their subcommands. */
typedef void CommandVisit(const Command *command, Str path, void *payload);
void command_each(const CommandTable *table, CommandVisit *visit, void *payload, Arena *arena);
