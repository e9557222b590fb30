/* Prints help in two columns: names, and wrapped descriptions. */
#include "command_help.h"

#define HELP_COLUMNS   80
#define OPTION_COLUMN  27
#define COMMAND_COLUMN 15 /* least width */

/* Prints words from `column` on. Further lines start at `indent`. Ends the line. */
static void print_words(Str text, size_t column, size_t indent) {
    Str word;
    bool is_first = true;
    while (str_next_field(&text, ' ', &word)) {
        if (!is_first && column + 1 + word.len > HELP_COLUMNS) {
            terminal_print("\n%*s", (int)indent, "");
            column = indent;
        } else if (!is_first) {
            terminal_print(" ");
            column++;
        }
        terminal_print("%.*s", STR_ARG(word));
        column += word.len;
        is_first = false;
    }
    terminal_print("\n");
}

/* A name that does not fit into its column has a separate line. */
static void print_entry(Str name, const char *help, size_t column) {
    terminal_print("  %.*s", STR_ARG(name));
    size_t width = name.len + 2;
    if (width >= column) {
        terminal_print("\n");
        width = 0;
    }
    terminal_print("%*s", (int)(column - width), "");
    print_words(str_from_cstr(help), column, column);
}

static void print_option(const Option *option, size_t column) {
    SCOPED(ArenaRef) scratch = arena_open("help");
    Str name = str_format(scratch, "-%s%s%s", option->name, option->value ? "=" : "",
                          option->value ? option->value : "");
    print_entry(name, option->help, column);
}

static void print_commands(const CommandTable *table) {
    size_t column = COMMAND_COLUMN;
    for (size_t i = 0; i < table->count; i++) {
        size_t wanted = strlen(table->rows[i]->name) + 4;
        column = wanted > column ? wanted : column;
    }
    for (size_t i = 0; i < table->count; i++)
        print_entry(str_from_cstr(table->rows[i]->name), table->rows[i]->summary, column);
}

static void print_paragraphs(Str text) {
    Str paragraph;
    while (str_next_field(&text, '\n', &paragraph))
        print_words(paragraph, 0, 0);
}

static void print_choices(const OptionGroup *group) {
    const char *name, *help;
    if (!group->choice)
        return;
    terminal_print("\n%s:\n", group->choices_title);
    for (size_t i = 0; group->choice(i, &name, &help); i++)
        print_entry(str_from_cstr(name), help, COMMAND_COLUMN);
    terminal_print("\n");
}

static void print_program(const CommandTable *table) {
    terminal_print("Usage: loam [-chdir=DIR] [-version] [-help] <command> [options] [arguments]\n\n"
                   "loam provisions machines, networks and firewalls from declarative files.\n\n"
                   "Commands:\n");
    print_commands(table);
    terminal_print("\nOptions:\n");
    for (size_t i = 0; i < command_globals.count; i++)
        print_option(&command_globals.options[i], COMMAND_COLUMN);
}

static void print_group(const OptionGroup *group, bool *has_title) {
    for (size_t i = 0; i < group->count; i++) {
        if (!group->options[i].help)
            continue;
        if (!*has_title)
            terminal_print("\nOptions:\n");
        *has_title = true;
        print_option(&group->options[i], OPTION_COLUMN);
    }
    print_choices(group);
}

static void print_command(const Command *command, Str path) {
    bool has_title = false;
    terminal_print("Usage: loam %.*s %s\n\n", STR_ARG(path), command->usage);
    print_paragraphs(str_from_cstr(command->about));
    if (command->subcommands.count > 0) {
        terminal_print("\nCommands:\n");
        print_commands(&command->subcommands);
    }
    for (size_t i = 0; i < command->group_count; i++)
        print_group(command->groups[i], &has_title);
}

void command_help_print(const CommandTable *program, const Command *command, Str path) {
    if (command)
        print_command(command, path);
    else
        print_program(program);
}
