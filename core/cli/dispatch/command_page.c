/* Generates pages about all commands. Topics without tables elsewhere (environment variables,
 * files, exit status) have tables here. */
#include "command_page.h"
#include "reporting.h"
#include "version.h"

/* A row of a page. It concerns the commands that have an option of `group`, or one command. */
typedef struct PageEntry {
    const char *name;
    const char *text;
    const OptionGroup *group;   /* NULL: all commands */
    const OptionGroup *without; /* but not those that also have this group */
    const char *command;        /* NULL: those of `group` */
} PageEntry;

static const PageEntry environment[] = {
    {"LOAM_VAR_name, TF_VAR_name",
     "Value of a variable of the root module; takes precedence over every other source.",
     &option_variables},
    {"LOAM_CLI_ARGS, LOAM_CLI_ARGS_command",
     "Options to add directly after the command name, for all commands or for one.", NULL},
    {"LOAM_ENV", "Environment of the configuration, unless -env is given.", &option_environment},
    {"LOAM_WORKSPACE", "Workspace, instead of the selected one.", &option_environment},
    {"LOAM_LOCK_RUN",
     "IDs of the run and of this process, \"run=ID pod=ID\", which the lock of the state shows as "
     "its "
     "Info. See -take-lock-of-run.",
     &option_state},
    {"LOAM_DATA_DIR", "Directory for the files of init (default .loam).", &option_variables},
    {"LOAM_INPUT", "0 or false: never prompt for variables.", &option_variables},
    {"LOAM_IN_AUTOMATION", "Omit hints about which command to run next.", &option_operation},
    {"LOAM_LOG, LOAM_LOG_PATH",
     "Log level: TRACE, DEBUG, INFO, WARN, ERROR or OFF. Log file, which is appended to (default: "
     "standard error). TF_LOG and TF_LOG_PATH mean the same.",
     NULL},
    {"TF_LOG_CORE, TF_LOG_PROVIDER", "Log level of loam alone, and of providers that are programs.",
     NULL},
    {"LOAM_LOG_FORMAT", "json: one JSON object per line. TF_LOG=JSON is TRACE in this format.",
     NULL},
    {"NO_COLOR", "Print without colours.", NULL},
    {"TF_CLI_CONFIG_FILE",
     "Terraform's CLI configuration (default ~/.terraformrc): dev_overrides and filesystem_mirror "
     "name programs of providers that loam does not include.",
     &option_variables},
    {"TF_REATTACH_PROVIDERS",
     "Providers that run already, as JSON; a provider prints it when it is started with -debug.",
     &option_variables},
    {"LOAM_DEFAULT_REGISTRY",
     "Host of providers and modules whose addresses name none (default registry.opentofu.org; "
     "called "
     "as terraform: registry.terraform.io).",
     &option_variables},
    {"OPENTOFU_STATEFILE_PROVIDER_ADDRESS_TRANSLATION",
     "0: a provider of the state on the other public registry is another provider.",
     &option_variables},
    {"LOAM_STATE_PROVIDER_ADDRESSES",
     "opentofu, terraform: the next write of the state moves all providers of the public "
     "registries to "
     "the registry of that program.",
     &option_operation},
    {"LOAM_LANGUAGE_VERSION",
     "The version that required_version is checked against, instead of all releases of Terraform "
     "and "
     "OpenTofu whose language loam implements.",
     &option_variables},
    {"LOAM_PROVIDERS",
     "foreign: use the program of a provider even if loam includes a provider of that name.",
     &option_variables},
    {"LOAM_TRUST_PROJECT_PROGRAMS",
     "1: accept packages that the files of the project choose, if the dependency lock file has "
     "their hashes.",
     &option_variables},
    {"LOAM_ENFORCE_GPG_VALIDATION, OPENTOFU_ENFORCE_GPG_VALIDATION",
     "true: reject packages of registry.opentofu.org for which that registry has no key.",
     .command = "init"},
    {"LOAM_ENFORCE_GPG_EXPIRATION, OPENTOFU_ENFORCE_GPG_EXPIRATION",
     "true: reject packages that an expired key signed.", .command = "init"},
    {"LOAM_ENCRYPTION, TF_ENCRYPTION",
     "Content of a block encryption, which overrides the one of the configuration.",
     &option_variables},
    {"LOAM_START_PROGRAMS",
     "none: the start of any program is an error: external data sources, provisioners, providers "
     "that are programs, credential helpers, git, ssh.",
     &option_view},
    {"LOAM_OWNER",
     "The Stack that the run belongs to, as JSON with cluster, namespace, name and uid: its states "
     "record it, and loam changes no state of another Stack.",
     &option_owner},
    {"OTEL_TRACES_EXPORTER, OTEL_METRICS_EXPORTER, OTEL_EXPORTER_OTLP_ENDPOINT",
     "otlp: send a trace of the run, or its metrics, to the collector at the endpoint, as "
     "OpenTelemetry defines (docs/telemetry.md has all variables).",
     &reporting_options},
    {"TRACEPARENT, TRACESTATE, OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES",
     "The span that contains the trace of the run, and the attributes of its resource, as "
     "OpenTelemetry defines them.",
     &reporting_options},
    {"LOAM_NOTIFY_SECRET", "drift -notify: the key that signs notices.", .command = "drift"},
    {"LOAM_BUNDLE_PASSWORD", "bundle create -sign-key: the password of the secret key.",
     .command = "bundle create"},
    {"LOAM_REQUEST_TIMEOUT",
     "Seconds without progress, from 1 to 3600, after which an attempt of an HTTP request ends; "
     "most requests are then sent again (default 60).",
     &option_variables},
    {"LOAM_STATE_PERSIST_INTERVAL",
     "Seconds between writes of the state during an apply, if the backend stores no journal "
     "(default 20).",
     &option_operation},
    {"TF_TOKEN_host_name", "Token for a registry, with _ for each dot of its name.",
     &option_variables},
    {"TF_PLUGIN_CACHE_DIR",
     "Directory that keeps downloaded packages of providers for all projects.", &option_variables},
    {"XDG_STATE_HOME",
     "Directory of the records of installed providers, loam/providers (default ~/.local/state).",
     &option_variables},
};

