/* Generates completion scripts for shells: fills the files command_completion_script.* with
 * commands and options. A script finds the command that the previous words name. It completes
 * subcommands and options. For arguments and option values it completes files, or addresses of
 * `loam state list`. bash splits words at "=", so there an option's value may be a separate word.
 */
#include "command.h"

#include "cli_dispatch_assets.h"

typedef enum Offer { OFFER_NOTHING, OFFER_FILES, OFFER_ADDRESSES } Offer;

static Offer offer_of_option(const Option *option) {
    bool is_path = option->kind == OPTION_PATH || option->kind == OPTION_OUTPUT;
    return is_path ? OFFER_FILES : option->kind == OPTION_ADDRESS ? OFFER_ADDRESSES : OFFER_NOTHING;
}

/* Returns the kind of a command's arguments, by the words of its usage: "[ADDRESS...]". */
static Offer offer_of_usage(const char *text) {
    static const char *const of_files[] = {"PATH", "FILE", "DIR"};
    static const char *const of_addresses[] = {"ADDR", "FROM"};
    for (size_t i = 0; text && i < ARRAY_COUNT(of_files); i++) {
        if (strstr(text, of_files[i]))
            return OFFER_FILES;
    }
    for (size_t i = 0; text && i < ARRAY_COUNT(of_addresses); i++) {
        if (strstr(text, of_addresses[i]))
            return OFFER_ADDRESSES;
    }
    return OFFER_NOTHING;
}

/* Returns the values that an option accepts ("dot svg"), or their prefixes ("html: junit:"). */
static Str completion_words_of(const OptionGroup *group, const Option *option, Arena *arena) {
    StrBuf words = strbuf_new(arena);
    Str values = str_from_cstr(option->value), word;
    const char *name, *help;
    bool is_group_choice = option->kind == OPTION_GROUP_CHOICE;
    for (size_t i = 0; is_group_choice && group->choice(i, &name, &help); i++)
        strbuf_add_format(&words, "%s%s:", i > 0 ? " " : "", name);
    if (option->more)
        strbuf_add_format(&words, "true false %s", option->more);
    while (option->kind == OPTION_CHOICE && str_next_field(&values, '|', &word))
        strbuf_add_format(&words, "%s%.*s", words.len > 0 ? " " : "", STR_ARG(word));
    return strbuf_str(&words);
}

/* Returns whether a value is completed after "=". */
static bool has_values(const Option *option) {
    return option->value || option->more;
}

/* A flag that is true by default is completed with "=false". */
static const char *flag_value(const Option *option) {
    return option->kind == OPTION_FLAG_ON ? "=false" : "";
}

typedef struct Script {
    StrBuf *out;
    Arena *arena;
    const char *join; /* between alternatives of a pattern */
    size_t count;     /* number of patterns so far */
} Script;

static void add_command_pattern(const Command *, Str path, void *payload) {
    Script *script = payload;
    bool is_top = str_find_char(path, ' ', 0) == SIZE_MAX;
    if (script->count++ > 0)
        strbuf_add_cstr(script->out, script->join);
    strbuf_add_format(script->out, "'%s%.*s'", is_top ? " " : "", STR_ARG(path));
}

/* Returns 'init' 'plan' …, the patterns of a case. A top-level command has a blank before it. */
static Str all_patterns(const CommandTable *table, const char *join, Arena *arena) {
    StrBuf patterns = strbuf_new(arena);
    Script script = {.out = &patterns, .arena = arena, .join = join};
    command_each(table, add_command_pattern, &script, arena);
    return strbuf_str(&patterns);
}

/* Generated text, and the text of the script file that it replaces. */
typedef struct Hole {
    const char *name;
    Str text;
} Hole;

/* Adds the script with its holes replaced; `holes` are in the order of the script. */
static void add_filled(StrBuf *out, const char *script, const Hole *holes, size_t count) {
    Str rest = str_from_cstr(script);
    for (size_t i = 0; i < count; i++) {
        Str name = str_from_cstr(holes[i].name);
        size_t at = str_find(rest, name, 0);
        CHECK(at != SIZE_MAX);
        strbuf_add(out, str_slice(rest, 0, at));
        strbuf_add(out, holes[i].text);
        rest = str_after(rest, at + name.len);
    }
    strbuf_add(out, rest);
}

