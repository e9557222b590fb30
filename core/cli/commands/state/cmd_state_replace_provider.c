/* loam state replace-provider */
#include "command.h"
#include "environment.h"

static const Option replace_provider_options[] = {
    {"auto-approve", OPTION_FLAG, NULL, "Skip the approval prompt."},
};

/* A provider address of the command line. */
typedef struct WrittenProvider {
    Str host; /* empty: none was given */
    Str path; /* NAMESPACE/TYPE */
} WrittenProvider;

/* Parses [HOST/][NAMESPACE/]TYPE; the default namespace is hashicorp. */
static bool parse_written(Str text, WrittenProvider *out, Arena *arena, Diags *diags) {
    Str parts[3] = {STR_EMPTY, STR("hashicorp")};
    StrVec given = {0};
    Str rest = text, part;
    bool ok = text.len > 0;
    while (str_next_field(&rest, '/', &part)) {
        ok &= part.len > 0;
        vec_push(arena, &given, part);
    }
    if (!ok || given.count == 0 || given.count > 3)
        return diags_fail(diags, NO_RANGE, "Invalid provider address",
                          "\"%.*s\" is not a valid provider address. Use the form "
                          "\"hashicorp/random\" or \"registry.terraform.io/hashicorp/random\".",
                          STR_ARG(text));
    for (size_t i = 0; i < given.count; i++)
        parts[3 - given.count + i] = given.items[i];
    *out = (WrittenProvider){parts[0], str_join(parts + 1, 2, STR("/"), arena)};
    return true;
}

/* Returns whether a stored address is of the provider. Without a host, the provider may be on any
 * public registry; both public registries are one. */
static bool is_written_provider(const Cli *cli, WrittenProvider source, Str address) {
    Str path = address;
    Str host;
    if (!str_next_field(&path, '/', &host) || !str_equal(path, source.path))
        return false;
    Str wanted = source.host.len ? source.host : cli_default_registry(cli);
    bool is_public = address_is_public_host(wanted) || source.host.len == 0;
    return str_equal(host, wanted) || (is_public && address_is_public_host(host));
}

/* Returns the address that objects get. Built-in providers keep the host of their addresses. */
static Str target_address(const Cli *cli, WrittenProvider source) {
    Str host = source.host.len ? source.host : cli_default_registry(cli);
    if (source.host.len == 0 && registry_row_name(cli->registry, registry_short_name(source.path)))
        host = STR("registry.terraform.io");
    return str_format(cli->arena, "%.*s/%.*s", STR_ARG(host), STR_ARG(source.path));
}

static void find_resources(const Cli *cli, const State *state, WrittenProvider from, Str to,
                           StateResources *out) {
    StateResources all = {0};
    state_sorted_resources(state, &all, cli->arena);
    vec_each(&all, resource) {
        Str address = (*resource)->provider_config.provider;
        if (is_written_provider(cli, from, address) && !str_equal(address, to))
            vec_push(cli->arena, out, *resource);
    }
}

static void replace_provider_show(const Cli *cli, Str to, const StateResources *found) {
    bool color = cli->terminal.color;
    const char *marks[] = {color ? "\033[33m~\033[0m" : "~", color ? "\033[31m-\033[0m" : "-",
                           color ? "\033[32m+\033[0m" : "+"};
    StrVec shown = {0};
    terminal_print("loam will perform the following actions:\n\n  %s Updating provider:\n",
                   marks[0]);
    vec_each(found, resource) {
        Str address = (*resource)->provider_config.provider;
        if (str_is_among(address, shown.items, shown.count))
            continue;
        vec_push(cli->arena, &shown, address);
        terminal_print("    %s %.*s\n", marks[1], STR_ARG(address));
    }
    terminal_print("    %s %.*s\n\nChanging %zu resources:\n\n", marks[2], STR_ARG(to),
                   found->count);
    vec_each(found, resource) {
        Str address = resource_addr_to_str((*resource)->address, cli->arena);
        terminal_print("  %.*s\n", STR_ARG(address));
    }
}

static bool replace_provider_approve(Project *project, const Arguments *arguments) {
    bool asks = !option_flag(arguments, "auto-approve");
    if (!environment_check_approval(project, asks))
        return false;
    if (!asks || cli_approve(project->cli, "Do you want to make these changes?",
                             "Only the state changes, no real object.",
                             environment_wanted_answer(project), project->diags))
        return true;
    if (!diags_has_errors(project->diags))
        terminal_print("Cancelled replacing providers.\n");
    return false;
}

static int replace_provider_replace(Project *project, const Arguments *arguments,
                                    WrittenProvider from, Str to) {
    Cli *cli = project->cli;
    State *state = state_clone(project->state, cli->arena);
    StateResources found = {0};
    find_resources(cli, state, from, to, &found);
    if (found.count == 0) {
        terminal_print("No matching resources found.\n");
        return 0;
    }
    replace_provider_show(cli, to, &found);
    if (!replace_provider_approve(project, arguments))
        return diags_has_errors(project->diags) ? 1 : 0; /* a refusal is no failure */
    vec_each(&found, resource) {
        (*resource)->provider_config.provider = to;
    }
    if (!project_write_state(project, state))
        return 1;
    terminal_print("\nSuccessfully replaced provider for %zu resources.\n", found.count);
    return 0;
}

static int replace_provider_run(Cli *cli, const Arguments *arguments, Diags *diags) {
    const Str *words = arguments->positionals.items;
    SCOPED(Project) project = {.options.dates_backup = true};
    WrittenProvider from, to;
    if (!parse_written(words[0], &from, cli->arena, diags) ||
        !parse_written(words[1], &to, cli->arena, diags) ||
        !project_open_state_only(&project, cli, arguments, LOCK_STATE_REPLACE_PROVIDER, diags) ||
        !project_check_has_state(&project))
        return 1;
    return replace_provider_replace(&project, arguments, from, target_address(cli, to));
}

const Command cmd_state_replace_provider = {
    .name = "replace-provider",
    .summary = "Change the provider of objects in the state",
    .usage = "[options] FROM TO",
    .about = "Replaces the provider address FROM by TO for all objects in the state, for example "
             "after the provider moved to another namespace or registry. An address without a "
             "host, or with a public registry, finds objects of both public registries, "
             "registry.opentofu.org and registry.terraform.io. Shows the objects and asks for "
             "approval.",
    .example = "loam state replace-provider dmacvicar/libvirt libvirt",
    .groups = {OPTION_GROUP(replace_provider_options), &option_variables, &option_environment,
               &option_change, &option_state, &option_view},
    .most_positionals = 2,
    .least_positionals = 2,
    .missing = "state replace-provider requires two provider addresses: old and new.",
    .run = replace_provider_run,
};
