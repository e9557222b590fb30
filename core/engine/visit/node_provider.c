/* Visits a provider configuration: evaluates it, validates it, configures the provider. Providers
 * are closed after the walk.
 *
 * A configuration with unknown values (for example of a resource that this plan creates) defers the
 * provider. Its objects are not read, and their creation is planned from the configuration
 * alone. */
#include "expand.h"
#include "log.h"
#include "mask.h"
#include "module_origin.h"
#include "node_visit.h"

static bool evaluate_config(NodeVisit *visit, const ProviderNode *provider,
                            const ModuleScope *scope, Value *out, StrVec *secrets) {
    const Schema *schema = &provider->provider->schema;
    if (!provider->decoded) {
        *out = schema_empty_value(schema, visit->scratch);
        return true;
    }
    if (!decode_eval(provider->decoded, &scope->scope, out, visit->scratch, &visit->diags))
        return false;
    mask_collect_config(schema, *out, secrets, visit->scratch);
    *out = value_unmark_deep(*out, visit->scratch);
    return module_origin_check(scope, schema, provider->decoded, *out, visit->scratch,
                               &visit->diags);
}

static bool node_provider_configure(NodeVisit *visit, ProviderNode *provider, Value config,
                                    Diags *diags) {
    Call call = {
        .provider = provider->provider,
        .io = visit->walk->engine->io,
        .cancel = visit->walk->engine->cancel,
        .arena = visit->scratch,
        .address = visit->node->name,
        .allows_deferral =
            visit->walk->phase == PHASE_PLAN && visit->walk->options->allows_deferral,
        .lineage = visit->walk->lineage,
        .stores_plain_state = visit->walk->engine->stores_plain_state,
        .provider_secrets = &provider->secrets,
    };
    const Provider *table = provider->provider;
    ValidateRequest validation = {config};
    if (table->validate && !table->validate(&call, &validation, diags))
        return false;
    if (visit->walk->phase == PHASE_VALIDATE)
        return true;
    provider->has_unknown = !value_is_wholly_known(config);
    bool accepts = call.allows_deferral && table->accepts_unknown;
    if (provider->has_unknown && !accepts) {
        provider->is_deferred = true;
        provider->is_rebuilt = visit->node->is_renewed;
        return true;
    }
    provider->arena = arena_open("provider"); /* a client may use it from any thread */
    ConfigureRequest request = {config, registry_context(visit->walk->engine->registry, table),
                                provider->arena};
    ConfigureResponse response = {0};
    Diags found = diags_new(visit->scratch);
    bool ok = !table->configure || table->configure(&call, &request, &response, &found);
    if (!ok && provider->has_unknown) { /* it does not accept unknown values after all */
        provider->is_deferred = true;
        provider->is_rebuilt = visit->node->is_renewed;
        return true;
    }
    diags_append(diags, &found);
    if (!ok) {
        provider->fails_at_use = response.fails_at_use;
        return false;
    }
    provider->client = response.client;
    provider->is_configured = true;
    return true;
}

/* Sets the address of the errors to the provider, and their range to the argument that they name,
 * or else to the block. */
static void node_provider_place_errors(NodeVisit *visit, const ProviderNode *provider,
                                       Diags *diags) {
    for (size_t i = 0; i < diags->count; i++) {
        Diag *diag = &diags->items[i];
        Path path = path_parse(diag->path, visit->scratch);
        if (!diag->range.source && path.count > 0 && provider->decoded)
            diag->range = decode_range_of(provider->decoded, path);
    }
    Str address =
        str_format(visit->scratch, "provider[\"%s\"]%s%.*s", provider->provider->address,
                   provider->address.alias.len > 0 ? "." : "", STR_ARG(provider->address.alias));
    diags_set_address(diags, 0, address);
    diags_set_range(diags, 0, visit->node->range);
}

/* Errors that fail the use of the provider are kept; all others are added to the visit. */
static bool check_and_configure(NodeVisit *visit, ProviderNode *provider, Value config,
                                const StrVec *secrets) {
    Diags found = diags_new(visit->scratch);
    bool ok = schema_validate(&provider->provider->schema, config, visit->scratch, &found) &&
              node_provider_configure(visit, provider, config, &found);
    node_provider_place_errors(visit, provider, &found);
    mask_diags(&found, secrets);
    log_debug("provider opened", log_text("name", visit->node->name),
              log_text("key", provider->address.key), log_number("ok", ok),
              log_number("configured", provider->is_configured),
              log_number("deferred", provider->is_deferred),
              log_number("rebuilt", provider->is_rebuilt),
              log_number("fails_at_use", provider->fails_at_use));
    if (provider->fails_at_use)
        provider->failure = diags_new(provider->arena);
    diags_append(provider->fails_at_use ? &provider->failure : &visit->diags, &found);
    return ok || provider->fails_at_use;
}

