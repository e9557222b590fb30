/* loam import */
#include "command.h"
#include "environment.h"

static const Option import_options[] = {
    {"config", OPTION_PATH, "DIR",
     "Directory of the configuration (default: the current directory)."},
    {"parallelism", OPTION_TEXT, "N", "Number of concurrent operations (default 10)."},
};

static bool cmd_import_read_request(Cli *cli, const Arguments *arguments, ImportTarget *out,
                                    Diags *diags) {
    const StrVec *words = &arguments->positionals;
    if (words->count != 2 || words->items[1].len == 0)
        return diags_fail(
            diags, NO_RANGE, "Wrong number of arguments",
            "The import command requires a resource address and the ID of the object.");
    if (!address_parse_resource(words->items[0], &out->address, cli->arena, diags))
        return false;
    out->id = words->items[1];
    if (out->address.mode == MODE_MANAGED)
        return true;
    return diags_fail(diags, NO_RANGE, "Invalid import address",
                      "\"%.*s\" is a data source. Only managed resources can be imported.",
                      STR_ARG(words->items[0]));
}

static bool cmd_import_check_free(const Project *project, const ImportTarget *request) {
    const StateInstance *instance = state_find_instance(project->state, request->address);
    if (!instance || (!instance->current && !instance->pending))
        return true;
    Str text = resource_addr_to_str(request->address, project->cli->arena);
    return diags_fail(project->diags, NO_RANGE, "Resource already managed by loam",
                      "The state already has an object at %.*s. To import another one, first "
                      "remove it with \"loam state rm\".",
                      STR_ARG(text));
}

/* Plans only this address: the import adds the object to the state as it is. */
static PlanOptions options_for(const ImportTarget *request, const Map *variables, Cli *cli) {
    PlanOptions out = {
        .mode = PLAN_REFRESH_ONLY,
        .skip_refresh = true,
        .variables = variables,
        .import = request,
    };
    AddressTarget target = {
        .module = request->address.module, .is_resource = true, .resource = request->address};
    vec_push(cli->arena, &out.targets, target);
    vec_push(cli->arena, &out.target_texts, resource_addr_to_str(request->address, cli->arena));
    return out;
}

static const Module *called_module(const Module *root, const ModuleAddr *address) {
    const Module *parent = address ? called_module(root, address->parent) : root;
    const ModuleCall *call = address && parent ? map_find(&parent->calls, address->name) : NULL;
    return address ? (call ? call->module : NULL) : root;
}

/* The first lines of the peers, which reject an address without a resource before. */
static void cmd_import_report_begin(const Project *project, const ImportTarget *request) {
    const Cli *cli = project->cli;
    const ResourceAddr *to = &request->address;
    const Module *module = called_module(project->config->root, to->module);
    if (!cli_name(cli)->peer || !module ||
        !map_has(&module->resources, resource_addr_to_config_str(*to, cli->arena)))
        return;
    Str address = resource_addr_to_str(request->address, cli->arena);
    terminal_print("%.*s: Importing from ID \"%.*s\"...\n%.*s: Import prepared!\n"
                   "  Prepared %.*s for import\n",
                   STR_ARG(address), STR_ARG(request->id), STR_ARG(address),
                   STR_ARG(request->address.type));
}

static bool import_target(Project *project, const ImportTarget *request) {
    Cli *cli = project->cli;
    PlanOptions wanted = options_for(request, &project->variables, cli);
    PlanResult result = {0};
    project->engine.hooks = cli->view->type->walk_begin(cli->view);
    bool ok =
        engine_plan(&project->engine, &wanted, project->state, &result, cli->arena, project->diags);
    cli->view->type->walk_end(cli->view);
    project->engine.hooks = NULL;
    return ok && project_write_state(project, result.refreshed);
}

static int cmd_import_run(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(Project)
    project = {.options.directory = option_text(arguments, "config"), .options.asks = true};
    ImportTarget request;
    if (!cmd_import_read_request(cli, arguments, &request, diags) ||
        !project_load(&project, cli, arguments, NULL, diags) || !environment_require(&project) ||
        !project_read_variables(&project) || !project_open_state(&project, LOCK_IMPORT))
        return 1;
    cmd_import_report_begin(&project, &request);
    if (!cmd_import_check_free(&project, &request) || !environment_approve_change(&project) ||
        !import_target(&project, &request))
        return 1;
    const RenderPeer *peer = cli_name(cli)->peer;
    if (peer)
        terminal_print(
            "\nImport successful!\n\n"
            "The resources that were imported are shown above. These resources are now in\n"
            "your %s state and will henceforth be managed by %s.\n\n",
            peer->title, peer->title);
    else
        terminal_print("\n"
                       "Import successful! loam now manages %.*s in the state.\n",
                       STR_ARG(resource_addr_to_str(request.address, cli->arena)));
    return 0;
}

const Command cmd_import = {
    .name = "import",
    .summary = "Import an existing object into the state",
    .usage = "[options] ADDRESS ID",
    .about =
        "Imports the existing object with this ID into the state at ADDRESS. The configuration "
        "must declare a resource with that address. Only the state changes; to see the "
        "differences, run \"loam plan\". An import block does the same as part of a plan.",
    .example = "loam import libvirt_pool.images default",
    .groups = {OPTION_GROUP(import_options), &option_variables, &option_state, &option_environment,
               &option_change, &option_view},
    .most_positionals = 2,
    .run = cmd_import_run,
};
