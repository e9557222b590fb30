/* loam state list */
#include "command.h"
#include "json.h"
#include "project.h"

static const Option list_options[] = {
    {"id", OPTION_TEXT, "ID", "List only objects with this ID."},
    {"state", OPTION_PATH, "PATH", "Use this state file instead of the configured one."},
};

/* Without `wanted`, includes instances with only deposed objects. Ids of deposed objects are not
 * compared. */
static bool has_id(const StateInstance *instance, Str wanted, Arena *arena) {
    const StateObject *object = instance->current;
    Value attributes, id;
    const char *error;
    size_t offset;
    if (!wanted.len)
        return object || instance->deposed.count > 0;
    return object && json_parse_any(object->attributes, &attributes, &error, &offset, arena) &&
           value_is_present(attributes) && value_find(attributes, STR("id"), &id) &&
           value_is_present(id) && id.type == &TYPE_STRING && str_equal(value_text(id), wanted);
}

/* Adds the instances at one address, or all (NULL). Returns true if the state has any of them, with
 * any id. */
static bool state_list_add_lines(const Project *project, const AddressTarget *target,
                                 StrBuf *text) {
    Arena *arena = project->cli->arena;
    Str id = option_text(project->arguments, "id");
    StateResources resources = {0};
    bool found = false;
    state_sorted_resources(project->state, &resources, arena);
    vec_each(&resources, resource) {
        vec_each(&(*resource)->instances, instance) {
            ResourceAddr address = (*resource)->address;
            address.key = instance->key;
            if (target && !address_target_matches(target, address))
                continue;
            found = true;
            if (!has_id(instance, id, arena))
                continue;
            strbuf_add(text, resource_addr_to_str(address, arena));
            strbuf_add_char(text, '\n');
        }
    }
    return found;
}

static bool state_list_report_unknown(Str address, const AddressTarget *target, Diags *diags) {
    bool is_instance = target->resource.key.kind != KEY_NONE;
    const char *summary = !target->is_resource ? "Unknown module"
                          : is_instance        ? "Unknown resource instance"
                                               : "Unknown resource";
    return diags_fail(
        diags, NO_RANGE, summary,
        "The state has no object at %.*s. Objects that are new in the configuration are in the "
        "state after \"loam apply\". To list the existing ones, run \"loam state list\".",
        STR_ARG(address));
}

static bool list_addresses(const Project *project, const StrVec *addresses, StrBuf *text) {
    Arena *arena = project->cli->arena;
    bool ok = true;
    if (addresses->count == 0)
        state_list_add_lines(project, NULL, text);
    vec_each(addresses, address) {
        AddressTarget target;
        if (!address_parse_target(*address, &target, arena, project->diags))
            ok = false;
        else if (!state_list_add_lines(project, &target, text))
            ok = state_list_report_unknown(*address, &target, project->diags);
    }
    return ok;
}

static int state_list_run(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(Project) project = {.options.ignores_versions = true};
    if (!project_open_state_only(&project, cli, arguments, LOCK_NONE, diags) ||
        !project_check_has_state(&project))
        return 1;
    StrBuf text = strbuf_new(cli->arena);
    if (!list_addresses(&project, &arguments->positionals, &text))
        return 1;
    terminal_out(strbuf_str(&text));
    return 0;
}

const Command cmd_state_list = {
    .name = "list",
    .alias = "ls",
    .summary = "List the objects in the state",
    .usage = "[options] [ADDRESS...]",
    .about = "Lists the addresses of all objects in the state, or only those within the given "
             "addresses.",
    .example = "loam state list module.web",
    .groups = {OPTION_GROUP(list_options), &option_variables, &option_environment, &option_view},
    .most_positionals = 1000,
    .run = state_list_run,
};
