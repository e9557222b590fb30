/* The page of a command, in both forms; no line of a manual page is a wrong roff request; examples
 * of all commands can be parsed. */
#include "command_page.h"
#include "command_table.h"
#include "unit.h"
#include "version.h"

static const Option options[] = {
    {"out", OPTION_PATH, "A|B", "Write to a file."},
    {"hidden", OPTION_FLAG, NULL, NULL},
};

static const CommandStatus statuses[] = {{2, "With -out, the file is new."}, {0}};
static const Command part = {.name = "part", .summary = "Does a part"};
static const Command secret = {.name = "secret", .summary = "Is no page", .is_hidden = true};
static const Command *const parts[] = {&part, &secret};
static const Command sample = {
    .name = "sample",
    .summary = "Does something",
    .usage = "[options] FILE",
    .about = "Does something.\n.Then more.",
    .example = "loam sample -out=x y\nloam sample z",
    .statuses = statuses,
    .groups = {OPTION_GROUP(options), &option_environment},
    COMMAND_SUBCOMMANDS(parts),
};

static void check_page(PageForm form, const char *wanted) {
    SCOPED(ArenaRef) arena = arena_open("test");
    StrBuf out = strbuf_new(arena);
    command_page_write_one(form, &sample, STR("group sample"), &out, arena);
    assert_string_equal(str_to_cstr(strbuf_str(&out), arena), wanted);
}

static void test_markdown(void **state) {
    (void)state;
    check_page(
        PAGE_MARKDOWN,
        "# loam group sample\n"
        "\n"
        "Does something.\n"
        "\n"
        ".Then more.\n"
        "\n"
        "## Synopsis\n"
        "\n"
        "```\n"
        "loam [-chdir=DIR] group sample [options] FILE\n"
        "```\n"
        "\n"
        "## Example\n"
        "\n"
        "```\n"
        "$ loam sample -out=x y\n"
        "$ loam sample z\n"
        "```\n"
        "\n"
        "## Commands\n"
        "\n"
        "| | |\n"
        "|---|---|\n"
        "| `loam group sample part` | Does a part |\n"
        "\n"
        "## Options\n"
        "\n"
        "| | |\n"
        "|---|---|\n"
        "| `-out=A\\|B` | Write to a file. |\n"
        "| `-env=NAME` | Use this environment of the configuration (default: LOAM_ENV). |\n"
        "\n"
        "## Exit status\n"
        "\n"
        "| | |\n"
        "|---|---|\n"
        "| `0` | Success. |\n"
        "| `1` | An error. |\n"
        "| `2` | With -out, the file is new. |\n"
        "\n"
        "## Files\n"
        "\n"
        "| | |\n"
        "|---|---|\n"
        "| `terraform.tfstate` | The state, unless a backend stores it, with its journal "
        "and its backup beside it. |\n"
        "\n"
        "## Environment\n"
        "\n"
        "| | |\n"
        "|---|---|\n"
        "| `LOAM_CLI_ARGS, LOAM_CLI_ARGS_command` | Options to add directly after the "
        "command name, for all commands or for one. |\n"
        "| `LOAM_ENV` | Environment of the configuration, unless -env is given. |\n"
        "| `LOAM_WORKSPACE` | Workspace, instead of the selected one. |\n"
        "| `LOAM_LOG, LOAM_LOG_PATH` | Log level: TRACE, DEBUG, INFO, WARN, ERROR or OFF. "
        "Log file, which is appended to (default: standard error). TF_LOG and TF_LOG_PATH "
        "mean the same. |\n"
        "| `TF_LOG_CORE, TF_LOG_PROVIDER` | Log level of loam alone, and of providers that are "
        "programs. |\n"
        "| `LOAM_LOG_FORMAT` | json: one JSON object per line. TF_LOG=JSON is TRACE in this "
        "format. |\n"
        "| `NO_COLOR` | Print without colours. |\n"
        "\n"
        "## See also\n"
        "\n"
        "[All commands](../reference/commands.md)\n");
}

