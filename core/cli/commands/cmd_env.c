/* loam env list, loam env diff; env promote has a file of its own; other subcommands of "env" are
 * those of workspace */
#include "command_table.h"
#include "environment_diff.h"
#include "json.h"
#include "utf8.h"

#define SHOWN_BYTES 60 /* longest printed text of a value */

static const Option list_options[] = {
    {"json", OPTION_FLAG, NULL, "Print as JSON."},
};

static void env_list_text(Cli *cli, const Map *environments) {
    size_t width = 0;
    map_each(environments, entry) {
        width = entry->key.len > width ? entry->key.len : width;
    }
    map_each(environments, entry) {
        const Environment *environment = entry->value;
        bool is_chosen = str_equal(cli->environment, environment->name);
        Str place = environment->backend
                        ? STR("with backend settings")
                        : str_format(cli->arena, "in the workspace of the same name");
        terminal_print("%s %-*.*s  state %.*s%s\n", is_chosen ? "*" : " ", (int)width,
                       STR_ARG(entry->key), STR_ARG(place),
                       environment->is_protected ? ", protected" : "");
    }
}

static void list_json(Cli *cli, const Map *environments) {
    StrBuf text = strbuf_new(cli->arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 2);
    json_object_start(&writer);
    json_key_string(&writer, "format_version", STR("1.0"));
    json_key_array(&writer, "environments");
    map_each(environments, entry) {
        const Environment *environment = entry->value;
        json_object_start(&writer);
        json_key_string(&writer, "name", environment->name);
        json_key_bool(&writer, "protected", environment->is_protected);
        json_key_bool(&writer, "selected", str_equal(cli->environment, environment->name));
        json_key_bool(&writer, "has_backend", environment->backend != NULL);
        json_object_end(&writer);
    }
    json_array_end(&writer);
    json_object_end(&writer);
    strbuf_add_char(&text, '\n');
    terminal_out(strbuf_str(&text));
}

/* Lists all environments, even if one is selected. */
static int env_run_list(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(Project) project = {.options.may_be_empty = true};
    Cli any = *cli;
    any.environment = STR_EMPTY;
    if (!project_load(&project, &any, arguments, NULL, diags))
        return 1;
    const Map *environments = &project.config->root->environments;
    if (environments->count == 0 && !option_flag(arguments, "json"))
        return cmd_workspace.subcommands.rows[0]->run(&any, arguments, diags);
    if (option_flag(arguments, "json"))
        list_json(cli, environments);
    else
        env_list_text(cli, environments);
    return 0;
}

static const Command cmd_env_list = {
    .name = "list",
    .summary = "List the environments",
    .usage = "[options]",
    .about = "Lists the environments that the root module declares, the location of each state, "
             "and which are protected. A star marks the selected one (-env or LOAM_ENV). If the "
             "configuration declares no environments, lists the workspaces.",
    .example = "loam env list",
    .groups = {OPTION_GROUP(list_options), &option_variables, &option_environment, &option_view},
    .run = env_run_list,
};

static const Option diff_options[] = {
    {"refresh", OPTION_FLAG, NULL, "Refresh from real objects first (default false)."},
    {"json", OPTION_FLAG, NULL, "Print as JSON."},
    {"detailed-exitcode", OPTION_FLAG, NULL, "Exit with status 2 if there are differences."},
};

static Str env_label_of(const EnvironmentDifference *difference, Arena *arena) {
    return str_concat(difference->name, difference->path, arena);
}

/* A value that is a secret on one side is hidden on both: the other side has the same kind of
 * value, often the same text. */
static bool env_is_secret(const EnvironmentDifference *difference) {
    return ((value_marks_deep(difference->values[0]) | value_marks_deep(difference->values[1])) &
            MARKS_SECRET) != 0;
}

/* A resource that one side lacks has no value to show. */
static bool env_is_whole_resource(const EnvironmentDifference *difference) {
    return strcmp(difference->section, "resources") == 0 && difference->path.len == 0;
}

static Str cell_of(const EnvironmentDifference *difference, size_t side, Arena *arena) {
    if (!difference->has[side])
        return STR("-");
    if (env_is_whole_resource(difference))
        return STR("exists");
    return env_is_secret(difference) ? STR("(sensitive value)")
                                     : value_display(difference->values[side], SHOWN_BYTES, arena);
}

static void env_add_cell(StrBuf *out, Str text, size_t width) {
    size_t taken = utf8_display_width(text);
    strbuf_add(out, text);
    strbuf_add_repeat(out, ' ', (taken < width ? width - taken : 0) + 2);
}

static void env_add_row(StrBuf *out, Str label, Str a, Str b, const size_t widths[2]) {
    strbuf_add_cstr(out, "  ");
    env_add_cell(out, label, widths[0]);
    env_add_cell(out, a, widths[1]);
    strbuf_add(out, b);
    strbuf_add_char(out, '\n');
}

static void widen(size_t *width, Str text) {
    size_t own = utf8_display_width(text);
    *width = own > *width ? own : *width;
}

