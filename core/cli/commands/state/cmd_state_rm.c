/* loam state rm */
#include "command.h"
#include "environment.h"

static const Option rm_options[] = {
    {"dry-run", OPTION_FLAG, NULL, "Show the objects without removing them."},
};

typedef VEC(ResourceAddr) ResourceAddrs;

static void collect_matches(const State *state, const AddressTarget *target, ResourceAddrs *out,
                            Arena *arena) {
    StateResources resources = {0};
    state_sorted_resources(state, &resources, arena);
    vec_each(&resources, resource) {
        vec_each(&(*resource)->instances, instance) {
            ResourceAddr address = (*resource)->address;
            address.key = instance->key;
            if (address_target_matches(target, address))
                vec_push(arena, out, address);
        }
    }
}

/* If no address has objects, that is an error, except in a dry run. Beside others, an address
 * without objects is only a warning. */
static bool rm_find_given(const Project *project, bool dry_run, ResourceAddrs *out) {
    Arena *arena = project->cli->arena;
    StrVec missed = {0};
    vec_each(&project->arguments->positionals, text) {
        AddressTarget target;
        size_t before = out->count;
        if (!address_parse_target(*text, &target, arena, project->diags))
            return false;
        collect_matches(project->state, &target, out, arena);
        if (out->count == before)
            vec_push(arena, &missed, *text);
    }
    if (dry_run || missed.count == 0)
        return true;
    if (out->count == 0) {
        project_refuse_address(project, "Invalid target address", missed.items[0], project->diags);
        return false;
    }
    vec_each(&missed, text) {
        diags_warning(project->diags, NO_RANGE, "No such object",
                      "The state has no object at %.*s. The objects at the other addresses are "
                      "removed.",
                      STR_ARG(*text));
    }
    return true;
}

static int rm_run(Cli *cli, const Arguments *arguments, Diags *diags) {
    bool dry_run = option_flag(arguments, "dry-run");
    SCOPED(Project) project = {.options.dates_backup = true};
    ResourceAddrs matches = {0};
    if (!project_open_state_only(&project, cli, arguments, dry_run ? LOCK_NONE : LOCK_STATE_RM,
                                 diags) ||
        !project_check_has_state(&project) || !rm_find_given(&project, dry_run, &matches) ||
        (!dry_run && !environment_approve_change(&project)))
        return 1;
    State *state = state_clone(project.state, cli->arena);
    vec_each(&matches, address) {
        state_empty_instance(state, *address);
        Str name = resource_addr_to_str(*address, cli->arena);
        terminal_print("%s %.*s\n", dry_run ? "Would remove" : "Removed", STR_ARG(name));
    }
    if (dry_run && matches.count == 0)
        terminal_print("Would have removed nothing.\n");
    if (dry_run)
        return 0;
    state_compact(state);
    if (!project_write_state(&project, state))
        return 1;
    terminal_print("Successfully removed %zu resource instance(s).\n", matches.count);
    return 0;
}

const Command cmd_state_rm = {
    .name = "rm",
    .alias = "remove",
    .summary = "Remove objects from the state without destroying them",
    .usage = "[options] ADDRESS...",
    .about =
        "Removes objects from the state. The real objects remain, but loam no longer manages them.",
    .example = "loam state rm libvirt_domain.web",
    .groups = {OPTION_GROUP(rm_options), &option_variables, &option_state, &option_environment,
               &option_change, &option_view},
    .most_positionals = 1000,
    .least_positionals = 1,
    .missing = "state rm requires at least one address.",
    .run = rm_run,
};