/* Adds text for use within single quotes of a shell. */
static void completion_add_quoted(StrBuf *out, const char *text) {
    for (const char *at = text; *at; at++) {
        if (*at == '\'')
            strbuf_add_cstr(out, "'\\''");
        else
            strbuf_add_char(out, *at);
    }
}

typedef void OptionVisit(StrBuf *out, const Option *option);

static void each_option(const Command *command, OptionVisit *visit, StrBuf *out) {
    for (size_t i = 0; command->groups[i]; i++) {
        for (size_t j = 0; j < command->groups[i]->count; j++) {
            if (command->groups[i]->options[j].help)
                visit(out, &command->groups[i]->options[j]);
        }
    }
}

static void add_bash_option(StrBuf *out, const Option *option) {
    strbuf_add_format(out, " -%s%s", option->name, has_values(option) ? "=" : flag_value(option));
}

static const char *offer_word(Offer offer) {
    static const char *const words[] = {
        [OFFER_NOTHING] = "",
        [OFFER_FILES] = "files",
        [OFFER_ADDRESSES] = "addresses",
    };
    return words[offer];
}

static void add_bash_command(const Command *command, Str path, void *payload) {
    const Script *script = payload;
    const Command *subcommand;
    StrBuf *out = script->out;
    strbuf_add_format(out, "    '%.*s')\n        options='", STR_ARG(path));
    each_option(command, add_bash_option, out);
    strbuf_add_cstr(out, "' commands='");
    for (size_t i = 0; (subcommand = command_next(&command->subcommands, &i));)
        strbuf_add_format(out, " %s", subcommand->name);
    strbuf_add_format(out, "' offer='%s'\n        ;;\n",
                      offer_word(offer_of_usage(command->usage)));
}

typedef struct ValueOptions {
    StrVec names;
    StrVec words; /* the values of each option, if `of_words` */
    bool of_words;
    Offer offer;
    Arena *arena;
} ValueOptions;

static void collect_group(ValueOptions *values, const OptionGroup *group) {
    for (size_t i = 0; i < group->count; i++) {
        const Option *option = &group->options[i];
        Str name = str_from_cstr(option->name);
        Str words = completion_words_of(group, option, values->arena);
        bool is_wanted = values->of_words ? words.len > 0
                                          : option->value && words.len == 0 &&
                                                offer_of_option(option) == values->offer;
        vec_each(&values->names, other) {
            is_wanted = is_wanted && !str_equal(*other, name);
        }
        if (!is_wanted)
            continue;
        vec_push(values->arena, &values->names, name);
        vec_push(values->arena, &values->words, words);
    }
}

static void completion_collect_values(const Command *command, Str, void *payload) {
    for (size_t i = 0; command->groups[i]; i++)
        collect_group(payload, command->groups[i]);
}

/* Returns -var-file | -state …: options whose values are of this kind. */
static Str value_patterns(const CommandTable *table, Offer offer, const char *join, Arena *arena) {
    StrBuf patterns = strbuf_new(arena);
    ValueOptions values = {.offer = offer, .arena = arena};
    collect_group(&values, &command_globals);
    command_each(table, completion_collect_values, &values, arena);
    for (size_t i = 0; i < values.names.count; i++)
        strbuf_add_format(&patterns, "%s-%.*s", i > 0 ? join : "", STR_ARG(values.names.items[i]));
    return strbuf_str(&patterns);
}

/* A script file, and how it writes the case of an option with a fixed list of values. */
typedef struct ScriptFile {
    const char *text;
    const char *indent;
    const char *before_values;
    const char *after_values;
} ScriptFile;

