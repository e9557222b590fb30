/* Helpers for options and schemas. */
#include "engine_context.h"

bool engine_is_partial(const PlanOptions *options) {
    return options->targets.count + options->excludes.count > 0;
}

const Schema *engine_find_schema(const Engine *engine, ResourceMode mode, Str provider, Str type) {
    SCOPED(ArenaRef) scratch = arena_open("schema");
    Diags ignored = diags_new(scratch);
    const Provider *table = NULL;
    if (!registry_find(engine->registry, provider, &table, NO_RANGE, &ignored))
        return NULL;
    ObjectType found;
    return registry_find_type(table, mode, type, &found) ? found.schema : NULL;
}
