/* loam schema */
#include "backend_settings.h"
#include "backends.h"
#include "command.h"
#include "config_schema.h"
#include "view_diag.h"

static void cmd_schema_add_types(ConfigTypes *out, ConfigTypeKind kind, const Provider *provider,
                                 ResourceMode mode, Arena *arena) {
    StrVec names = registry_type_names(provider, mode, arena);
    vec_each(&names, name) {
        const ObjectType *found = registry_find_type(provider, mode, *name);
        ConfigType type = {kind, found->name, &found->schema, found->schema.description};
        vec_push(arena, out, type);
    }
}

static void cmd_schema_add_provider(Cli *cli, Str name, ConfigTypes *out, Diags *diags) {
    Arena *arena = cli->arena;
    const Provider *provider;
    Diags why = diags_new(arena);
    if (!registry_find(cli->registry, name, &provider, NO_RANGE, &why)) {
        /* An editor can still validate the rest. */
        diags_warning(diags, NO_RANGE, "Provider omitted from the schema",
                      "The schema omits the provider \"%.*s\". %.*s", STR_ARG(name),
                      STR_ARG(why.items[0].detail));
        return;
    }
    ConfigType own = {CONFIG_TYPE_PROVIDER, provider->name, &provider->schema,
                      provider->description};
    vec_push(arena, out, own);
    cmd_schema_add_types(out, CONFIG_TYPE_RESOURCE, provider, MODE_MANAGED, arena);
    cmd_schema_add_types(out, CONFIG_TYPE_DATA, provider, MODE_DATA, arena);
}

static void cmd_schema_collect(Cli *cli, ConfigTypes *out, Diags *diags) {
    StrVec names = registry_names(cli->registry, cli->arena);
    vec_each(&names, name) {
        cmd_schema_add_provider(cli, *name, out, diags);
    }
    for (size_t i = 0; i < backends_count; i++) {
        const BackendType *backend = backends_table[i];
        if (backend->has_own_block)
            continue;
        ConfigType own = {CONFIG_TYPE_BACKEND, backend->name,
                          backend_settings_lenient(backend, cli->arena),
                          backend->schema.description};
        vec_push(cli->arena, out, own);
    }
}

/* Standard output has the schema alone. */
static void show_remarks(const Cli *cli, const Diags *remarks) {
    StrBuf text = strbuf_new(cli->arena);
    vec_each(remarks, remark) {
        view_diag_render(remark, terminal_style(&cli->terminal), &text, cli->arena);
    }
    terminal_err(strbuf_str(&text));
}

static int cmd_schema_run(Cli *cli, const Arguments *arguments, Diags *) {
    ConfigTypes types = {0};
    ConfigFileKind kind = option_flag(arguments, "query") ? CONFIG_FILE_QUERY : CONFIG_FILE_MODULE;
    Diags remarks = diags_new(cli->arena);
    cmd_schema_collect(cli, &types, &remarks);
    show_remarks(cli, &remarks);
    terminal_out(config_schema_write(kind, cli->functions, &types, cli->arena));
    return 0;
}

static const Option schema_options[] = {
    {"query", OPTION_FLAG, NULL, "Print the schema of query files."},
};

const Command cmd_schema = {
    .name = "schema",
    .summary = "Print the JSON Schema of configuration files",
    .usage = "[options]",
    .about = "Prints a JSON Schema (draft 07) of *.loam.yaml and *.loam.json files, for validation "
             "and completion in editors. With -query, that of *.loamquery.yaml and "
             "*.loamquery.json. The installed copy is share/loam/loam.schema.json. To use "
             "it, begin a file with the comment: # yaml-language-server: $schema=PATH",
    .example = "loam schema > loam.schema.json",
    .groups = {OPTION_GROUP(schema_options), &option_view},
    .run = cmd_schema_run,
};
