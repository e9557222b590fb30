/* loam query */
#include "command.h"
#include "environment.h"
#include "front_end.h"
#include "generate_config.h"
#include "view_listing.h"

static const Option query_options[] = {
    {"generate-config-out", OPTION_OUTPUT, "PATH",
     "Write resource and import blocks of the found objects to a new file: YAML if its name ends "
     "in "
     ".yaml, or if the directory's files do."},
    {"json", OPTION_FLAG, NULL, "Print events as JSON, one per line."},
    {"json-into", OPTION_OUTPUT, "PATH", "Also write the JSON events to a file."},
    {"parallelism", OPTION_TEXT, "N", "Number of concurrent operations (default 10)."},
};

static bool has_list(const Module *module) {
    map_each(&module->resources, entry) {
        const Resource *resource = entry->value;
        if (resource->mode == MODE_LIST)
            return true;
    }
    return false;
}

static bool cmd_query_load(Project *project, Cli *cli, const Arguments *arguments, Diags *diags) {
    project->options.loads_queries = true;
    project->options.asks = true;
    if (front_end_is_empty_dir(cli->io.disk, STR(".")))
        return diags_fail(diags, NO_RANGE, "No configuration files",
                          "A query requires a configuration. Write a file whose name ends in "
                          ".loam.yaml or .tf with the required providers, and lists in a file "
                          "whose name ends in .loamquery.yaml or .tfquery.hcl.");
    return project_load(project, cli, arguments, NULL, diags) && environment_require(project) &&
           project_read_variables(project);
}

static bool cmd_query_check_configuration(Project *project) {
    Diags found = diags_new(project->cli->arena);
    bool is_valid = engine_validate(&project->engine, &found);
    vec_each(&found, diag) {
        diags_add(project->diags, diag);
    }
    if (!is_valid || has_list(project->config->root))
        return is_valid;
    return diags_fail(project->diags, NO_RANGE, "No resources to query",
                      "The configuration has no list blocks. Write them in a file whose name ends "
                      "in .loamquery.yaml or .tfquery.hcl.");
}

static bool cmd_query_write_config(Project *project, const Listings *listings) {
    Arena *arena = project->cli->arena;
    bool is_other = cli_name(project->cli)->is_other;
    ResourceTexts texts = {0};
    Str text;
    vec_each(listings, listing) {
        for (size_t i = 0; i < (*listing)->entries.count; i++)
            vec_push(arena, &texts, view_listing_resource(*listing, i, is_other, arena));
    }
    return texts.count == 0 || generate_config_write(project, &texts, &text);
}

static bool search(Project *project, bool generates, PlanResult *result) {
    Cli *cli = project->cli;
    QueryOptions query = {.generates_config = generates};
    PlanOptions plan = {
        .mode = PLAN_NORMAL,
        .skip_refresh = true,
        .variables = &project->variables,
        .query = &query,
    };
    project->engine.hooks = cli->view->type->walk_begin(cli->view);
    bool ok =
        engine_plan(&project->engine, &plan, project->state, result, cli->arena, project->diags);
    cli->view->type->walk_end(cli->view);
    project->engine.hooks = NULL;
    /* Validation and search get the same warnings of a provider: they are shown once. */
    vec_each(project->diags, diag) {
        diag->is_of_walk = false;
    }
    return ok;
}

static int cmd_query_run(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(Project) project = {0};
    PlanResult result = {0};
    bool generates = option_text(arguments, "generate-config-out").len > 0;
    if (!cmd_query_load(&project, cli, arguments, diags) ||
        (generates && !generate_config_check(&project)) ||
        !cmd_query_check_configuration(&project) || !project_open_state(&project, LOCK_NONE) ||
        !search(&project, generates, &result))
        return 1;
    cli->view->type->searched(cli->view, &result.listings);
    return generates && !cmd_query_write_config(&project, &result.listings) ? 1 : 0;
}

const Command cmd_query = {
    .name = "query",
    .summary = "Find existing objects that the configuration does not manage",
    .usage = "[options]",
    .about = "Searches with the list blocks of query files, whose names end in .loamquery.yaml, "
             ".loamquery.json, .tfquery.hcl or .tfquery.json, and prints address of the list, "
             "identity and name of each object. Nothing is changed, and the state is not locked.",
    .example = "loam query",
    .groups = {OPTION_GROUP(query_options), &option_variables, &option_environment, &option_view},
    .run = cmd_query_run,
    .json_view = view_json_open,
};