static void test_manual(void **state) {
    (void)state;
    check_page(PAGE_MANUAL,
               ".TH LOAM-group-sample 1 \"\" \"loam " VERSION_LOAM "\" \"User Commands\"\n"
               ".SH NAME\n"
               "loam-group-sample \\- Does something\n"
               ".SH SYNOPSIS\n"
               ".EX\n"
               "loam [\\-chdir=DIR] group sample [options] FILE\n"
               ".EE\n"
               ".SH DESCRIPTION\n"
               "Does something.\n"
               ".PP\n"
               "\\&.Then more.\n"
               ".SH EXAMPLE\n"
               ".EX\n"
               "$ loam sample \\-out=x y\n"
               "$ loam sample z\n"
               ".EE\n"
               ".SH COMMANDS\n"
               ".TP\n"
               ".B loam group sample part\n"
               "Does a part\n"
               ".SH OPTIONS\n"
               ".TP\n"
               ".B \\-out=A|B\n"
               "Write to a file.\n"
               ".TP\n"
               ".B \\-env=NAME\n"
               "Use this environment of the configuration (default: LOAM_ENV).\n"
               ".SH EXIT STATUS\n"
               ".TP\n"
               ".B 0\n"
               "Success.\n"
               ".TP\n"
               ".B 1\n"
               "An error.\n"
               ".TP\n"
               ".B 2\n"
               "With \\-out, the file is new.\n"
               ".SH FILES\n"
               ".TP\n"
               ".B terraform.tfstate\n"
               "The state, unless a backend stores it, with its journal and its backup beside it.\n"
               ".SH ENVIRONMENT\n"
               ".TP\n"
               ".B LOAM_CLI_ARGS, LOAM_CLI_ARGS_command\n"
               "Options to add directly after the command name, for all commands or for one.\n"
               ".TP\n"
               ".B LOAM_ENV\n"
               "Environment of the configuration, unless \\-env is given.\n"
               ".TP\n"
               ".B LOAM_WORKSPACE\n"
               "Workspace, instead of the selected one.\n"
               ".TP\n"
               ".B LOAM_LOG, LOAM_LOG_PATH\n"
               "Log level: TRACE, DEBUG, INFO, WARN, ERROR or OFF. Log file, which is appended to "
               "(default: standard error). TF_LOG and TF_LOG_PATH mean the same.\n"
               ".TP\n"
               ".B TF_LOG_CORE, TF_LOG_PROVIDER\n"
               "Log level of loam alone, and of providers that are programs.\n"
               ".TP\n"
               ".B LOAM_LOG_FORMAT\n"
               "json: one JSON object per line. TF_LOG=JSON is TRACE in this format.\n"
               ".TP\n"
               ".B NO_COLOR\n"
               "Print without colours.\n"
               ".SH SEE ALSO\n"
               ".B loam\n");
}

/* An example is words that the command accepts. Quotes and redirections are for a shell. */
static void check_example(const Command *command, Str path, void *payload) {
    Arena *arena = payload;
    if (!command->example)
        fail_msg("%.*s has no example", STR_ARG(path));
    Str lines = str_from_cstr(command->example), line;
    Str start = str_format(arena, "loam %.*s", STR_ARG(path));
    bool has_own = command->subcommands.count > 0;
    while (str_next_field(&lines, '\n', &line)) {
        StrVec words = {0};
        Arguments arguments = {0};
        Diags diags = diags_new(arena);
        has_own = has_own || str_find(line, start, 0) != SIZE_MAX;
        if (!str_starts_with(line, start) || command->subcommands.count > 0)
            continue;
        size_t end = str_find(line, STR(" > "), 0);
        Str rest = str_slice(line, start.len, end == SIZE_MAX ? line.len : end);
        assert_true(option_split_words(rest, &words, arena));
        if (!option_parse(command->groups, &words, &arguments, arena, &diags))
            fail_msg("%.*s: %.*s", STR_ARG(line), STR_ARG(diags.items[0].summary));
        if (arguments.positionals.count > command->most_positionals)
            fail_msg("%.*s: too many arguments", STR_ARG(line));
    }
    if (!has_own)
        fail_msg("%.*s has no example of itself", STR_ARG(path));
}

static void test_examples(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    command_each(&command_table, check_example, arena, arena);
}

static void check_roff(const StrBuf *out) {
    Str rest = strbuf_str(out);
    Str line;
    while (str_next_field(&rest, '\n', &line)) {
        static const char *const requests[] = {".TH ", ".SH ", ".SS ", ".B ",
                                               ".TP",  ".PP",  ".EX",  ".EE"};
        bool is_known = !str_starts_with(line, STR(".")) && !str_starts_with(line, STR("'"));
        for (size_t i = 0; i < ARRAY_COUNT(requests); i++)
            is_known = is_known || str_starts_with(line, str_from_cstr(requests[i]));
        if (!is_known)
            fail_msg("%.*s", STR_ARG(line));
    }
}

static void add_page(const Command *command, Str path, void *payload) {
    StrBuf *out = payload;
    command_page_write_one(PAGE_MANUAL, command, path, out, out->arena);
}

static void test_roff(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    StrBuf out = strbuf_new(arena);
    command_page_write(PAGE_MANUAL, &command_table, &out, arena);
    command_each(&command_table, add_page, &out, arena);
    check_roff(&out);
}

UNIT_MAIN(test_command_page) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_markdown),
        cmocka_unit_test(test_manual),
        cmocka_unit_test(test_examples),
        cmocka_unit_test(test_roff),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
