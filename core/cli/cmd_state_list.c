/* loam state list */
#include "command.h"
#include "json.h"
#include "project.h"

static const Option options[] = {
    {"id",    OPTION_TEXT, "ID",   "Only objects with this id."                    },
    {"state", OPTION_TEXT, "PATH", "The state file, instead of the configured one."},
};

static bool is_wanted(const AddressTarget *targets, size_t count, ResourceAddr address) {
    if (count == 0)
        return true;
    for (size_t i = 0; i < count; i++) {
        if (address_target_matches(&targets[i], address))
            return true;
    }
    return false;
}

/* What is only deposed is listed too, but its id is not looked at. */
static bool has_id(const StateInstance *instance, Str wanted, Arena *arena) {
    const StateObject *object = instance->current;
    Value attributes, id;
    const char *error;
    size_t offset;
    if (!wanted.ptr)
        return object || instance->deposed.count > 0;
    return object && json_parse_any(object->attributes, &attributes, &error, &offset, arena) &&
           value_is_present(attributes) && value_find(attributes, STR("id"), &id) &&
           value_is_present(id) && id.type == &TYPE_STRING && str_equal(value_text(id), wanted);
}

static int run(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(Project) project = {0};
    size_t count = arguments->positionals.count;
    AddressTarget *targets = arena_new_array(cli->arena, AddressTarget, count + 1);
    for (size_t i = 0; i < count; i++) {
        if (!address_parse_target(arguments->positionals.items[i], &targets[i], cli->arena, diags))
            return 1;
    }
    if (!project_open_state_only(&project, cli, arguments, STR_EMPTY, diags))
        return 1;
    if (!project.has_state) {
        diags_error(diags, NO_RANGE, "No state file was found",
                    "There is no state here yet: \"loam apply\" makes one. The option -state names "
                    "another file.");
        return 1;
    }
    StateResources resources = {0};
    state_sorted_resources(project.state, &resources, cli->arena);
    StrBuf text = strbuf_new(cli->arena);
    vec_each(&resources, resource) {
        vec_each(&(*resource)->instances, instance) {
            ResourceAddr address = (*resource)->address;
            address.key = instance->key;
            if (!is_wanted(targets, count, address) ||
                !has_id(instance, option_text(arguments, "id"), cli->arena)) {
                continue;
            }
            strbuf_add(&text, resource_addr_to_str(address, cli->arena));
            strbuf_add_char(&text, '\n');
        }
    }
    terminal_out(strbuf_str(&text));
    return 0;
}

const Command cmd_state_list = {
    .name = "list",
    .alias = "ls",
    .summary = "List the objects in the state",
    .usage = "[options] [ADDRESS...]",
    .about =
        "Lists the addresses of all objects in the state, or of those within the given addresses.",
    .groups = {OPTION_GROUP(options), &option_environment, &option_view},
    .group_count = 3,
    .most_positionals = 1000,
    .run = run,
};
