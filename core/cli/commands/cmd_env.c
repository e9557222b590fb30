/* loam env list, loam env diff; other subcommands of "env" are those of workspace */
#include "command_table.h"
#include "environment_diff.h"
#include "json_writer.h"
#include "project_load.h"

static const Option list_options[] = {
    {"json", OPTION_FLAG, NULL, "Print as JSON."},
};

static void list_text(Cli *cli, const Map *environments) {
    size_t width = 0;
    map_each(environments, entry) {
        width = entry->key.len > width ? entry->key.len : width;
    }
    map_each(environments, entry) {
        const Environment *environment = entry->value;
        bool is_chosen = str_equal(cli->environment, environment->name);
        Str place = environment->backend ? STR("with settings of the backend")
                                         : str_format(cli->arena, "in the workspace of its name");
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
    json_key(&writer, STR("environments"));
    json_array_start(&writer);
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
static int run_list(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(Project) project = {.may_be_empty = true};
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
        list_text(cli, environments);
    return 0;
}

static const Command cmd_env_list = {
    .name = "list",
    .summary = "List the environments",
    .usage = "[options]",
    .about = "Lists the environments that the root module declares, where each has its state, and "
             "which are protected; a star marks the one that -env or LOAM_ENV chooses. In a "
             "configuration without environments it lists the workspaces.",
    .groups = {OPTION_GROUP(list_options), &option_variables, &option_environment, &option_view},
    .group_count = 4,
    .run = run_list,
};

static const Option diff_options[] = {
    {"refresh",           OPTION_FLAG, NULL, "Read the real objects first (default false)."},
    {"json",              OPTION_FLAG, NULL, "Print as JSON."                              },
    {"detailed-exitcode", OPTION_FLAG, NULL, "Exit with 2 when something is different."    },
};

static bool open_both(
    EnvironmentSide *a, EnvironmentSide *b, Cli *cli, const Arguments *arguments, Diags *diags) {
    const StrVec *names = &arguments->positionals;
    if (names->count != 2) {
        diags_error(diags, NO_RANGE, "Missing argument",
                    "env diff takes the names of two environments. \"loam env list\" lists them.");
        return false;
    }
    return environment_side_open(a, cli, arguments, names->items[0], diags) &&
           environment_side_open(b, cli, arguments, names->items[1], diags);
}

static int run_diff(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(EnvironmentSide) a = {0};
    SCOPED(EnvironmentSide) b = {0};
    EnvironmentDifferences differences = {0};
    if (!open_both(&a, &b, cli, arguments, diags) ||
        !environment_diff_collect(&a, &b, &differences, cli->arena, diags))
        return 1;
    const Str *names = arguments->positionals.items;
    if (option_flag(arguments, "json"))
        terminal_out(environment_diff_to_json(&differences, names, cli->arena));
    else if (differences.count > 0)
        terminal_out(environment_diff_to_text(&differences, names, cli->arena));
    else
        terminal_print("Nothing is different between %.*s and %.*s.\n", STR_ARG(names[0]),
                       STR_ARG(names[1]));
    return differences.count > 0 && option_flag(arguments, "detailed-exitcode") ? 2 : 0;
}

static const Command cmd_env_diff = {
    .name = "diff",
    .summary = "Show what is different between two environments",
    .usage = "[options] A B",
    .about = "Shows side by side the values of variables, the settings of backend and providers, "
             "and what is planned for each, where the two differ. Sensitive values stay hidden. "
             "Nothing is locked or changed; real objects are read with -refresh only.",
    .groups = {OPTION_GROUP(diff_options), &option_variables, &option_view},
    .group_count = 3,
    .most_positionals = 2,
    .run = run_diff,
};

static const Command *const subcommands[] = {&cmd_env_list, &cmd_env_diff};

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
    .summary = "The environments that the configuration is for",
    .usage = "<command> [options] [arguments]",
    .about = "An environment is one of the places that a configuration is for: it has values for "
             "variables, settings, and a state of its own. -env or LOAM_ENV chooses one.",
    COMMAND_SUBCOMMANDS(subcommands),
    .redirect = redirect,
};
