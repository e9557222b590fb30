/* loam state show */
#include "command.h"
#include "project.h"
#include "state_object.h"

static const Option options[] = {
    {"state", OPTION_TEXT, "PATH", "The state file, instead of the configured one."},
};

static int run(Cli *cli, const Arguments *arguments, Diags *diags) {
    if (arguments->positionals.count != 1) {
        diags_error(diags, NO_RANGE, "Missing argument",
                    "state show takes the address of one object.");
        return 1;
    }
    SCOPED(Project) project = {0};
    ResourceAddr address;
    if (!address_parse_resource(arguments->positionals.items[0], &address, cli->arena, diags) ||
        !project_open_state_only(&project, cli, arguments, STR_EMPTY, diags)) {
        return 1;
    }
    const StateInstance *instance = state_find_instance(project.state, address);
    if (!instance || !instance->current) {
        diags_error(diags, NO_RANGE, "No instance found for the given address",
                    "The state holds no object at %.*s. \"loam state list\" lists what there is.",
                    STR_ARG(arguments->positionals.items[0]));
        return 1;
    }
    const StateResource *resource = state_find_resource(project.state, address);
    const Schema *schema =
        engine_find_schema(&project.engine, address.mode, resource->provider, address.type);
    Value value;
    if (!schema) {
        diags_error(diags, NO_RANGE, "Unknown resource type",
                    "No provider here knows the type \"%.*s\".", STR_ARG(address.type));
        return 1;
    }
    if (!state_object_decode(instance->current, schema, &value, cli->arena, diags))
        return 1;
    RenderStyle style = terminal_style(&cli->terminal);
    StrBuf text = strbuf_new(cli->arena);
    Str note = instance->current->status == OBJECT_TAINTED ? STR("(tainted)") : STR_EMPTY;
    render_text_object(address, note, value, schema, style, &text, cli->arena);
    terminal_out(strbuf_str(&text));
    return 0;
}

const Command cmd_state_show = {
    .name = "show",
    .summary = "Show one object of the state",
    .usage = "[options] ADDRESS",
    .about = "Shows all attributes of one object as the state has them.",
    .groups = {OPTION_GROUP(options), &option_environment, &option_view},
    .group_count = 3,
    .most_positionals = 1,
    .run = run,
};
