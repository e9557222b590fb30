/* Decides which objects are forgotten and which are destroyed. */
#include "removal.h"

#include "log.h"

/* Returns the configuration address that a removed block of `module` refers to. */
static Str from_of(const Module *module, const Removed *removed, Arena *arena) {
    const AddressTarget *from = &removed->from.target;
    Str local = from->is_resource ? resource_addr_to_config_str(from->resource, arena)
                                  : module_addr_to_config_str(from->module, arena);
    if (module->path.len == 0)
        return local;
    return str_format(arena, "%.*s.%.*s", STR_ARG(module->path), STR_ARG(local));
}

typedef struct Entry {
    const Removed *removed;
    size_t number; /* position in the configuration */
} Entry;

static void removal_add_module(Removals *removals, const Module *module, Arena *arena) {
    vec_each(&module->removed, removed) {
        Map *blocks = removed->from.target.is_resource ? &removals->resources[removed->destroy]
                                                       : &removals->modules[removed->destroy];
        Str from = from_of(module, removed, arena);
        Entry *entry = arena_new(arena, Entry);
        *entry = (Entry){removed, removals->count++};
        log_debug("removed block", log_text("from", from),
                  log_number("resource", removed->from.target.is_resource),
                  log_number("destroy", removed->destroy));
        if (!map_has(blocks, from)) /* the first block has precedence */
            map_set(blocks, from, entry);
    }
    map_each(&module->calls, entry) {
        const ModuleCall *call = entry->value;
        if (call->module)
            removal_add_module(removals, call->module, arena);
    }
}

Removals *removal_collect(const Config *config, Arena *arena) {
    Removals *removals = arena_new(arena, Removals);
    for (size_t i = 0; i < 2; i++) {
        removals->resources[i] = map_new(arena);
        removals->modules[i] = map_new(arena);
    }
    removal_add_module(removals, config->root, arena);
    return removals;
}

/* Returns the block about a module that contains the object, the first in the configuration; NULL
 * if none. */
static const Entry *removal_find_around(const Map *blocks, const ModuleAddr *module,
                                        Arena *scratch) {
    const Entry *first = NULL;
    for (; module && blocks->count > 0; module = module->parent) {
        const Entry *entry = map_find(blocks, module_addr_to_config_str(module, scratch));
        if (entry && (!first || entry->number < first->number))
            first = entry;
    }
    return first;
}

/* A block that forgets the object has precedence over a block that destroys it. */
const Removed *removal_find(const Removals *removals, ResourceAddr address, Arena *scratch) {
    const Entry *found = NULL;
    if (removals->count == 0)
        return NULL;
    Str text = resource_addr_to_config_str(address, scratch);
    for (size_t destroys = 0; destroys < 2 && !found; destroys++) {
        found = map_find(&removals->resources[destroys], text);
        if (!found)
            found = removal_find_around(&removals->modules[destroys], address.module, scratch);
    }
    return found ? found->removed : NULL;
}

/* Returns the range of the block that `from` names, following the calls of `module`; NO_RANGE if it
 * is not declared. */
static SourceRange find_declared(const Module *module, const AddressTarget *from, Arena *arena) {
    const ModuleAddr *chain[64];
    size_t depth = 0;
    const ModuleAddr *step = from->is_resource ? from->resource.module : from->module;
    for (; step && depth < ARRAY_COUNT(chain); step = step->parent)
        chain[depth++] = step;
    const ModuleCall *call = NULL;
    while (depth-- > 0) {
        call = module ? map_find(&module->calls, chain[depth]->name) : NULL;
        if (!call)
            return NO_RANGE;
        module = call->module;
    }
    if (!from->is_resource)
        return call->range;
    ResourceAddr local = from->resource;
    local.module = NULL;
    const Resource *resource =
        module ? map_find(&module->resources, resource_addr_to_config_str(local, arena)) : NULL;
    return resource ? resource->range : NO_RANGE;
}

static bool removal_check_one(const Module *module, const Removed *removed, Arena *arena,
                              Diags *diags) {
    SourceRange declared = find_declared(module, &removed->from.target, arena);
    if (!declared.source)
        return true;
    bool is_resource = removed->from.target.is_resource;
    SourcePos place = source_text_position(removed->range.source, removed->range.start);
    return diags_fail(
        diags, declared,
        is_resource ? "Removed resource still exists" : "Removed module still exists",
        "%.*s is declared here, but removed at %.*s, line %u. Remove one of the two blocks.",
        STR_ARG(from_of(module, removed, arena)), STR_ARG(removed->range.source->path), place.line);
}

static bool removal_check_module(const Module *module, Arena *arena, Diags *diags) {
    bool ok = true;
    vec_each(&module->removed, removed) {
        ok = removal_check_one(module, removed, arena, diags) && ok;
    }
    map_each(&module->calls, entry) {
        const ModuleCall *call = entry->value;
        if (call->module)
            ok = removal_check_module(call->module, arena, diags) && ok;
    }
    return ok;
}

bool removal_check(const Config *config, Arena *arena, Diags *diags) {
    return removal_check_module(config->root, arena, diags);
}

void removal_report_prevented(const Resource *declared, Str address, Diags *diags) {
    diags_error(diags, declared->range, "Instance cannot be destroyed",
                "%.*s has lifecycle.prevent_destroy set, but the plan destroys it. To proceed, "
                "remove prevent_destroy, or exclude this resource with -target.",
                STR_ARG(address))
        ->subject = DIAG_EXPRESSION;
}