/* Returns a case for each option with a fixed list of values. */
static Str value_cases(const CommandTable *table, const ScriptFile *file, Arena *arena) {
    StrBuf cases = strbuf_new(arena);
    ValueOptions values = {.of_words = true, .arena = arena};
    command_each(table, completion_collect_values, &values, arena);
    for (size_t i = 0; i < values.names.count; i++)
        strbuf_add_format(&cases, "%s%s-%.*s) %s%.*s%s ;;", i > 0 ? "\n" : "",
                          i > 0 ? file->indent : "", STR_ARG(values.names.items[i]),
                          file->before_values, STR_ARG(values.words.items[i]), file->after_values);
    return strbuf_str(&cases);
}

/* Adds a script for bash or zsh. `command_cases`: a case for each command. */
static void add_script(const CommandTable *table, const ScriptFile *file, Str command_cases,
                       StrBuf *out, Arena *arena) {
    Str commands = all_patterns(table, " | ", arena);
    Str files = value_patterns(table, OFFER_FILES, " | ", arena);
    Str addresses = value_patterns(table, OFFER_ADDRESSES, " | ", arena);
    Str values = value_cases(table, file, arena);
    const Hole holes[] = {
        {"@commands@", commands},    {"    # @command_cases@\n", command_cases},
        {"@file_options@", files},   {"@address_options@", addresses},
        {"# @value_cases@", values},
    };
    add_filled(out, file->text, holes, ARRAY_COUNT(holes));
}

static void add_bash_globals(const CommandTable *table, StrBuf *out) {
    strbuf_add_cstr(out, "    '')\n        options='");
    for (size_t i = 0; i < command_globals.count; i++)
        add_bash_option(out, &command_globals.options[i]);
    strbuf_add_cstr(out, "' commands='");
    for (size_t i = 0; i < table->count; i++)
        strbuf_add_format(out, " %s", table->rows[i]->name);
    strbuf_add_cstr(out, "' offer=''\n        ;;\n");
}

static void completion_write_bash(const CommandTable *table, StrBuf *out, Arena *arena) {
    const ScriptFile file = {
        .text = command_completion_script_bash,
        .indent = "    ",
        .before_values = "options= offer= commands='",
        .after_values = "'",
    };
    StrBuf cases = strbuf_new(arena);
    Script script = {.out = &cases, .arena = arena};
    add_bash_globals(table, &cases);
    command_each(table, add_bash_command, &script, arena);
    add_script(table, &file, strbuf_str(&cases), out, arena);
}

static void add_zsh_item(StrBuf *out, const char *name, const char *suffix, const char *text) {
    strbuf_add_cstr(out, " '");
    completion_add_quoted(out, name);
    strbuf_add_format(out, "%s:", suffix);
    completion_add_quoted(out, text);
    strbuf_add_char(out, '\'');
}

static void add_zsh_flag(StrBuf *out, const Option *option) {
    char name[64];
    snprintf(name, sizeof name, "-%s", option->name);
    if (!has_values(option))
        add_zsh_item(out, name, flag_value(option), option->help);
}

static void add_zsh_setting(StrBuf *out, const Option *option) {
    char name[64];
    snprintf(name, sizeof name, "-%s", option->name);
    if (has_values(option))
        add_zsh_item(out, name, "=", option->help);
}

static void add_zsh_case(StrBuf *out, const Command *command, const CommandTable *subcommands) {
    const Command *subcommand;
    strbuf_add_cstr(out, "        commands=(");
    for (size_t i = 0; (subcommand = command_next(subcommands, &i));)
        add_zsh_item(out, subcommand->name, "", subcommand->summary);
    strbuf_add_cstr(out, ")\n        flags=(");
    each_option(command, add_zsh_flag, out);
    strbuf_add_cstr(out, ")\n        settings=(");
    each_option(command, add_zsh_setting, out);
    strbuf_add_format(out, ")\n        offer='%s'\n        ;;\n",
                      command->usage ? offer_word(offer_of_usage(command->usage)) : "");
}