/* Removes objects from the state that this plan creates again, because their server was replaced.
 * So if the apply fails before it creates them, the next plan creates them. */
static bool drop_lost_objects(NodeVisit *visit, const Node *resource) {
    WorkingState *working = visit->walk->working;
    bool ok = true;
    vec_each(&resource->as.resource->planned, run) {
        const ResourceChange *change = (*run)->change;
        if (change->action != ACTION_CREATE ||
            !working_state_object(working, change->address, STR_EMPTY, visit->scratch))
            continue;
        log_debug("lost object dropped", log_text("provider", visit->node->name),
                  log_text("type", change->address.type));
        JournalOutcome outcome = {.address = change->address,
                                  .provider_config = change->provider_config};
        ok = working_state_record(working, 0, &outcome, &visit->diags) && ok;
    }
    return ok;
}

static bool drop_all_lost_objects(NodeVisit *visit) {
    bool ok = true;
    if (visit->walk->phase != PHASE_APPLY)
        return true;
    vec_each(&visit->walk->nodes, node) {
        if ((*node)->kind == NODE_RESOURCE && (*node)->as.resource->provider == visit->node)
            ok = drop_lost_objects(visit, *node) && ok;
    }
    return ok;
}

static bool open_one(NodeVisit *visit, ProviderNode *provider, const ModuleScope *scope) {
    Value config;
    StrVec secrets = {0};
    if (provider->config && provider->config->mock)
        return true; /* a mock is not configured */
    bool is_evaluated = evaluate_config(visit, provider, scope, &config, &secrets);
    vec_each(&secrets, secret) {
        vec_push(visit->keep, &provider->secrets, str_clone(*secret, visit->keep));
    }
    mask_collect_variables(visit->walk->engine->config->root, visit->walk->options->variables,
                           &secrets, visit->scratch);
    bool ok = is_evaluated && check_and_configure(visit, provider, config, &secrets);
    mask_diags(&visit->diags, &secrets);
    return ok;
}

static bool open_repeated(NodeVisit *visit, ProviderNode *provider, ModuleScope *scope) {
    Repetition repetition = {.for_each = provider->config->for_each, .must_be_known = true};
    Expansion expansion;
    if (!expand_evaluate(&repetition, scope, &expansion, visit->scratch, &visit->diags))
        return false;
    bool ok = true;
    scope->repetition = REPEAT_EACH;
    scope->repetition_unknown = expansion.is_unknown;
    for (size_t i = 0; i < expansion.count; i++) {
        ProviderNode *one = arena_new(visit->keep, ProviderNode);
        *one = *provider;
        if (!expansion.is_unknown) {
            scope->key = expansion.keys[i];
            scope->each_value = expansion.values[i];
            one->address.key = str_clone(expansion.keys[i].text, visit->keep);
        }
        vec_push(visit->keep, &provider->repeated, one);
        ok = open_one(visit, one, scope) && ok;
    }
    return ok;
}

bool node_provider_visit(NodeVisit *visit) {
    ProviderNode *provider = visit->node->as.provider;
    if (visit->walk->phase == PHASE_EVALUATE && !visit->walk->options->gitops)
        return true;                                 /* no provider is called */
    if (visit->node->module->instances.count == 0) { /* the module call has no instances */
        provider->is_configured = !provider->provider->configure;
        return true;
    }
    ModuleScope scope;
    module_scope_init(&scope, visit->walk, visit->node->module->instances.items[0]);
    bool is_repeated = provider->config && provider->config->for_each;
    bool ok = drop_all_lost_objects(visit);
    ok = (is_repeated ? open_repeated(visit, provider, &scope)
                      : open_one(visit, provider, &scope)) &&
         ok;
    if (!ok)
        diags_set_range(&visit->diags, 0, visit->node->range);
    return ok;
}

static void close_one(ProviderNode *provider) {
    if (provider->is_configured && provider->provider->close)
        provider->provider->close(provider->client);
    provider->is_configured = false;
    arena_close(provider->arena);
    provider->arena = NULL;
}

void node_provider_close(EngineWalk *walk) {
    vec_each(&walk->nodes, item) {
        if ((*item)->kind != NODE_PROVIDER)
            continue;
        vec_each(&(*item)->as.provider->repeated, one) {
            close_one(*one);
        }
        close_one((*item)->as.provider);
    }
}
