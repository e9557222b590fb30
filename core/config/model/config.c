/* Helpers that need only the model. */
#include "config.h"

Str config_provider_key(Str name, Str alias, Arena *arena) {
    return alias.len ? str_format(arena, "%.*s.%.*s", STR_ARG(name), STR_ARG(alias)) : name;
}

bool config_module_is_local(const ModuleCall *call) {
    return str_starts_with(call->source, STR("./")) || str_starts_with(call->source, STR("../")) ||
           str_starts_with(call->source, STR("/"));
}
