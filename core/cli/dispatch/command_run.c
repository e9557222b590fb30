/* Finds a command by the words of the command line, reads its options and runs it. */
#include "command.h"
#include "reporting.h"

#include <errno.h>

#define HELP_COLUMNS   80
#define OPTION_COLUMN  27
#define COMMAND_COLUMN 15 /* least width */

/* `path` is the command that lacks the subcommand; empty: the program. */
static int unknown_command(Cli *cli, const CommandTable *table, Str path, Str name) {
    StrVec names = {0};
    const Command *command;
    for (size_t i = 0; (command = command_next(table, &i));)
        vec_push(cli->arena, &names, str_from_cstr(command->name));
    Str hint = str_did_you_mean(name, names.items, names.count, cli->arena);
    Str owner = path.len ? str_format(cli->arena, "loam %.*s", STR_ARG(path)) : STR("loam");
    terminal_err(str_format(cli->arena,
                            "%.*s has no command named \"%.*s\".%.*s\n"
                            "\n"
                            "To list the commands, run:\n"
                            "  %.*s -help\n",
                            STR_ARG(owner), STR_ARG(name), STR_ARG(hint), STR_ARG(owner)));
    return 1;
}

static bool add_words(Cli *cli, Str variable, StrVec *out, Diags *diags) {
    const char *text = cli_environment(cli, str_to_cstr(variable, cli->arena));
    if (!text || option_split_words(str_from_cstr(text), out, cli->arena))
        return true;
    return diags_fail(diags, NO_RANGE, "Error parsing extra CLI args",
                      "The environment variable TF_%.*s has an unclosed quote: %s.",
                      STR_ARG(variable), text);
}

/* Adds the words of LOAM_CLI_ARGS_<command>, then of LOAM_CLI_ARGS, to the start of the arguments.
 * TF_ instead of LOAM_ works, too. */
static bool add_environment_words(Cli *cli, Str path, StrVec *out, Diags *diags) {
    StrBuf name = strbuf_new(cli->arena);
    strbuf_add_cstr(&name, "CLI_ARGS_");
    for (size_t i = 0; i < path.len; i++) {
        bool is_letter = isalnum((unsigned char)path.ptr[i]);
        strbuf_add_char(&name, is_letter ? path.ptr[i] : '_');
    }
    return add_words(cli, strbuf_str(&name), out, diags) &&
           add_words(cli, STR("CLI_ARGS"), out, diags);
}

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
static void command_run_print_entry(Str name, const char *help, size_t column) {
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
    command_run_print_entry(name, option->help, column);
}

static void print_commands(const CommandTable *table) {
    size_t column = COMMAND_COLUMN;
    const Command *command;
    for (size_t i = 0; (command = command_next(table, &i));) {
        size_t wanted = strlen(command->name) + 4;
        column = wanted > column ? wanted : column;
    }
    for (size_t i = 0; (command = command_next(table, &i));)
        command_run_print_entry(str_from_cstr(command->name), command->summary, column);
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
        command_run_print_entry(str_from_cstr(name), help, COMMAND_COLUMN);
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

/* Lines that can be copied: not broken, whatever the width. */
static void print_example(Str lines) {
    Str line;
    terminal_print("\nExample:\n");
    while (str_next_field(&lines, '\n', &line))
        terminal_print("  %.*s\n", STR_ARG(line));
}

static void print_command(const Command *command, Str path) {
    bool has_title = false;
    terminal_print("Usage: loam %.*s %s\n\n", STR_ARG(path), command->usage);
    print_paragraphs(str_from_cstr(command->about));
    if (command->subcommands.count > 0) {
        terminal_print("\nCommands:\n");
        print_commands(&command->subcommands);
    }
    for (size_t i = 0; command->groups[i]; i++)
        print_group(command->groups[i], &has_title);
    if (command->example)
        print_example(str_from_cstr(command->example));
}

/* Prints the help of a command, whose full name is `path` ("state list"), or of the program if
 * `command` is NULL. */
static void print_help(const CommandTable *program, const Command *command, Str path) {
    if (command)
        print_command(command, path);
    else
        print_program(program);
}

static bool read_deprecation(Str text, ViewGrouping *out, Diags *diags) {
    if (!text.ptr || str_equal(text, STR("module:all")))
        return true;
    out->hides_deprecations = str_equal(text, STR("module:none"));
    out->hides_remote_deprecations = str_equal(text, STR("module:local"));
    if (out->hides_deprecations || out->hides_remote_deprecations)
        return true;
    return diags_fail(
        diags, NO_RANGE, "Invalid option value",
        "-deprecation requires module:all, module:local or module:none, not \"%.*s\".",
        STR_ARG(text));
}

static bool read_grouping(const Arguments *arguments, ViewGrouping *out, Diags *diags) {
    *out = (ViewGrouping){
        .compacts_warnings = option_flag(arguments, "compact-warnings"),
        .consolidates_warnings = option_flag(arguments, "consolidate-warnings"),
        .consolidates_errors = option_flag(arguments, "consolidate-errors"),
    };
    return read_deprecation(option_text(arguments, "deprecation"), out, diags);
}

/* Links of the system, such as /dev/stdout and /dev/fd/3, lead to open files. */
static bool command_run_is_device(Str path) {
    return str_starts_with(path, STR("/dev/")) || str_starts_with(path, STR("/proc/"));
}

/* Adds a second view: JSON, written to the file. */
static View *add_json_view(Cli *cli, const Command *command, View *human, Str path, Diags *diags) {
    const Disk *disk = cli->io.disk;
    Cli *other = arena_new(cli->arena, Cli);
    *other = *cli;
    unsigned flags = DISK_WRITE | DISK_TRUNCATE | (command_run_is_device(path) ? 0 : DISK_CREATE);
    int error = disk->open(disk->self, path, flags, 0600, &other->stream);
    if (error == 0)
        return view_tee_open(human, command->json_view(other));
    diags_error(diags, NO_RANGE, "Cannot write the JSON file",
                "The file \"%.*s\" of -json-into could not be opened: %s.", STR_ARG(path),
                error == -ELOOP ? "it is a symbolic link, and loam does not write through a link "
                                  "that may have come with the files of the project. Remove it, or "
                                  "name its target"
                                : strerror(-error));
    return human;
}

/* Called as Terraform or OpenTofu, loam shows full plans, as they do. */
static bool read_details(Cli *cli, const Arguments *arguments, Diags *diags) {
    static const char *const names[] = {
        [DETAILS_FULL] = "full",
        [DETAILS_SHORT] = "short",
        [DETAILS_TITLES] = "titles",
        [DETAILS_SUMMARY] = "summary",
    };
    Str text = option_text(arguments, "details");
    cli->terminal.details = cli->terminal.peer ? DETAILS_FULL : DETAILS_SHORT;
    if (!text.ptr)
        return true;
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        if (!str_equal_cstr(text, names[i]))
            continue;
        cli->terminal.details = (RenderDetails)i;
        return true;
    }
    return diags_fail(diags, NO_RANGE, "Invalid option value",
                      "-details requires full, short, titles or summary, not \"%.*s\".",
                      STR_ARG(text));
}

