/* loam state replace-provider */
#include "command.h"
#include "environment.h"

static const Option replace_provider_options[] = {
    {"auto-approve", OPTION_FLAG, NULL, "Skip the approval prompt."},
};

/* Parses HOST/NAMESPACE/TYPE. Missing leading parts default to registry.terraform.io/hashicorp. */
static bool parse_source(Str text, Str *out, Arena *arena, Diags *diags) {
    Str parts[3] = {STR("registry.terraform.io"), STR("hashicorp")};
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
    *out = str_join(parts, 3, STR("/"), arena);
    return true;
}

static void find_resources(const State *state, Str provider, StateResources *out, Arena *arena) {
    StateResources all = {0};
    state_sorted_resources(state, &all, arena);
    vec_each(&all, resource) {
        if (str_equal((*resource)->provider_config.provider, provider))
            vec_push(arena, out, *resource);
    }
}

static void replace_provider_show(const Cli *cli, Str from, Str to, const StateResources *found) {
    bool color = cli->terminal.color;
    const char *marks[] = {color ? "\033[33m~\033[0m" : "~", color ? "\033[31m-\033[0m" : "-",
                           color ? "\033[32m+\033[0m" : "+"};
    terminal_print("loam will perform the following actions:\n\n  %s Updating provider:\n    %s "
                   "%.*s\n    %s %.*s\n\nChanging %zu resources:\n\n",
                   marks[0], marks[1], STR_ARG(from), marks[2], STR_ARG(to), found->count);
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

static int replace_provider_replace(Project *project, const Arguments *arguments, Str from,
                                    Str to) {
    Cli *cli = project->cli;
    State *state = state_clone(project->state, cli->arena);
    StateResources found = {0};
    find_resources(state, from, &found, cli->arena);
    if (found.count == 0) {
        terminal_print("No matching resources found.\n");
        return 0;
    }
    replace_provider_show(cli, from, to, &found);
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
    Str from, to;
    if (!parse_source(words[0], &from, cli->arena, diags) ||
        !parse_source(words[1], &to, cli->arena, diags) ||
        !project_open_state_only(&project, cli, arguments, LOCK_STATE_REPLACE_PROVIDER, diags) ||
        !project_check_has_state(&project))
        return 1;
    return replace_provider_replace(&project, arguments, from, to);
}

const Command cmd_state_replace_provider = {
    .name = "replace-provider",
    .summary = "Change the provider of objects in the state",
    .usage = "[options] FROM TO",
    .about = "Replaces the provider address FROM by TO for all objects in the state, for example "
             "after the provider moved to another namespace or registry. Shows the objects and "
             "asks for approval.",
    .example = "loam state replace-provider dmacvicar/libvirt libvirt",
    .groups = {OPTION_GROUP(replace_provider_options), &option_variables, &option_environment,
               &option_change, &option_state, &option_view},
    .most_positionals = 2,
    .least_positionals = 2,
    .missing = "state replace-provider requires two provider addresses: old and new.",
    .run = replace_provider_run,
};
