/* Command: one verb of the program, as a row. command_table.h lists all commands. */
#pragma once

#include "option.h"
#include "view.h"

typedef struct Command Command;

/* The commands of one level. */
typedef struct CommandTable {
    const Command *const *rows;
    size_t count;
} CommandTable;

/* An exit status beside 0 and 1. */
typedef struct CommandStatus {
    int status;
    const char *text;
} CommandStatus;

struct Command {
    const char *name;
    const char *alias;             /* another accepted name; NULL: none */
    const char *summary;           /* one line in the list of commands */
    const char *usage;             /* after "loam <name> ": "[options] [PLANFILE]" */
    const char *about;             /* paragraphs for -help */
    const char *example;           /* command lines, separated by newlines; NULL: none */
    const CommandStatus *statuses; /* up to the first without a text; NULL: none */
    const OptionGroup *groups[10]; /* NULL after the last */
    uint32_t most_positionals;
    uint32_t least_positionals;
    const char *missing; /* detail of the error for fewer: what to give; NULL if none is required */
    uint32_t output_positional; /* number of the argument that the command writes to; 0: none */
    /* Returns the exit status; the caller shows `diags`. NULL: a group of subcommands. */
    int (*run)(Cli *cli, const Arguments *arguments, Diags *diags);
    /* Opens the view for -json. NULL: the command handles -json itself, or does not have it. */
    View *(*json_view)(Cli *cli);
    CommandTable subcommands;
    bool is_hidden; /* only programs call it: help, pages and completion leave it out */
    /* Returns another command to run for `words`, which begin with this command's name; NULL: this
     * one. The slot may be NULL. */
    const Command *(*redirect)(const Cli *cli, const StrVec *words);
};

/* Rows of a list of commands: the declaration, and an element of an array. */
#define COMMAND_DECLARE(name) extern const Command cmd_##name;
#define COMMAND_ROW(name)     &cmd_##name,

#define COMMAND_SUBCOMMANDS(table)                                                                 \
    .subcommands = {                                                                               \
        (table),                                                                                   \
        ARRAY_COUNT(table),                                                                        \
    }

/* Options before the command: -chdir, -help, -version. */
extern const OptionGroup command_globals;

/* Returns the command of that name or alias, or NULL if none. */
const Command *command_find(const CommandTable *table, Str name);

/* Returns the next command from *at on that is not hidden, and moves *at behind it; NULL after the
 * last. */
const Command *command_next(const CommandTable *table, size_t *at);

/* Visits every command that is not hidden, with its path ("state list"), groups before their
 * subcommands. */
typedef void CommandVisit(const Command *command, Str path, void *payload);
void command_each(const CommandTable *table, CommandVisit *visit, void *payload, Arena *arena);

/* Runs the command of cli->commands that `words` name ("state", "list", …). Returns the exit
 * status. */
int command_run(Cli *cli, const StrVec *words);

typedef enum CompletionShell { COMPLETION_BASH, COMPLETION_ZSH, COMPLETION_FISH } CompletionShell;

/* Writes the completion script, from the tables of commands and options. */
void command_completion_write(CompletionShell shell, const CommandTable *table, StrBuf *out,
                              Arena *arena);