/* clang-format off */
static const PageEntry files[] = {
    {"*.loam.yaml, *.loam.json, *.tf, *.tofu, *.tf.json", "The configuration: all such files of the directory.", &option_variables},
    {"loam.vars.yaml, *.auto.vars.yaml, terraform.tfvars, *.auto.tfvars", "Variable values.", &option_variables},
    {"terraform.tfstate", "The state, unless a backend stores it, with its journal and its backup beside it.", &option_environment, &option_tests},
    {".loam/", "Files of init; may be deleted at any time.", &option_variables},
};
/* clang-format on */

static const CommandStatus statuses[] = {
    {0, "Success."},
    {1, "An error, or a plan without approval."},
    {127, "No command was given."},
};

/* A page of one command or, if `command` is NULL, of all. */
typedef struct Page {
    PageForm form;
    StrBuf *out;
    Arena *arena;
    const Command *command;
    Str path;
} Page;

static Str option_words(const Option *option, Arena *arena) {
    return option->value ? str_format(arena, "-%s=%s", option->name, option->value)
                         : str_format(arena, "-%s", option->name);
}

/* Escapes "|", which would end the table cell. */
static void page_add_row(StrBuf *out, Str code, const char *text) {
    strbuf_add_cstr(out, "| `");
    for (size_t i = 0; i < code.len; i++) {
        if (code.ptr[i] == '|')
            strbuf_add_char(out, '\\');
        strbuf_add_char(out, code.ptr[i]);
    }
    strbuf_add_format(out, "` | %s |\n", text);
}