/* Shows both environments side by side. */
static Str diff_to_text(const EnvironmentDifferences *differences, const Str names[2],
                        Arena *arena) {
    StrBuf out = strbuf_new(arena);
    size_t widths[2] = {0, utf8_display_width(names[0])};
    const char *section = "";
    vec_each(differences, difference) {
        widen(&widths[0], env_label_of(difference, arena));
        widen(&widths[1], cell_of(difference, 0, arena));
    }
    vec_each(differences, difference) {
        if (strcmp(section, difference->section) != 0) {
            section = difference->section;
            strbuf_add_format(&out, "%s%c%s:\n", out.len ? "\n" : "",
                              (char)toupper((unsigned char)section[0]), section + 1);
            env_add_row(&out, STR_EMPTY, names[0], names[1], widths);
        }
        env_add_row(&out, env_label_of(difference, arena), cell_of(difference, 0, arena),
                    cell_of(difference, 1, arena), widths);
    }
    return strbuf_str(&out);
}

/* Adds an array of the names for which `is_listed` is true. */
static void write_names(JsonWriter *writer, Str key, const Str names[2], const bool is_listed[2]) {
    json_key(writer, key);
    json_array_start(writer);
    for (size_t i = 0; i < 2; i++) {
        if (is_listed[i])
            json_write_string(writer, names[i]);
    }
    json_array_end(writer);
}

static void env_write_values(JsonWriter *writer, const EnvironmentDifference *difference,
                             const Str names[2]) {
    json_key_object(writer, "values");
    for (size_t i = 0; i < 2; i++) {
        if (!difference->has[i] || !value_is_wholly_known(difference->values[i]))
            continue;
        json_key(writer, names[i]);
        json_write_value(writer, difference->values[i]);
    }
    json_object_end(writer);
}

static void write_difference(JsonWriter *writer, const EnvironmentDifference *difference,
                             const Str names[2]) {
    json_object_start(writer);
    json_key_string(writer, "section", str_from_cstr(difference->section));
    json_key_string(writer, "name", difference->name);
    if (difference->path.len > 0)
        json_key_string(writer, "path", str_after(difference->path, 1));
    write_names(writer, STR("present_in"), names, difference->has);
    json_key_bool(writer, "sensitive", env_is_secret(difference));
    if (!env_is_secret(difference) && !env_is_whole_resource(difference))
        env_write_values(writer, difference, names);
    json_object_end(writer);
}

static Str diff_to_json(const EnvironmentDifferences *differences, const Str names[2],
                        Arena *arena) {
    StrBuf out = strbuf_new(arena);
    JsonWriter writer;
    const bool both[2] = {true, true};
    json_writer_init(&writer, &out, 2);
    json_object_start(&writer);
    json_key_string(&writer, "format_version", STR("1.0"));
    write_names(&writer, STR("environments"), names, both);
    json_key_array(&writer, "differences");
    vec_each(differences, difference) {
        write_difference(&writer, difference, names);
    }
    json_array_end(&writer);
    json_object_end(&writer);
    strbuf_add_char(&out, '\n');
    return strbuf_str(&out);
}

static int run_diff(Cli *cli, const Arguments *arguments, Diags *diags) {
    EnvironmentDifferences differences = {0};
    const Str *names = arguments->positionals.items;
    if (!environment_diff(cli, arguments, names, &differences, diags))
        return 1;
    if (option_flag(arguments, "json"))
        terminal_out(diff_to_json(&differences, names, cli->arena));
    else if (differences.count > 0)
        terminal_out(diff_to_text(&differences, names, cli->arena));
    else
        terminal_print("%.*s and %.*s do not differ.\n", STR_ARG(names[0]), STR_ARG(names[1]));
    return differences.count > 0 && option_flag(arguments, "detailed-exitcode") ? 2 : 0;
}

static const CommandStatus diff_statuses[] = {
    {2, "With -detailed-exitcode, the environments differ."}, {0}};

static const Command cmd_env_diff = {
    .name = "diff",
    .summary = "Compare two environments",
    .usage = "[options] A B",
    .about =
        "Shows the differences between two environments side by side: variable values, backend and "
        "provider settings, and planned changes. Sensitive values stay hidden. The command "
        "acquires no lock and changes nothing; it reads real objects only with -refresh.",
    .statuses = diff_statuses,
    .example = "loam env diff -detailed-exitcode staging production",
    .groups = {OPTION_GROUP(diff_options), &option_variables, &option_view},
    .most_positionals = 2,
    .least_positionals = 2,
    .missing = "env diff requires the names of two environments. To list them, run \"loam env "
               "list\".",
    .run = run_diff,
};

static const Command *const subcommands[] = {&cmd_env_list, &cmd_env_diff, &cmd_env_promote};

/* Terraform's old name of "workspace" is "env". */
static const Command *redirect(const Cli *cli, const StrVec *words) {
    if (cli_name(cli)->is_other)
        return &cmd_workspace;
    Str next = words->count > 1 ? words->items[1] : STR_EMPTY;
    bool is_workspace =
        !command_find(&cmd_env.subcommands, next) && command_find(&cmd_workspace.subcommands, next);
    return is_workspace ? &cmd_workspace : NULL;
}

const Command cmd_env = {
    .name = "env",
    .summary = "Manage the environments of the configuration",
    .usage = "<command> [options] [arguments]",
    .about = "An environment is a deployment of the configuration, with its own variable values, "
             "settings and state. Select one with -env or LOAM_ENV.",
    .example = "loam env diff staging production",
    COMMAND_SUBCOMMANDS(subcommands),
    .redirect = redirect,
};
