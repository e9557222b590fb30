/* loam providers */
#include "command_table.h"
#include "project.h"
#include "provider_needs.h"

typedef struct ProviderTree {
    Cli *cli;
    StrBuf out;
    DependencyLock lock;
    bool ok;
    Diags *diags;
} ProviderTree;

static void add_branch(ProviderTree *tree, Str margin, bool is_last, Str text) {
    Str branch = terminal_branch(&tree->cli->terminal, is_last);
    strbuf_add_format(&tree->out, "%.*s%.*s%.*s\n", STR_ARG(margin), STR_ARG(branch),
                      STR_ARG(text));
}

/* Returns what answers for the provider; empty under the name of another program. */
static Str answer_text(const ProviderTree *tree, const ProviderNeed *need) {
    Arena *arena = tree->cli->arena;
    if (cli_name(tree->cli)->is_other)
        return STR_EMPTY;
    switch (need->answer) {
    case PROVIDER_BUILT_IN: return STR(" (built in)");
    case PROVIDER_REATTACHED: return STR(" (running process of TF_REATTACH_PROVIDERS)");
    case PROVIDER_OVERRIDDEN: return STR(" (program of dev_overrides)");
    case PROVIDER_INSTALLED: break;
    }
    const DependencyEntry *entry = dependency_lock_find(&tree->lock, need->address);
    return entry ? str_format(arena, " (package v%.*s)", STR_ARG(entry->version))
                 : STR(" (package, not selected: run \"loam init\")");
}

static Str provider_text(const ProviderTree *tree, const ProviderNeed *need) {
    const char *row = registry_row_address(tree->cli->registry, need->name);
    Str address = row && need->answer == PROVIDER_BUILT_IN ? str_from_cstr(row) : need->address;
    return str_format(tree->cli->arena, "provider[%.*s]%s%.*s%.*s", STR_ARG(address),
                      need->constraints.len ? " " : "", STR_ARG(need->constraints),
                      STR_ARG(answer_text(tree, need)));
}

/* Adds the module's own providers, then the modules that it calls. */
static void providers_add_module(ProviderTree *tree, const Module *module, Str margin) {
    Arena *arena = tree->cli->arena;
    ProviderNeeds own = {0};
    tree->ok &= provider_needs_of_module(tree->cli->foreign, module, &own, arena, tree->diags);
    size_t left = own.count + module->calls.count;
    vec_each(&own, need) {
        left--;
        add_branch(tree, margin, left == 0, provider_text(tree, need));
    }
    map_each(&module->calls, entry) {
        const ModuleCall *call = entry->value;
        left--;
        add_branch(tree, margin, left == 0, str_format(arena, "module.%.*s", STR_ARG(call->name)));
        Str step = terminal_margin(&tree->cli->terminal, left == 0);
        if (call->module)
            providers_add_module(tree, call->module, str_concat(margin, step, arena));
    }
}

static void add_state_providers(ProviderTree *tree, const State *state) {
    StrVec addresses = {0};
    required_providers_of_state(state, &addresses, tree->cli->arena);
    if (addresses.count == 0)
        return;
    strbuf_add_cstr(&tree->out, "Providers required by state:\n\n");
    vec_each(&addresses, address) {
        strbuf_add_format(&tree->out, "    provider[%.*s]\n\n", STR_ARG(*address));
    }
}

static int providers_run(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(Project) project = {.options.ignores_versions = true};
    ProviderTree tree = {.cli = cli, .out = strbuf_new(cli->arena), .ok = true, .diags = diags};
    if (!project_load(&project, cli, arguments, NULL, diags) ||
        !project_open_state(&project, LOCK_NONE) ||
        !dependency_lock_read(&cli->io, STR("."), &tree.lock, cli->arena, diags))
        return 1;
    strbuf_add_cstr(&tree.out, "\nProviders required by configuration:\n.\n");
    providers_add_module(&tree, project.config->root, STR_EMPTY);
    strbuf_add_char(&tree.out, '\n');
    add_state_providers(&tree, project.state);
    if (tree.ok)
        terminal_out(strbuf_str(&tree.out));
    return tree.ok ? 0 : 1;
}

static const Command *const providers_subcommands[] = {PROVIDERS_COMMANDS(COMMAND_ROW)};

const Command cmd_providers = {
    .name = "providers",
    .summary = "Show the required providers",
    .usage = "[options]",
    .about = "Shows the providers that each module requires, whether each is part of loam or a "
             "package, and the providers of the objects in the state.",
    .example = "loam providers",
    .groups = {&option_variables, &option_state, &option_environment, &option_view},
    .run = providers_run,
    COMMAND_SUBCOMMANDS(providers_subcommands),
};
