/* Helpers for options and schemas. */
#include "engine_context.h"
#include "log.h"

bool engine_is_partial(const PlanOptions *options) {
    return options->targets.count + options->excludes.count > 0;
}

bool engine_selects(const PlanOptions *options, ResourceAddr address) {
    bool is_target = options->targets.count == 0;
    vec_each(&options->targets, target) {
        is_target |= address_target_matches(target, address);
    }
    vec_each(&options->excludes, target) {
        is_target &= !address_target_matches(target, address);
    }
    return is_target;
}

const Schema *engine_find_schema(const Engine *engine, ResourceMode mode, Str provider, Str type) {
    SCOPED(ArenaRef) scratch = arena_open("schema");
    Diags ignored = diags_new(scratch);
    const Provider *table = NULL;
    if (!registry_find(engine->registry, provider, &table, NO_RANGE, &ignored)) {
        log_debug("provider without schemas", log_text("provider", provider));
        return NULL;
    }
    const ObjectType *found = registry_find_type(table, mode, type);
    if (found)
        return &found->schema;
    log_debug("type without schema", log_text("provider", provider), log_text("type", type));
    return NULL;
}

static void restore_invocations(const Engine *engine, ActionInvocations *invocations) {
    vec_each(invocations, invocation) {
        invocation->schema = engine_find_schema(
            engine, MODE_ACTION, invocation->provider_config.provider, invocation->action.type);
    }
}

static void restore_change(const Engine *engine, ResourceChange *change) {
    change->schema = engine_find_schema(engine, change->address.mode,
                                        change->provider_config.provider, change->address.type);
    restore_invocations(engine, &change->invocations);
}

void engine_restore_schemas(const Engine *engine, Plan *plan) {
    vec_each(&plan->changes, change) {
        restore_change(engine, change);
    }
    vec_each(&plan->deferred, deferred) {
        restore_change(engine, &deferred->change);
    }
    vec_each(&plan->drift, drift) {
        drift->schema =
            engine_find_schema(engine, drift->address.mode, drift->provider, drift->address.type);
    }
    restore_invocations(engine, &plan->invocations);
}
