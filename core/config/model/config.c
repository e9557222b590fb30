/* Helpers that need only the model. */
#include "config.h"

#include "disk.h"

Str config_provider_key(Str name, Str alias, Arena *arena) {
    return alias.len ? str_format(arena, "%.*s.%.*s", STR_ARG(name), STR_ARG(alias)) : name;
}

bool config_module_is_local(const ModuleCall *call) {
    return disk_is_explicit(call->source);
}
