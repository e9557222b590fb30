/* loam metadata page: prints pages generated from tables, for people and for shells */
#include "backends.h"
#include "command_page.h"
#include "function_doc.h"
#include "provider_page.h"

static bool write_functions(Cli *cli, StrBuf *out, Diags *) {
    function_doc_write_page(cli->functions, out, cli->arena);
    return true;
}

static bool write_commands(Cli *cli, StrBuf *out, Diags *) {
    command_page_write(PAGE_MARKDOWN, cli->commands, out, cli->arena);
    return true;
}

static bool page_write_resources(Cli *cli, StrBuf *out, Diags *diags) {
    strbuf_add_cstr(
        out,
        "# Providers, their resources and data sources\n"
        "\n"
        "For authors of configurations: every provider's settings, and a link to the page of each "
        "type.\n"
        "The [examples](examples.md) are also on one page, in YAML and in native syntax.\n"
        "\n"
        "The provider sets a computed attribute. It also sets an attribute that is optional and "
        "computed, unless\n"
        "the configuration does. Every resource also supports `count`, `for_each`, `depends_on`, "
        "`provider` and\n"
        "`lifecycle`.\n");
    StrVec names = registry_names(cli->registry, cli->arena);
    vec_each(&names, name) {
        const Provider *provider;
        if (!registry_find(cli->registry, *name, &provider, NO_RANGE, diags))
            return false;
        provider_page_write(provider, out, cli->arena);
    }
    return true;
}

static bool page_write_type(Cli *cli, Str page, StrBuf *out, Diags *diags) {
    StrVec names = registry_names(cli->registry, cli->arena);
    vec_each(&names, name) {
        const Provider *provider;
        if (!registry_find(cli->registry, *name, &provider, NO_RANGE, diags))
            return false;
        for (ResourceMode mode = MODE_MANAGED; mode <= MODE_LIST; mode++) {
            StrVec types = registry_type_names(provider, mode, cli->arena);
            vec_each(&types, type_name) {
                if (!str_equal(provider_page_name(mode, *type_name, cli->arena), page))
                    continue;
                provider_page_write_type(provider, registry_find_type(provider, mode, *type_name),
                                         out, cli->arena);
                return true;
            }
        }
    }
    return diags_fail(
        diags, NO_RANGE, "Unknown type",
        "There is no type with a page \"types/%.*s\". The page \"resources\" lists all types.",
        STR_ARG(page));
}

static bool write_backends(Cli *cli, StrBuf *out, Diags *) {
    strbuf_add_cstr(out, "# Backends: where states are stored\n"
                         "\n"
                         "For users who share a state: the backends and their arguments.\n"
                         "\n"
                         "`terraform: {backend: {NAME: {ARGUMENTS}}}` selects a backend; the "
                         "default is `local`. Arguments that the block\n"
                         "omits can be set with `init -backend-config=NAME=VALUE` (or a file), or "
                         "with environment variables (`LOAM_X` wins\n"
                         "over `TF_X`). Set passwords in the environment: `init` records the "
                         "arguments of the block and of the command line\n"
                         "in the data directory. If the backend changes, `init` reports it, and "
                         "`init -migrate-state` copies the states.\n"
                         "\n"
                         "If a server does not respond, loam retries for some seconds (`etcd` 6, "
                         "`consul` 10, `http` 3, `kubernetes`, `pg` and `gcs` 15, `s3`\n"
                         "31; change it with `retry_max` and `max_retries`). If the backend also "
                         "stores the journal, loam then starts no new\n"
                         "operation, because it cannot record the intent; running operations "
                         "complete. If the final state cannot be\n"
                         "written, loam saves it as `errored.tfstate`: upload it with `state "
                         "push`. Remove a stale lock with `force-unlock`.\n");
    for (size_t i = 0; i < backends_count; i++)
        backend_page_write(backends_table[i], out, cli->arena);
    return true;
}

static bool page_write_manual(Cli *cli, StrBuf *out, Diags *) {
    command_page_write(PAGE_MANUAL, cli->commands, out, cli->arena);
    return true;
}

typedef struct CommandSearch {
    Str page;
    PageForm form;
    StrBuf *out;
    Arena *arena;
    bool is_found;
} CommandSearch;

static void write_if_wanted(const Command *command, Str path, void *payload) {
    CommandSearch *search = payload;
    if (!str_equal(command_page_name(path, search->arena), search->page))
        return;
    search->is_found = true;
    command_page_write_one(search->form, command, path, search->out, search->arena);
}

