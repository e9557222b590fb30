/* Tables of commands: lookup and traversal; options before the command. */
#include "command.h"

static const Option global_options[] = {
    {"chdir", OPTION_PATH, "DIR", "Change to this directory first."},
    {"help", OPTION_FLAG, NULL, "Show this help, or the help of a command."},
    {"version", OPTION_FLAG, NULL, "Show the version."},
};
const OptionGroup command_globals = {global_options, ARRAY_COUNT(global_options)};

const Command *command_next(const CommandTable *table, size_t *at) {
    while (*at < table->count) {
        const Command *command = table->rows[(*at)++];
        if (!command->is_hidden)
            return command;
    }
    return NULL;
}

static void each_in(const CommandTable *table, Str path, CommandVisit *visit, void *payload,
                    Arena *arena) {
    const Command *command;
    for (size_t i = 0; (command = command_next(table, &i));) {
        Str own = path.len ? str_format(arena, "%.*s %s", STR_ARG(path), command->name)
                           : str_from_cstr(command->name);
        visit(command, own, payload);
        each_in(&command->subcommands, own, visit, payload, arena);
    }
}

void command_each(const CommandTable *table, CommandVisit *visit, void *payload, Arena *arena) {
    each_in(table, STR_EMPTY, visit, payload, arena);
}

const Command *command_find(const CommandTable *table, Str name) {
    for (size_t i = 0; i < table->count; i++) {
        const char *alias = table->rows[i]->alias;
        if (str_equal_cstr(name, table->rows[i]->name) || (alias && str_equal_cstr(name, alias)))
            return table->rows[i];
    }
    return NULL;
}
