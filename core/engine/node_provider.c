/* A provider configuration: evaluated, checked, opened; closed when the walk is over.
 *
 * A configuration that holds unknowns (something that this very plan creates) defers the provider:
 * its reads are skipped and its creations are planned from the configuration alone. */
#include "visit.h"

static bool evaluate_config(Visit *visit, Value *out) {
    ProviderNode *provider = visit->node->as.provider;
    const Schema *schema = &provider->provider->schema;
    if (!provider->decoded) {
        *out = schema_empty_value(schema, visit->scratch);
        return true;
    }
    CHECK(visit->node->module->instances.count > 0);
    EvalScope scope;
    evaluate_scope_init(&scope, visit->walk, visit->node->module->instances.items[0]);
    if (!decode_eval(provider->decoded, &scope.scope, out, visit->scratch, &visit->diags))
        return false;
    *out = value_unmark_deep(*out, visit->scratch);
    return true;
}

static bool configure(Visit *visit, Value config) {
    ProviderNode *provider = visit->node->as.provider;
    Call call = {
        .io = visit->walk->engine->io,
        .cancel = visit->walk->engine->cancel,
        .arena = visit->scratch,
        .address = visit->node->name,
        .lineage = visit->walk->lineage,
    };
    const Provider *table = provider->provider;
    if (table->validate_config && !table->validate_config(&call, config, &visit->diags))
        return false;
    if (visit->walk->phase == PHASE_VALIDATE)
        return true;
    if (!value_is_wholly_known(config)) {
        provider->is_deferred = true;
        provider->is_rebuilt = visit->node->is_renewed;
        return true;
    }
    provider->arena = arena_open("provider"); /* a client may use it from any thread */
    if (table->configure &&
        !table->configure(&call, config, &provider->client, provider->arena, &visit->diags)) {
        return false;
    }
    provider->is_configured = true;
    return true;
}

bool node_provider_visit(Visit *visit) {
    if (visit->walk->phase == PHASE_EVALUATE)
        return true;                                 /* nobody is called */
    if (visit->node->module->instances.count == 0) { /* a module call without instances */
        ProviderNode *provider = visit->node->as.provider;
        provider->is_configured = !provider->provider->configure;
        return true;
    }
    Value config;
    if (!evaluate_config(visit, &config))
        return false;
    const Schema *schema = &visit->node->as.provider->provider->schema;
    bool ok =
        schema_validate(schema, config, visit->scratch, &visit->diags) && configure(visit, config);
    if (!ok)
        diags_set_range(&visit->diags, 0, visit->node->range);
    return ok;
}

void node_provider_close(EngineWalk *walk) {
    vec_each(&walk->nodes, item) {
        if ((*item)->kind != NODE_PROVIDER)
            continue;
        ProviderNode *provider = (*item)->as.provider;
        if (provider->is_configured && provider->provider->close) {
            provider->provider->close(provider->client);
        }
        provider->is_configured = false;
        arena_close(provider->arena);
        provider->arena = NULL;
    }
}
