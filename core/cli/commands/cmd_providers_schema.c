/* loam providers schema */
#include "command.h"
#include "function_doc.h"
#include "project.h"
#include "provider_json.h"
#include "provider_needs.h"

static bool providers_schema_collect(Cli *cli, const Project *project, ProviderList *out,
                                     Diags *diags) {
    StrVec addresses = {0};
    required_providers_of_state(project->state, &addresses, cli->arena);
    bool ok = required_providers_of(cli->registry, project->config->root, PROVIDERS_OF_TREE, out,
                                    cli->arena, diags);
    vec_each(&addresses, address) {
        const Provider *provider;
        bool is_listed = false;
        if (!registry_find(cli->registry, *address, &provider, NO_RANGE, diags))
            return false;
        vec_each(out, known) {
            is_listed = is_listed || *known == provider;
        }
        if (!is_listed)
            vec_push(cli->arena, out, provider);
    }
    return ok;
}

/* Functions of loam's own providers are part of the language here, but tools expect them with their
 * provider. */
static void add_functions(const Provider *provider, void *payload, JsonWriter *writer,
                          Arena *arena) {
    const Cli *cli = payload;
    if (provider->find_function)
        return;
    (void)function_doc_write_provided(cli->functions, str_from_cstr(provider->name), "functions",
                                      writer, arena);
}

static int providers_schema_run(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(Project) project = {.options.ignores_versions = true};
    ProviderList providers = {0};
    if (!option_flag(arguments, "json")) {
        diags_error(diags, NO_RANGE, "The option -json is required",
                    "\"loam providers schema\" prints only JSON: add -json. For readable text, run "
                    "\"loam metadata page resources\".");
        return 1;
    }
    if (!project_load(&project, cli, arguments, NULL, diags) ||
        !project_open_state(&project, LOCK_NONE) ||
        !providers_schema_collect(cli, &project, &providers, diags))
        return 1;
    StrBuf text = strbuf_new(cli->arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    writer.escape_html = true;
    json_object_start(&writer);
    json_key_string(&writer, "format_version", STR("1.0"));
    if (providers.count > 0) {
        json_key_object(&writer, "provider_schemas");
        vec_each(&providers, provider) {
            json_key(&writer, str_from_cstr((*provider)->address));
            provider_json_write(*provider, add_functions, cli, &writer, cli->arena);
        }
        json_object_end(&writer);
    }
    json_object_end(&writer);
    strbuf_add_char(&text, '\n');
    terminal_out(strbuf_str(&text));
    return 0;
}

static const Option providers_schema_options[] = {
    {"json", OPTION_FLAG, NULL, "Print as JSON; required."},
};

const Command cmd_providers_schema = {
    .name = "schema",
    .summary = "Print the schemas of the required providers",
    .usage = "-json",
    .about = "Prints, as JSON, the schemas of the providers that the configuration and the state "
             "require: settings, resources and data sources.",
    .example = "loam providers schema -json",
    .groups = {OPTION_GROUP(providers_schema_options), &option_variables, &option_environment,
               &option_view},
    .run = providers_schema_run,
};
