/* loam state show */
#include "command.h"
#include "project.h"
#include "render_json.h"
#include "state_object.h"
#include "statefile.h"
#include "version.h"
#include "view_outputs.h"

static const Option state_show_options[] = {
    {"json", OPTION_FLAG, NULL, "Print this object as JSON, in the form of \"loam show -json\"."},
    {"state", OPTION_PATH, "PATH", "Use this state file instead of the configured one."},
};

static void state_show_print_json(Project *project, const StateResource *resource,
                                  ResourceAddr address) {
    Arena *arena = project->cli->arena;
    State *alone = state_new(arena);
    state_add_resource(alone, address)->provider_config = resource->provider_config;
    state_add_instance(alone, address)->current =
        state_find_instance(project->state, address)->current;
    StrBuf text = strbuf_new(arena);
    render_json_state(statefile_encode(alone, arena), view_outputs_find_schema, &project->engine,
                      STR(VERSION_TERRAFORM), &text, arena);
    strbuf_add_char(&text, '\n');
    terminal_out(strbuf_str(&text));
}

static int state_show_run(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(Project) project = {.options.ignores_versions = true};
    ResourceAddr address;
    if (!address_parse_resource(arguments->positionals.items[0], &address, cli->arena, diags) ||
        !project_open_state_only(&project, cli, arguments, LOCK_NONE, diags) ||
        !project_check_has_state(&project))
        return 1;
    const StateInstance *instance = state_find_instance(project.state, address);
    if (!instance || !instance->current) {
        project_refuse_address(&project, "No instance found for the given address",
                               arguments->positionals.items[0], diags);
        return 1;
    }
    const StateResource *resource = state_find_resource(project.state, address);
    const Schema *schema = engine_find_schema(&project.engine, address.mode,
                                              resource->provider_config.provider, address.type);
    Value value;
    if (!schema) {
        diags_error(diags, NO_RANGE, "Unknown resource type",
                    "No available provider has the type \"%.*s\".", STR_ARG(address.type));
        return 1;
    }
    if (!state_object_decode(instance->current, schema, &value, cli->arena, diags))
        return 1;
    if (option_flag(arguments, "json")) {
        state_show_print_json(&project, resource, address);
        return 0;
    }
    RenderStyle style = terminal_style(&cli->terminal);
    style.secrets = state_secrets(&project.engine, project.state, cli->arena);
    StrBuf text = strbuf_new(cli->arena);
    Str note = instance->current->status == OBJECT_TAINTED ? STR("(tainted)") : STR_EMPTY;
    render_text_object(&(RenderObject){address, note, value, schema}, style, &text, cli->arena);
    terminal_out(strbuf_str(&text));
    return 0;
}

const Command cmd_state_show = {
    .name = "show",
    .summary = "Show one object of the state",
    .usage = "[options] ADDRESS",
    .about = "Shows all attributes of one object in the state.",
    .example = "loam state show libvirt_domain.web",
    .groups = {OPTION_GROUP(state_show_options), &option_variables, &option_environment,
               &option_view},
    .most_positionals = 1,
    .least_positionals = 1,
    .missing = "state show requires the address of one object.",
    .run = state_show_run,
};
