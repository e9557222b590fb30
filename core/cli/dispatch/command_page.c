/* Generates pages about all commands. Topics without tables elsewhere (environment variables,
 * files, exit status) have tables here. */
#include "command_page.h"

#include "version.h"

typedef struct PageEntry {
    const char *name;
    const char *text;
} PageEntry;

static const PageEntry environment[] = {
    {"LOAM_VAR_name, TF_VAR_name",
     "Value of a variable of the root module; takes precedence over every other source."                           },
    {"LOAM_CLI_ARGS, LOAM_CLI_ARGS_command",
     "Options to add directly after the command name, for all commands or for one."                                },
    {"LOAM_ENV",                             "Environment of the configuration, unless -env is given."             },
    {"LOAM_WORKSPACE",                       "Workspace, instead of the selected one."                             },
    {"LOAM_DATA_DIR",                        "Directory for the files of init (default .loam)."                    },
    {"LOAM_INPUT",                           "0 or false: never prompt for variables."                             },
    {"LOAM_IN_AUTOMATION",                   "Omit hints about which command to run next."                         },
    {"LOAM_LOG, LOAM_LOG_PATH",
     "Log level: TRACE, DEBUG, INFO, WARN, ERROR or OFF. Log file, which is appended to (default: "
     "standard error). TF_LOG and TF_LOG_PATH mean the same."                                                      },
    {"LOAM_LOG_FORMAT",                      "json: one JSON object per line. TF_LOG=JSON is TRACE in this format."},
    {"NO_COLOR",                             "Print without colours."                                              },
    {"TF_CLI_CONFIG_FILE",
     "Terraform's CLI configuration (default ~/.terraformrc): dev_overrides and filesystem_mirror "
     "name programs of providers that loam does not include."                                                      },
    {"TF_REATTACH_PROVIDERS",
     "Providers that run already, as JSON; a provider prints it when it is started with -debug."                   },
    {"LOAM_PROVIDERS",
     "foreign: use the program of a provider even if loam includes a provider of that name."                       },
    {"LOAM_TRUST_PROJECT_PROGRAMS",
     "1: accept packages that the files of the project choose, if the dependency lock file has "
     "their hashes."                                                                                               },
    {"XDG_STATE_HOME",
     "Directory of the records of installed providers, loam/providers (default ~/.local/state)."                   },
};

/* clang-format off */
static const PageEntry files[] = {
    {"*.loam.yaml, *.loam.json, *.tf, *.tofu, *.tf.json", "The configuration: all such files of the directory."},
    {"loam.vars.yaml, *.auto.vars.yaml, terraform.tfvars, *.auto.tfvars", "Variable values."},
    {"terraform.tfstate", "The state, unless a backend stores it, with its journal and its backup beside it."},
    {".loam/", "Files of init; may be deleted at any time."},
};
/* clang-format on */

static const PageEntry statuses[] = {
    {"0",   "Success."                                      },
    {"1",   "An error, or a plan without approval."         },
    {"2",   "plan -detailed-exitcode: the plan has changes."},
    {"3",   "fmt -check: a file is not formatted."          },
    {"127", "No command was given."                         },
};

typedef struct Page {
    StrBuf *out;
    Arena *arena;
} Page;

static Str option_words(const Option *option, Arena *arena) {
    return option->value ? str_format(arena, "-%s=%s", option->name, option->value)
                         : str_format(arena, "-%s", option->name);
}

/* Options of every command are printed once, in front. */
static bool is_own(const OptionGroup *group) {
    return group != &option_view;
}

static size_t count_shown(const Command *command) {
    size_t count = 0;
    for (size_t i = 0; i < command->group_count; i++) {
        for (size_t j = 0; j < command->groups[i]->count; j++)
            count += is_own(command->groups[i]) && command->groups[i]->options[j].help;
    }
    return count;
}

/* Escapes "|", which would end the table cell. */
static void add_row(StrBuf *out, Str code, const char *text) {
    strbuf_add_cstr(out, "| `");
    for (size_t i = 0; i < code.len; i++) {
        if (code.ptr[i] == '|')
            strbuf_add_char(out, '\\');
        strbuf_add_char(out, code.ptr[i]);
    }
    strbuf_add_format(out, "` | %s |\n", text);
}

static void add_markdown_options(const Page *page, const OptionGroup *group) {
    for (size_t i = 0; i < group->count; i++) {
        const Option *option = &group->options[i];
        if (option->help)
            add_row(page->out, option_words(option, page->arena), option->help);
    }
    const char *name, *help;
    for (size_t i = 0; group->choice && group->choice(i, &name, &help); i++)
        add_row(page->out, str_from_cstr(name), help);
}

static void add_markdown_command(const Command *command, Str path, void *payload) {
    const Page *page = payload;
    strbuf_add_format(page->out, "\n## %.*s\n\n%s\n\n```\nloam %.*s %s\n```\n", STR_ARG(path),
                      command->about, STR_ARG(path), command->usage);
    if (count_shown(command) == 0)
        return;
    strbuf_add_cstr(page->out, "\n| option | |\n|---|---|\n");
    for (size_t i = 0; i < command->group_count; i++) {
        if (is_own(command->groups[i]))
            add_markdown_options(page, command->groups[i]);
    }
}

static void add_markdown_entries(StrBuf *out,
                                 const char *title,
                                 const PageEntry *entries,
                                 size_t count) {
    strbuf_add_format(out, "\n## %s\n\n| | |\n|---|---|\n", title);
    for (size_t i = 0; i < count; i++)
        strbuf_add_format(out, "| `%s` | %s |\n", entries[i].name, entries[i].text);
}