static void add_zsh_command(const Command *command, Str path, void *payload) {
    const Script *script = payload;
    strbuf_add_format(script->out, "    '%.*s')\n", STR_ARG(path));
    add_zsh_case(script->out, command, &command->subcommands);
}

static void completion_write_zsh(const CommandTable *table, StrBuf *out, Arena *arena) {
    const ScriptFile file = {
        .text = command_completion_script_zsh,
        .indent = "        ",
        .before_values = "found=(",
        .after_values = "); compadd -S '' -a found",
    };
    StrBuf cases = strbuf_new(arena);
    Script script = {.out = &cases, .arena = arena};
    const Command globals = {.groups = {&command_globals}};
    add_zsh_case(&cases, &globals, table);
    command_each(table, add_zsh_command, &script, arena);
    add_script(table, &file, strbuf_str(&cases), out, arena);
}

static void add_fish_option(StrBuf *out, Str path, const OptionGroup *group, const Option *option,
                            Arena *arena) {
    static const char *const offers[] = {
        [OFFER_NOTHING] = " -x",
        [OFFER_FILES] = " -r -F",
        [OFFER_ADDRESSES] = " -x -a '(loam state list 2>/dev/null)'",
    };
    Str words = completion_words_of(group, option, arena);
    const char *offer = option->value ? offers[offer_of_option(option)] : "";
    if (words.len > 0)
        offer = str_to_cstr(
            str_format(arena, " %s -a '%.*s'", option->value ? "-x" : "-f", STR_ARG(words)), arena);
    strbuf_add_format(out, "complete -c loam -n '__loam_at %.*s' -o %s%s -d '", STR_ARG(path),
                      option->name, offer);
    completion_add_quoted(out, option->help);
    strbuf_add_cstr(out, "'\n");
}

static void add_fish_group(StrBuf *out, Str path, const OptionGroup *group, Arena *arena) {
    for (size_t i = 0; i < group->count; i++) {
        if (group->options[i].help)
            add_fish_option(out, path, group, &group->options[i], arena);
    }
}

static void add_fish_commands(StrBuf *out, Str path, const CommandTable *table) {
    const Command *command;
    for (size_t i = 0; (command = command_next(table, &i));) {
        strbuf_add_format(out, "complete -c loam -n '__loam_at %.*s' -a %s -d '", STR_ARG(path),
                          command->name);
        completion_add_quoted(out, command->summary);
        strbuf_add_cstr(out, "'\n");
    }
}

static void add_fish_command(const Command *command, Str path, void *payload) {
    const Script *script = payload;
    static const char *const offers[] = {
        [OFFER_NOTHING] = "",
        [OFFER_FILES] = " -F",
        [OFFER_ADDRESSES] = " -a '(loam state list 2>/dev/null)'",
    };
    Offer offer = offer_of_usage(command->usage);
    if (offer != OFFER_NOTHING)
        strbuf_add_format(script->out, "complete -c loam -n '__loam_at %.*s'%s\n", STR_ARG(path),
                          offers[offer]);
    add_fish_commands(script->out, path, &command->subcommands);
    for (size_t i = 0; command->groups[i]; i++)
        add_fish_group(script->out, path, command->groups[i], script->arena);
}

static void completion_write_fish(const CommandTable *table, StrBuf *out, Arena *arena) {
    Script script = {.out = out, .arena = arena};
    const Hole holes[] = {{"@commands@", all_patterns(table, " ", arena)}};
    add_filled(out, command_completion_script_fish, holes, ARRAY_COUNT(holes));
    add_fish_commands(out, STR_EMPTY, table);
    add_fish_group(out, STR_EMPTY, &command_globals, arena);
    command_each(table, add_fish_command, &script, arena);
}

void command_completion_write(CompletionShell shell, const CommandTable *table, StrBuf *out,
                              Arena *arena) {
    switch (shell) {
    case COMPLETION_BASH: completion_write_bash(table, out, arena); break;
    case COMPLETION_ZSH: completion_write_zsh(table, out, arena); break;
    case COMPLETION_FISH: completion_write_fish(table, out, arena); break;
    }
}
