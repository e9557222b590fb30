/* Rejects unsupported features in all modules: those of a table, whose rows each search one module,
 * and "provider_meta", which is checked apart from the table. */
#include "engine_walk.h"

#include "eval.h"

typedef struct UnsupportedReport {
    const char *what;
    const char *advice;
    Diags *diags;
    size_t count;
} UnsupportedReport;

typedef struct Unsupported {
    const char *what;   /* "connections of this kind": subject of the message */
    const char *advice; /* alternative for the user */
    void (*find)(const Module *module, UnsupportedReport *report);
} Unsupported;

static void unsupported_report_block(UnsupportedReport *report, SourceRange range) {
    diags_error(report->diags, range, "Unsupported feature",
                "This version of loam validates %s, but does not support them in plan or apply. %s",
                report->what, report->advice);
    report->count++;
}

/* An argument without a constant value is accepted here; the provisioner checks its value. */
static bool is_supported(const BodyAttribute *attribute, Arena *arena) {
    Diags ignored = diags_new(arena);
    Value value;
    return !eval_constant(attribute->expr, &value, arena, &ignored) ||
           provisioner_connection_supports(attribute->name, value, arena);
}

static void find_in_connection(const Connection *connection, UnsupportedReport *report) {
    if (!connection)
        return;
    Arena *arena = report->diags->arena;
    Diags ignored = diags_new(arena);
    BodyContent content = {0};
    if (!body_attributes(connection->body, BODY_EXPRESSION, &content, arena, &ignored))
        return;
    vec_each(&content.attributes, attribute) {
        if (!is_supported(attribute, arena))
            unsupported_report_block(report, attribute->range);
    }
}

static void find_in_provisioners(const Provisioners *provisioners, const Connection *shared,
                                 UnsupportedReport *report) {
    bool is_used = false;
    vec_each(provisioners, provisioner) {
        if (str_equal_cstr(provisioner->type, "local-exec"))
            continue;
        is_used = true;
        find_in_connection(provisioner->connection, report);
    }
    if (is_used)
        find_in_connection(shared, report);
}

static void find_connections(const Module *module, UnsupportedReport *report) {
    map_each(&module->resources, entry) {
        const Resource *resource = entry->value;
        find_in_provisioners(&resource->provisioners, resource->connection, report);
    }
    vec_each(&module->removed, removed) {
        find_in_provisioners(&removed->provisioners, removed->connection, report);
    }
}

/* Providers receive only their configuration and the objects, so provider_meta is rejected. */
static bool check_provider_metas(const Module *module, Diags *diags) {
    bool ok = true;
    map_each(&module->resources, entry) {
        const Resource *resource = entry->value;
        const ProviderMeta *meta = map_find(&module->provider_metas, resource->provider.name);
        if (!meta)
            continue;
        Str summary = str_format(diags->arena, "Provider %.*s doesn't support provider_meta",
                                 STR_ARG(meta->provider));
        diags_error(
            diags, meta->range, str_to_cstr(summary, diags->arena),
            "The provider of %.*s does not support \"provider_meta\" blocks. Remove the block.",
            STR_ARG(entry->key));
        ok = false;
    }
    return ok;
}

static const Unsupported rows[] = {
    {"connections of this kind", "Only SSH connections without a proxy are supported.",
     find_connections},
};

static void unsupported_check_module(const Module *module, UnsupportedReport *report) {
    report->count += !check_provider_metas(module, report->diags);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        report->what = rows[i].what;
        report->advice = rows[i].advice;
        rows[i].find(module, report);
    }
    map_each(&module->calls, entry) {
        const ModuleCall *call = entry->value;
        if (call->module)
            unsupported_check_module(call->module, report);
    }
}

bool unsupported_check(const Config *config, Diags *diags) {
    UnsupportedReport report = {.diags = diags};
    unsupported_check_module(config->root, &report);
    return report.count == 0;
}