/* Escapes dashes and backslashes, and a dot or quote that would start a request. */
static void add_roff(StrBuf *out, const char *text) {
    for (const char *at = text; *at; at++) {
        if ((at == text || at[-1] == '\n') && (*at == '.' || *at == '\''))
            strbuf_add_cstr(out, "\\&");
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

static void begin_section(const Page *page, const char *title) {
    if (page->form == PAGE_MARKDOWN) {
        strbuf_add_format(page->out, "\n## %s\n\n", title);
        return;
    }
    strbuf_add_cstr(page->out, ".SH ");
    for (const char *at = title; *at; at++)
        strbuf_add_char(page->out, *at >= 'a' && *at <= 'z' ? (char)(*at - 'a' + 'A') : *at);
    strbuf_add_char(page->out, '\n');
}

static void begin_rows(const Page *page, const char *title) {
    begin_section(page, title);
    if (page->form == PAGE_MARKDOWN)
        strbuf_add_cstr(page->out, "| | |\n|---|---|\n");
}

static void add_page_row(const Page *page, Str name, const char *text) {
    if (page->form == PAGE_MARKDOWN)
        page_add_row(page->out, name, text);
    else
        add_term(page->out, str_to_cstr(name, page->arena), text);
}

static void add_options(const Page *page, const OptionGroup *group) {
    for (size_t i = 0; i < group->count; i++) {
        const Option *option = &group->options[i];
        if (option->help)
            add_page_row(page, option_words(option, page->arena), option->help);
    }
    const char *name, *help;
    for (size_t i = 0; group->choice && group->choice(i, &name, &help); i++)
        add_page_row(page, str_from_cstr(name), help);
}

static void add_status(const Page *page, int status, const char *text) {
    add_page_row(page, str_format(page->arena, "%d", status), text);
}

static bool has_group(const Command *command, const OptionGroup *group) {
    for (size_t i = 0; command->groups[i]; i++) {
        if (command->groups[i] == group)
            return true;
    }
    return false;
}

static bool concerns(const PageEntry *entry, const Page *page) {
    if (!page->command)
        return true;
    if (entry->command)
        return str_equal_cstr(page->path, entry->command);
    return !entry->group ||
           (has_group(page->command, entry->group) && !has_group(page->command, entry->without));
}

static void add_entries(const Page *page, const char *title, const PageEntry *entries,
                        size_t count) {
    bool has_title = false;
    for (size_t i = 0; i < count; i++) {
        if (!concerns(&entries[i], page))
            continue;
        if (!has_title)
            begin_rows(page, title);
        has_title = true;
        add_page_row(page, str_from_cstr(entries[i].name), entries[i].text);
    }
}

/* The pages of all commands. */

static void add_own_statuses(const Command *command, Str path, void *payload) {
    const Page *page = payload;
    for (const CommandStatus *own = command->statuses; own && own->text; own++) {
        Str text = str_format(page->arena, "loam %.*s: %s", STR_ARG(path), own->text);
        add_status(page, own->status, str_to_cstr(text, page->arena));
    }
}

/* The statuses of all commands, then those of single ones. */
static void add_statuses(const CommandTable *table, Page *page) {
    begin_rows(page, "Exit status");
    for (size_t i = 0; i < ARRAY_COUNT(statuses); i++)
        add_status(page, statuses[i].status, statuses[i].text);
    command_each(table, add_own_statuses, page, page->arena);
}

/* Options of every command are printed once, in front. */
static bool page_is_own(const OptionGroup *group) {
    return group != &option_view;
}

static size_t page_count_shown(const Command *command) {
    size_t count = 0;
    for (size_t i = 0; command->groups[i]; i++) {
        for (size_t j = 0; j < command->groups[i]->count; j++)
            count += page_is_own(command->groups[i]) && command->groups[i]->options[j].help;
    }
    return count;
}

static void add_markdown_head(const Page *page, const Command *command, Str path) {
    strbuf_add_format(page->out, "\n## %.*s\n\n%s\n\n```\nloam %.*s %s\n```\n", STR_ARG(path),
                      command->about, STR_ARG(path), command->usage);
    Str name = command_page_name(path, page->arena);
    strbuf_add_format(page->out, "\n[Manual page](../manual/%.*s.md)\n", STR_ARG(name));
    if (page_count_shown(command) > 0)
        strbuf_add_cstr(page->out, "\n| option | |\n|---|---|\n");
}

static void add_manual_head(const Page *page, const Command *command, Str path) {
    strbuf_add_format(page->out, ".SS %.*s\n.B loam %.*s\n", STR_ARG(path), STR_ARG(path));
    add_roff(page->out, command->usage);
    strbuf_add_cstr(page->out, "\n.PP\n");
    add_roff(page->out, command->about);
    strbuf_add_char(page->out, '\n');
}

static void add_command(const Command *command, Str path, void *payload) {
    const Page *page = payload;
    if (page->form == PAGE_MARKDOWN)
        add_markdown_head(page, command, path);
    else
        add_manual_head(page, command, path);
    for (size_t i = 0; command->groups[i]; i++) {
        if (page_is_own(command->groups[i]))
            add_options(page, command->groups[i]);
    }
}

static void write_markdown(const CommandTable *table, StrBuf *out, Arena *arena) {
    Page page = {PAGE_MARKDOWN, out, arena};
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
    add_options(&page, &command_globals);
    strbuf_add_cstr(out, "\n"
                         "Every command supports:\n"
                         "\n"
                         "| option | |\n"
                         "|---|---|\n");
    add_options(&page, &option_view);
    command_each(table, add_command, &page, arena);
    add_entries(&page, "Environment", environment, ARRAY_COUNT(environment));
    add_entries(&page, "Files", files, ARRAY_COUNT(files));
    add_statuses(table, &page);
}

static void command_page_write_manual(const CommandTable *table, StrBuf *out, Arena *arena) {
    Page page = {PAGE_MANUAL, out, arena};
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
    add_options(&page, &command_globals);
    strbuf_add_cstr(out, ".PP\n"
                         "Every command supports:\n");
    add_options(&page, &option_view);
    strbuf_add_cstr(out, ".SH COMMANDS\n");
    command_each(table, add_command, &page, arena);
    add_entries(&page, "Environment", environment, ARRAY_COUNT(environment));
    strbuf_add_cstr(
        out,
        ".PP\n"
        "For each variable LOAM_NAME, TF_NAME is also accepted; LOAM_NAME takes precedence.\n");
    add_entries(&page, "Files", files, ARRAY_COUNT(files));
    add_statuses(table, &page);
}

void command_page_write(PageForm form, const CommandTable *table, StrBuf *out, Arena *arena) {
    switch (form) {
    case PAGE_MARKDOWN: write_markdown(table, out, arena); break;
    case PAGE_MANUAL: command_page_write_manual(table, out, arena); break;
    }
}

Str command_page_name(Str path, Arena *arena) {
    StrBuf name = strbuf_new(arena);
    for (size_t i = 0; i < path.len; i++)
        strbuf_add_char(&name, path.ptr[i] == ' ' ? '-' : path.ptr[i]);
    return strbuf_str(&name);
}

/* The page of one command: sections of a title and rows. */

/* Adds lines to be typed. */
static void page_add_lines(const Page *page, const char *prompt, Str lines) {
    Str line;
    bool is_markdown = page->form == PAGE_MARKDOWN;
    strbuf_add_cstr(page->out, is_markdown ? "```\n" : ".EX\n");
    while (str_next_field(&lines, '\n', &line)) {
        const char *text = str_to_cstr(line, page->arena);
        strbuf_add_cstr(page->out, prompt);
        if (is_markdown)
            strbuf_add_cstr(page->out, text);
        else
            add_roff(page->out, text);
        strbuf_add_char(page->out, '\n');
    }
    strbuf_add_cstr(page->out, is_markdown ? "```\n" : ".EE\n");
}

static void add_page_options(const Page *page) {
    const Command *command = page->command;
    if (!command->groups[0])
        return;
    begin_rows(page, "Options");
    for (size_t i = 0; command->groups[i]; i++)
        add_options(page, command->groups[i]);
}

static void add_page_subcommands(const Page *page) {
    const CommandTable *table = &page->command->subcommands;
    const Command *command;
    if (table->count == 0)
        return;
    begin_rows(page, "Commands");
    for (size_t i = 0; (command = command_next(table, &i));)
        add_page_row(page,
                     str_format(page->arena, "loam %.*s %s", STR_ARG(page->path), command->name),
                     command->summary);
}

static bool asks_approval(const Command *command) {
    for (size_t i = 0; command->groups[i]; i++) {
        for (size_t j = 0; j < command->groups[i]->count; j++) {
            if (strcmp(command->groups[i]->options[j].name, "auto-approve") == 0)
                return true;
        }
    }
    return false;
}

static void add_page_statuses(const Page *page) {
    const CommandStatus *own = page->command->statuses;
    begin_rows(page, "Exit status");
    add_status(page, 0, "Success.");
    add_status(page, 1,
               asks_approval(page->command) ? "An error, or a plan without approval."
                                            : "An error.");
    for (; own && own->text; own++)
        add_status(page, own->status, own->text);
}

static void begin_page(const Page *page) {
    Str name = command_page_name(page->path, page->arena);
    const Command *command = page->command;
    if (page->form == PAGE_MARKDOWN) {
        Str about = str_from_cstr(command->about), paragraph;
        strbuf_add_format(page->out, "# loam %.*s\n", STR_ARG(page->path));
        while (str_next_field(&about, '\n', &paragraph))
            strbuf_add_format(page->out, "\n%.*s\n", STR_ARG(paragraph));
        return;
    }
    strbuf_add_format(page->out,
                      ".TH LOAM-%.*s 1 \"\" \"loam " VERSION_LOAM
                      "\" \"User Commands\"\n.SH NAME\nloam-%.*s \\- %s\n",
                      STR_ARG(name), STR_ARG(name), command->summary);
}

static void end_page(const Page *page) {
    begin_section(page, "See also");
    strbuf_add_cstr(page->out, page->form == PAGE_MARKDOWN
                                   ? "[All commands](../reference/commands.md)\n"
                                   : ".B loam\n");
}

void command_page_write_one(PageForm form, const Command *command, Str path, StrBuf *out,
                            Arena *arena) {
    Page page = {form, out, arena, command, path};
    begin_page(&page);
    begin_section(&page, "Synopsis");
    page_add_lines(&page, "",
                   str_format(arena, "loam [-chdir=DIR] %.*s %s", STR_ARG(path), command->usage));
    if (form == PAGE_MANUAL) {
        begin_section(&page, "Description");
        add_roff(out, command->about);
        strbuf_add_char(out, '\n');
    }
    if (command->example) {
        begin_section(&page, "Example");
        page_add_lines(&page, "$ ", str_from_cstr(command->example));
    }
    add_page_subcommands(&page);
    add_page_options(&page);
    add_page_statuses(&page);
    add_entries(&page, "Files", files, ARRAY_COUNT(files));
    add_entries(&page, "Environment", environment, ARRAY_COUNT(environment));
    end_page(&page);
}