static bool write_command(Cli *cli, PageForm form, Str page, StrBuf *out, Diags *diags) {
    CommandSearch search = {page, form, out, cli->arena, false};
    command_each(cli->commands, write_if_wanted, &search, cli->arena);
    if (!search.is_found)
        diags_error(diags, NO_RANGE, "Unknown command",
                    "There is no command with a page \"%.*s\". The page \"commands\" lists all "
                    "commands; write \"state-list\" for \"state list\".",
                    STR_ARG(page));
    return search.is_found;
}

static bool write_manual_markdown(Cli *cli, Str page, StrBuf *out, Diags *diags) {
    return write_command(cli, PAGE_MARKDOWN, page, out, diags);
}

static bool write_manual_roff(Cli *cli, Str page, StrBuf *out, Diags *diags) {
    return write_command(cli, PAGE_MANUAL, page, out, diags);
}

static bool page_write_bash(Cli *cli, StrBuf *out, Diags *) {
    command_completion_write(COMPLETION_BASH, cli->commands, out, cli->arena);
    return true;
}

static bool page_write_zsh(Cli *cli, StrBuf *out, Diags *) {
    command_completion_write(COMPLETION_ZSH, cli->commands, out, cli->arena);
    return true;
}

static bool page_write_fish(Cli *cli, StrBuf *out, Diags *) {
    command_completion_write(COMPLETION_FISH, cli->commands, out, cli->arena);
    return true;
}

typedef struct MetadataPage {
    const char *name;
    bool (*write)(Cli *cli, StrBuf *out, Diags *diags);
} MetadataPage;

static const MetadataPage pages[] = {
    {"functions", write_functions},
    {"commands", write_commands},
    {"resources", page_write_resources},
    {"backends", write_backends},
    {"manual", page_write_manual},
    {"bash", page_write_bash},
    {"zsh", page_write_zsh},
    {"fish", page_write_fish},
};

/* Many pages: the name of one follows after a slash. */
typedef struct MetadataPages {
    const char *name;
    const char *member;
    bool (*write)(Cli *cli, Str member, StrBuf *out, Diags *diags);
} MetadataPages;

static const MetadataPages page_sets[] = {
    {"types", "TYPE", page_write_type},
    {"manual", "COMMAND", write_manual_markdown},
    {"man1", "COMMAND", write_manual_roff},
};

static Str page_names(Arena *arena) {
    Str names[ARRAY_COUNT(pages) + ARRAY_COUNT(page_sets)];
    for (size_t i = 0; i < ARRAY_COUNT(pages); i++)
        names[i] = str_from_cstr(pages[i].name);
    for (size_t i = 0; i < ARRAY_COUNT(page_sets); i++)
        names[ARRAY_COUNT(pages) + i] =
            str_format(arena, "%s/%s", page_sets[i].name, page_sets[i].member);
    return str_join(names, ARRAY_COUNT(names), STR(", "), arena);
}

static bool write_page(Cli *cli, Str wanted, StrBuf *out, Diags *diags) {
    for (size_t i = 0; i < ARRAY_COUNT(pages); i++) {
        if (str_equal_cstr(wanted, pages[i].name))
            return pages[i].write(cli, out, diags);
    }
    Str member = wanted, set;
    bool has_member = str_find_char(wanted, '/', 0) != SIZE_MAX;
    (void)str_next_field(&member, '/', &set);
    for (size_t i = 0; has_member && i < ARRAY_COUNT(page_sets); i++) {
        if (str_equal_cstr(set, page_sets[i].name))
            return page_sets[i].write(cli, member, out, diags);
    }
    return diags_fail(diags, NO_RANGE, "Missing page name", "Give the name of one page: %.*s.",
                      STR_ARG(page_names(cli->arena)));
}

static int page_run(Cli *cli, const Arguments *arguments, Diags *diags) {
    Str wanted = arguments->positionals.count > 0 ? arguments->positionals.items[0] : STR_EMPTY;
    StrBuf out = strbuf_new(cli->arena);
    if (!write_page(cli, wanted, &out, diags))
        return 1;
    terminal_out(strbuf_str(&out));
    return 0;
}

const Command cmd_metadata_page = {
    .name = "page",
    .summary = "Print a reference page, the manual page or a shell completion",
    .usage = "NAME",
    .about = "Prints a page generated from loam's tables: the Markdown references \"functions\", "
             "\"commands\", \"resources\" and \"backends\", the reference of one type, such as "
             "\"types/null_resource\", the page of one command, such as \"manual/plan\", or "
             "\"man1/plan\" for the program man, the \"manual\" page of all, or the completion for "
             "\"bash\", "
             "\"zsh\" or \"fish\". The manual page and the completions are installed "
             "with the program.",
    .example = "loam metadata page types/libvirt_domain",
    .groups = {&option_view},
    .most_positionals = 1,
    .run = page_run,
};
