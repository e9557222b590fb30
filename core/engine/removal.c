/* Who is forgotten, and who destroyed. */
#include "removal.h"

/* The configuration address of what a block of `module` names. */
static Str from_of(const Module *module, const Removed *removed, Arena *arena) {
    const AddressTarget *from = &removed->from.target;
    Str local = from->is_resource ? resource_addr_to_config_str(from->resource, arena)
                                  : module_addr_to_config_str(from->module, arena);
    if (module->path.len == 0)
        return local;
    return str_format(arena, "%.*s.%.*s", STR_ARG(module->path), STR_ARG(local));
}

static bool is_within(Str address, Str module) {
    return address.len > module.len && str_starts_with(address, module) &&
           address.ptr[module.len] == '.';
}

/* Which blocks are looked for. */
typedef struct Wanted {
    bool of_resource; /* else of a module that it is in */
    bool destroys;
} Wanted;

static const Removed *find_in(const Module *module, Str address, Wanted wanted, Arena *scratch) {
    vec_each(&module->removed, removed) {
        bool of_resource = removed->from.target.is_resource;
        if (of_resource != wanted.of_resource || removed->destroy != wanted.destroys)
            continue;
        Str from = from_of(module, removed, scratch);
        if (of_resource ? str_equal(from, address) : is_within(address, from))
            return removed;
    }
    map_each(&module->calls, entry) {
        const ModuleCall *call = entry->value;
        const Removed *found =
            call->module ? find_in(call->module, address, wanted, scratch) : NULL;
        if (found)
            return found;
    }
    return NULL;
}

/* One block that says "leave it alone" is enough. */
const Removed *removal_find(const Config *config, ResourceAddr address, Arena *scratch) {
    static const Wanted order[] = {
        {true,  false},
        {false, false},
        {true,  true },
        {false, true },
    };
    Str text = resource_addr_to_config_str(address, scratch);
    const Removed *found = NULL;
    for (size_t i = 0; i < ARRAY_COUNT(order) && !found; i++)
        found = find_in(config->root, text, order[i], scratch);
    return found;
}

/* Down the calls of `module` to the block, if there is one. */
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

static bool check_one(const Module *module, const Removed *removed, Arena *arena, Diags *diags) {
    SourceRange declared = find_declared(module, &removed->from.target, arena);
    if (!declared.source)
        return true;
    bool is_resource = removed->from.target.is_resource;
    SourcePos place = source_position(removed->range.source, removed->range.start);
    diags_error(diags, declared,
                is_resource ? "Removed resource still exists" : "Removed module still exists",
                "%.*s is declared here, and said to be removed at %.*s, line %u. Take out one of "
                "the two.",
                STR_ARG(from_of(module, removed, arena)), STR_ARG(removed->range.source->path),
                place.line);
    return false;
}

static bool check_module(const Module *module, Arena *arena, Diags *diags) {
    bool ok = true;
    vec_each(&module->removed, removed) {
        ok = check_one(module, removed, arena, diags) && ok;
    }
    map_each(&module->calls, entry) {
        const ModuleCall *call = entry->value;
        if (call->module)
            ok = check_module(call->module, arena, diags) && ok;
    }
    return ok;
}

bool removal_check(const Config *config, Arena *arena, Diags *diags) {
    return check_module(config->root, arena, diags);
}

bool removal_forgets(const Resource *declared, const Removed *removed, const StateObject *object) {
    if (removed)
        return !removed->destroy;
    if (declared)
        return !declared->lifecycle.destroy;
    return object && object->skip_destroy;
}