static bool check_output(const Cli *cli, Str path, Diags *diags) {
    Str link = disk_outside_link(cli->io.disk, path, cli->arena);
    return link.len == 0 ||
           diags_fail(diags, NO_RANGE, "Output path not accepted",
                      "\"%.*s\" leads out of the working directory by the symbolic link \"%.*s\", "
                      "and loam does not write through a link that may have come with the files of "
                      "the project. Remove the link, or give an absolute path.",
                      STR_ARG(path), STR_ARG(link));
}

/* Rejects links of the project in the paths of files that the command is to write. An absolute path
 * is the user's choice. */
static bool check_outputs(const Cli *cli, const Command *command, const Arguments *arguments,
                          Diags *diags) {
    bool ok = true;
    vec_each(&arguments->options, option) {
        Str path = option->text;
        if (option->option->kind == OPTION_GROUP_CHOICE)
            path = str_after(path, str_find_char(path, ':', 0) + 1);
        else if (option->option->kind != OPTION_OUTPUT)
            continue;
        ok = ok && check_output(cli, path, diags);
    }
    size_t number = command->output_positional;
    if (number == 0 || number > arguments->positionals.count)
        return ok;
    return ok && check_output(cli, arguments->positionals.items[number - 1], diags);
}

/* Sets cli->view even on failure, so that errors can be shown. */
static bool choose_view(Cli *cli, const Command *command, const Arguments *arguments,
                        Diags *diags) {
    ViewGrouping grouping;
    bool ok = check_outputs(cli, command, arguments, diags);
    ok = read_grouping(arguments, &grouping, diags) && ok;
    ok = read_details(cli, arguments, diags) && ok;
    bool json = command->json_view && option_flag(arguments, "json");
    Str path = option_text(arguments, "json-into");
    cli->view = json ? command->json_view(cli) : view_human_open(cli);
    cli->view->grouping = grouping;
    cli->view->is_concise = option_flag(arguments, "concise");
    if (path.ptr && json) {
        diags_error(diags, NO_RANGE, "Invalid combination of options",
                    "-json prints JSON instead of text, and -json-into writes JSON in addition to "
                    "text. Use only one of them.");
    } else if (path.ptr && ok) {
        cli->view = add_json_view(cli, command, cli->view, path, diags);
    }
    return !diags_has_errors(diags);
}

/* -env has precedence over LOAM_ENV. */
static void choose_environment(Cli *cli, const Arguments *arguments) {
    const Process *process = cli->io.process;
    const char *set = process->environment(process->self, "LOAM_ENV");
    Str given = option_text(arguments, "env");
    cli->environment = given.ptr ? given : str_from_cstr(set);
}