static void write_markdown(const CommandTable *table, StrBuf *out, Arena *arena) {
    Page page = {out, arena};
    strbuf_add_cstr(out, "# Commands\n"
                         "\n"
                         "For users of the command line: every command with its options, then "
                         "environment variables, files and exit status.\n"
                         "\n"
                         "`loam [-chdir=DIR] COMMAND [options] [arguments]`\n"
                         "\n"
                         "Options begin with one dash or two. The value of an option follows after "
                         "`=` or as the next argument. These\n"
                         "options come before the command:\n"
                         "\n"
                         "| option | |\n"
                         "|---|---|\n");
    add_markdown_options(&page, &command_globals);
    strbuf_add_cstr(out, "\n"
                         "Every command supports:\n"
                         "\n"
                         "| option | |\n"
                         "|---|---|\n");
    add_markdown_options(&page, &option_view);
    command_each(table, add_markdown_command, &page, arena);
    add_markdown_entries(out, "Environment", environment, ARRAY_COUNT(environment));
    add_markdown_entries(out, "Files", files, ARRAY_COUNT(files));
    add_markdown_entries(out, "Exit status", statuses, ARRAY_COUNT(statuses));
}

/* Escapes dashes and backslashes, and a dot or quote that would start a request. */
static void add_roff(StrBuf *out, const char *text) {
    if (text[0] == '.' || text[0] == '\'')
        strbuf_add_cstr(out, "\\&");
    for (const char *at = text; *at; at++) {
        if (*at == '-')
            strbuf_add_cstr(out, "\\-");
        else if (*at == '\\')
            strbuf_add_cstr(out, "\\e");
        else if (*at == '\n')
            strbuf_add_cstr(out, "\n.PP\n");
        else
            strbuf_add_char(out, *at);
    }
}

static void add_term(StrBuf *out, const char *term, const char *text) {
    strbuf_add_cstr(out, ".TP\n.B ");
    add_roff(out, term);
    strbuf_add_char(out, '\n');
    add_roff(out, text);
    strbuf_add_char(out, '\n');
}

static void add_manual_options(const Page *page, const OptionGroup *group) {
    for (size_t i = 0; i < group->count; i++) {
        const Option *option = &group->options[i];
        if (option->help)
            add_term(page->out, str_to_cstr(option_words(option, page->arena), page->arena),
                     option->help);
    }
    const char *name, *help;
    for (size_t i = 0; group->choice && group->choice(i, &name, &help); i++)
        add_term(page->out, name, help);
}

static void add_manual_command(const Command *command, Str path, void *payload) {
    const Page *page = payload;
    strbuf_add_format(page->out, ".SS %.*s\n.B loam %.*s\n", STR_ARG(path), STR_ARG(path));
    add_roff(page->out, command->usage);
    strbuf_add_cstr(page->out, "\n.PP\n");
    add_roff(page->out, command->about);
    strbuf_add_char(page->out, '\n');
    for (size_t i = 0; i < command->group_count; i++) {
        if (is_own(command->groups[i]))
            add_manual_options(page, command->groups[i]);
    }
}

static void add_manual_entries(StrBuf *out,
                               const char *title,
                               const PageEntry *entries,
                               size_t count) {
    strbuf_add_format(out, ".SH %s\n", title);
    for (size_t i = 0; i < count; i++)
        add_term(out, entries[i].name, entries[i].text);
}

static void write_manual(const CommandTable *table, StrBuf *out, Arena *arena) {
    Page page = {out, arena};
    strbuf_add_cstr(out,
                    ".TH LOAM 1 \"\" \"loam " VERSION_LOAM "\" \"User Commands\"\n"
                    ".SH NAME\n"
                    "loam \\- provision machines, networks and firewalls from declarative files\n"
                    ".SH SYNOPSIS\n"
                    ".B loam\n"
                    "[\\-chdir=DIR] COMMAND [options] [arguments]\n"
                    ".SH DESCRIPTION\n"
                    "loam compares the configuration in the current directory with its state and "
                    "with the real objects, shows the differences as a plan, and applies it.\n"
                    ".PP\n"
                    "Options begin with one dash or two. The value of an option follows after = or "
                    "as the next argument. These options come before the command:\n"
                    ".SH OPTIONS\n");
    add_manual_options(&page, &command_globals);
    strbuf_add_cstr(out, ".PP\n"
                         "Every command supports:\n");
    add_manual_options(&page, &option_view);
    strbuf_add_cstr(out, ".SH COMMANDS\n");
    command_each(table, add_manual_command, &page, arena);
    add_manual_entries(out, "ENVIRONMENT", environment, ARRAY_COUNT(environment));
    strbuf_add_cstr(
        out,
        ".PP\n"
        "For each variable LOAM_NAME, TF_NAME is also accepted; LOAM_NAME takes precedence.\n");
    add_manual_entries(out, "FILES", files, ARRAY_COUNT(files));
    add_manual_entries(out, "EXIT STATUS", statuses, ARRAY_COUNT(statuses));
}

void command_page_write(PageForm form, const CommandTable *table, StrBuf *out, Arena *arena) {
    switch (form) {
    case PAGE_MARKDOWN: write_markdown(table, out, arena); break;
    case PAGE_MANUAL: write_manual(table, out, arena); break;
    }
}
