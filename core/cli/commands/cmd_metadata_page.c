/* loam metadata page: prints pages generated from tables, for people and for shells */
#include "backend_page.h"
#include "backends.h"
#include "command.h"
#include "command_completion.h"
#include "command_page.h"
#include "function_page.h"
#include "provider_page.h"

static bool write_functions(Cli *cli, StrBuf *out, Diags *diags) {
    (void)diags;
    function_page_write(cli->functions, out, cli->arena);
    return true;
}

static bool write_commands(Cli *cli, StrBuf *out, Diags *diags) {
    (void)diags;
    command_page_write(PAGE_MARKDOWN, cli->commands, out, cli->arena);
    return true;
}

static bool write_resources(Cli *cli, StrBuf *out, Diags *diags) {
    strbuf_add_cstr(out, "# Providers, their resources and data sources\n\n"
                         "An attribute that is computed is filled in by the provider; one that is "
                         "optional and computed,\nunless the configuration gives it. Every "
                         "resource takes `count`, `for_each`, `depends_on`,\n`provider` and "
                         "`lifecycle` as well.\n");
    StrVec names = registry_names(cli->registry, cli->arena);
    vec_each(&names, name) {
        const Provider *provider;
        if (!registry_find(cli->registry, *name, &provider, NO_RANGE, diags))
            return false;
        provider_page_write(provider, out, cli->arena);
    }
    return true;
}

static bool write_backends(Cli *cli, StrBuf *out, Diags *diags) {
    (void)diags;
    strbuf_add_cstr(
        out,
        "# Backends: where states are kept\n\n"
        "`terraform: {backend: {NAME: {ARGUMENTS}}}` chooses one; without it, it is `local` with "
        "its defaults. An\nargument that the block leaves out may come from `init "
        "-backend-config=NAME=VALUE` (or a file of such), or from\nthe environment (`LOAM_X` "
        "wins over `TF_X`), where passwords belong: what the block and the flags say is\n"
        "recorded in the data folder. `init` compares, and `init -migrate-state` takes the states "
        "along.\n\n"
        "A server that does not answer is asked again for some seconds (`etcd` 6, `http` 3, "
        "`kubernetes` and `pg` 15,\n`s3` 31; `retry_max` and `max_retries` say otherwise). Where "
        "the store has the journal, nothing more is begun\nafter that, since no intent can be made "
        "durable; what is under way ends. A state that cannot be written at the\nend is left in "
        "`errored.tfstate`: `state push` puts it where it belongs. A lock that stays is opened "
        "with\n"
        "`force-unlock`.\n");
    for (size_t i = 0; i < backends_count; i++)
        backend_page_write(backends_table[i], out, cli->arena);
    return true;
}

static bool write_manual(Cli *cli, StrBuf *out, Diags *diags) {
    (void)diags;
    command_page_write(PAGE_MANUAL, cli->commands, out, cli->arena);
    return true;
}

static bool write_bash(Cli *cli, StrBuf *out, Diags *diags) {
    (void)diags;
    command_completion_write(COMPLETION_BASH, cli->commands, out, cli->arena);
    return true;
}

static bool write_zsh(Cli *cli, StrBuf *out, Diags *diags) {
    (void)diags;
    command_completion_write(COMPLETION_ZSH, cli->commands, out, cli->arena);
    return true;
}

static bool write_fish(Cli *cli, StrBuf *out, Diags *diags) {
    (void)diags;
    command_completion_write(COMPLETION_FISH, cli->commands, out, cli->arena);
    return true;
}

typedef struct MetadataPage {
    const char *name;
    bool (*write)(Cli *cli, StrBuf *out, Diags *diags);
} MetadataPage;

static const MetadataPage pages[] = {
    {"functions", write_functions},
    {"commands",  write_commands },
    {"resources", write_resources},
    {"backends",  write_backends },
    {"manual",    write_manual   },
    {"bash",      write_bash     },
    {"zsh",       write_zsh      },
    {"fish",      write_fish     },
};

static Str page_names(Arena *arena) {
    Str names[ARRAY_COUNT(pages)];
    for (size_t i = 0; i < ARRAY_COUNT(pages); i++)
        names[i] = str_from_cstr(pages[i].name);
    return str_join(names, ARRAY_COUNT(names), STR(", "), arena);
}

static int run(Cli *cli, const Arguments *arguments, Diags *diags) {
    Str wanted = arguments->positionals.count > 0 ? arguments->positionals.items[0] : STR_EMPTY;
    for (size_t i = 0; i < ARRAY_COUNT(pages); i++) {
        StrBuf out = strbuf_new(cli->arena);
        if (!str_equal_cstr(wanted, pages[i].name))
            continue;
        if (!pages[i].write(cli, &out, diags))
            return 1;
        terminal_out(strbuf_str(&out));
        return 0;
    }
    diags_error(diags, NO_RANGE, "Which page?", "One of these can be printed: %.*s.",
                STR_ARG(page_names(cli->arena)));
    return 1;
}

const Command cmd_metadata_page = {
    .name = "page",
    .summary = "Print a reference page, the manual page, a shell's completion",
    .usage = "NAME",
    .about = "Prints what is made from loam's tables: the references of \"functions\", "
             "\"commands\", \"resources\" and \"backends\" in Markdown, the \"manual\" page, the "
             "completion for "
             "\"bash\", \"zsh\" or \"fish\". All but the references are installed with the "
             "program.",
    .groups = {&option_view},
    .group_count = 1,
    .most_positionals = 1,
    .run = run,
};