static bool refuse_link(const Cli *cli, Str path, Str target, Diags *diags) {
    return diags_fail(
        diags, NO_RANGE, "Data directory not accepted",
        "\"%.*s\" is a symbolic link to \"%.*s\", and loam does not write through a link "
        "that may have come with the files of the project. Remove it. To keep the files of "
        "loam elsewhere, set %s_DATA_DIR to that directory.",
        STR_ARG(path), STR_ARG(target),
        str_equal(cli->data_directory, STR(".loam")) ? "LOAM" : "TF");
}

/* Rejects links of the project in place of the data directory and of its entries. A
 * directory that the environment names is the user's choice. */
static bool check_data_directory(const Cli *cli, Diags *diags) {
    const Disk *disk = cli->io.disk;
    Str target;
    DiskEntries entries = {0};
    if (!str_equal_cstr(cli->data_directory, cli_name(cli)->data_dir))
        return true;
    if (disk->read_link(disk->self, cli->data_directory, &target, cli->arena) == 0)
        return refuse_link(cli, cli->data_directory, target, diags);
    if (disk->list(disk->self, cli->data_directory, &entries, cli->arena) != 0)
        return true;
    vec_each(&entries, entry) {
        Str path = disk_join(cli->data_directory, entry->name, cli->arena);
        if (disk->read_link(disk->self, path, &target, cli->arena) == 0)
            return refuse_link(cli, path, target, diags);
    }
    return true;
}

static int run_checked(Cli *cli, const Command *command, Str path, const Arguments *arguments,
                       Diags *diags) {
    if (!check_data_directory(cli, diags))
        return 1;
    size_t count = arguments->positionals.count;
    if (count >= command->least_positionals && count <= command->most_positionals)
        return command->run(cli, arguments, diags);
    if (count < command->least_positionals) {
        diags_error(diags, NO_RANGE, "Missing argument", "%s", command->missing);
        return 1;
    }
    diags_error(diags, NO_RANGE, "Too many command line arguments",
                "\"loam %.*s\" accepts %u argument%s. To use another working directory, use the "
                "global option -chdir.",
                STR_ARG(path), command->most_positionals,
                command->most_positionals == 1 ? "" : "s");
    return 1;
}

static int run_leaf(Cli *cli, const Command *command, Str path, const StrVec *rest) {
    StrVec words = {0};
    Diags diags = diags_new(cli->arena);
    bool parsed = add_environment_words(cli, path, &words, &diags);
    vec_each(rest, word) {
        vec_push(cli->arena, &words, *word);
    }
    Arguments arguments = {0};
    parsed = option_parse(command->groups, &words, &arguments, cli->arena, &diags) && parsed;
    if (parsed && (option_flag(&arguments, "help") || option_flag(&arguments, "h"))) {
        print_help(cli->commands, command, path);
        return 0;
    }
    if (option_flag(&arguments, "no-color"))
        cli->terminal.color = false;
    cli->terminal.show_sensitive = option_flag(&arguments, "show-sensitive");
    choose_environment(cli, &arguments);
    parsed = choose_view(cli, command, &arguments, &diags) && parsed;
    parsed = parsed && (command->is_hidden || reporting_open(cli, &arguments, &diags));
    int status = parsed ? run_checked(cli, command, path, &arguments, &diags) : 1;
    if (!reporting_write(cli->reporting, path, status, &diags))
        status = 1;
    view_finish(cli->view, &diags);
    reporting_send(cli->reporting, path);
    if (status == 0 && diags_has_errors(&diags))
        status = 1;
    return status == 1 && option_flag(&arguments, "exit-class") ? diags_exit_status(&diags)
                                                                : status;
}

static int run_in(Cli *cli, const CommandTable *table, Str path, const StrVec *words) {
    Str name = words->items[0];
    const Command *command = command_find(table, name);
    if (!command)
        return unknown_command(cli, table, path, name);
    const Command *other = command->redirect ? command->redirect(cli, words) : NULL;
    if (other)
        command = other;
    StrVec rest = {.items = words->items + 1, .count = words->count - 1};
    path = path.len ? str_format(cli->arena, "%.*s %.*s", STR_ARG(path), STR_ARG(name)) : name;
    bool names_subcommand = rest.count > 0 && command_find(&command->subcommands, rest.items[0]);
    if (command->run && !names_subcommand)
        return run_leaf(cli, command, path, &rest);
    if (rest.count == 0 || rest.items[0].ptr[0] == '-') {
        print_help(cli->commands, command, path);
        bool asked = rest.count > 0 && (str_equal(rest.items[0], STR("-help")) ||
                                        str_equal(rest.items[0], STR("--help")));
        return asked ? 0 : 1;
    }
    return run_in(cli, &command->subcommands, path, &rest);
}

int command_run(Cli *cli, const StrVec *words) {
    bool asks_help = words->count > 0 && (str_equal(words->items[0], STR("-help")) ||
                                          str_equal(words->items[0], STR("--help")) ||
                                          str_equal(words->items[0], STR("-h")));
    if (words->count == 0 || asks_help) {
        print_help(cli->commands, NULL, STR_EMPTY);
        return asks_help ? 0 : 127;
    }
    return run_in(cli, cli->commands, STR_EMPTY, words);
}
