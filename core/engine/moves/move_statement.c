/* Compares the ends of statements step by step. */
#include "move_statement.h"
#include "log.h"

/* Returns the modules of an address, outermost first. */
static const ModuleAddr **statement_chain_of(const ModuleAddr *module, Arena *arena) {
    size_t depth = module_addr_depth(module);
    const ModuleAddr **chain = arena_new_array(arena, const ModuleAddr *, depth ? depth : 1);
    for (size_t i = depth; i-- > 0; module = module->parent)
        chain[i] = module;
    return chain;
}

static bool match_step(const MoveStep *step, const ModuleAddr *module, bool is_whole) {
    return str_equal(step->name, module->name) &&
           (step->is_any || is_whole || address_key_equal(step->key, module->key));
}

static bool match_modules(const MoveStatement *statement, const ModuleAddr **chain) {
    const MoveEnd *from = &statement->from;
    for (size_t i = 0; i < from->module_count; i++) {
        bool moves = !from->is_resource && i + 1 == from->module_count;
        if (!match_step(&from->modules[i], chain[i], moves && statement->is_whole))
            return false;
    }
    return true;
}

/* Returns the modules of `to` with the keys that are kept, followed by the modules below the moved
 * one. */
static const ModuleAddr *new_modules(const MoveStatement *statement, const ModuleAddr **chain,
                                     size_t depth, Arena *arena) {
    const MoveEnd *from = &statement->from, *to = &statement->to;
    const ModuleAddr *module = NULL;
    for (size_t i = 0; i < to->module_count; i++) {
        const MoveStep *step = &to->modules[i];
        InstanceKey key = step->is_any ? chain[i]->key : step->key;
        if (!to->is_resource && i + 1 == to->module_count && statement->is_whole)
            key = chain[from->module_count - 1]->key;
        module = module_addr_child(module, step->name, key, arena);
    }
    for (size_t i = from->module_count; i < depth; i++)
        module = module_addr_child(module, chain[i]->name, chain[i]->key, arena);
    return module;
}

static bool match_resource(const MoveStatement *statement, ResourceAddr address) {
    const MoveEnd *from = &statement->from;
    return from->mode == address.mode && str_equal(from->type, address.type) &&
           str_equal(from->name, address.name) &&
           (statement->is_whole || address_key_equal(from->key, address.key));
}

bool move_statement_match(const MoveStatement *statement, ResourceAddr address, ResourceAddr *out,
                          Arena *arena) {
    const MoveEnd *from = &statement->from, *to = &statement->to;
    if (from->is_resource && !match_resource(statement, address))
        return false;
    size_t depth = module_addr_depth(address.module);
    if (from->is_resource ? depth != from->module_count : depth < from->module_count)
        return false;
    const ModuleAddr **chain = statement_chain_of(address.module, arena);
    bool has_modules = match_modules(statement, chain);
    log_debug("move match", log_text("address", resource_addr_to_str(address, arena)),
              log_text("from", move_statement_end_text(from, arena)),
              log_number("modules", has_modules));
    if (!has_modules)
        return false;
    *out = address;
    out->module = new_modules(statement, chain, depth, arena);
    if (!to->is_resource)
        return true;
    out->type = to->type;
    out->name = to->name;
    if (!statement->is_whole)
        out->key = to->key;
    return true;
}

static bool same_step(const MoveStep *a, const MoveStep *b) {
    return str_equal(a->name, b->name) &&
           (a->is_any || b->is_any || address_key_equal(a->key, b->key));
}

static bool same_steps(const MoveEnd *a, const MoveEnd *b, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!same_step(&a->modules[i], &b->modules[i]))
            return false;
    return true;
}

/* If one statement is about whole blocks, the last key is ignored. */
static bool touches(const MoveStatement *one, const MoveEnd *a, const MoveStatement *other,
                    const MoveEnd *b) {
    if (a->is_resource != b->is_resource || a->module_count != b->module_count)
        return false;
    bool any_key = one->is_whole || other->is_whole;
    if (a->is_resource)
        return same_steps(a, b, a->module_count) && a->mode == b->mode &&
               str_equal(a->type, b->type) && str_equal(a->name, b->name) &&
               (any_key || address_key_equal(a->key, b->key));
    size_t last = a->module_count - 1;
    return same_steps(a, b, last) && str_equal(a->modules[last].name, b->modules[last].name) &&
           (any_key || same_step(&a->modules[last], &b->modules[last]));
}

/* Returns true if `inner` is below the module `outer`. */
static bool statement_is_nested(const MoveEnd *inner, const MoveStatement *statement,
                                const MoveEnd *outer) {
    if (outer->is_resource || inner->module_count < outer->module_count)
        return false;
    if (!inner->is_resource && inner->module_count == outer->module_count)
        return false;
    size_t last = outer->module_count - 1;
    return same_steps(inner, outer, last) &&
           str_equal(inner->modules[last].name, outer->modules[last].name) &&
           (statement->is_whole || same_step(&inner->modules[last], &outer->modules[last]));
}

bool move_statement_precedes(const MoveStatement *first, const MoveStatement *second) {
    return touches(first, &first->to, second, &second->from) ||
           statement_is_nested(&second->from, first, &first->to) ||
           statement_is_nested(&second->to, first, &first->to) ||
           statement_is_nested(&first->from, second, &second->from) ||
           statement_is_nested(&first->to, second, &second->from);
}

bool move_statement_same_end(const MoveEnd *a, const MoveEnd *b) {
    if (a->is_resource != b->is_resource || a->module_count != b->module_count)
        return false;
    for (size_t i = 0; i < a->module_count; i++)
        if (!str_equal(a->modules[i].name, b->modules[i].name) ||
            a->modules[i].is_any != b->modules[i].is_any ||
            !address_key_equal(a->modules[i].key, b->modules[i].key))
            return false;
    return !a->is_resource || (a->mode == b->mode && str_equal(a->type, b->type) &&
                               str_equal(a->name, b->name) && address_key_equal(a->key, b->key));
}

Str move_statement_end_text(const MoveEnd *end, Arena *arena) {
    const ModuleAddr *module = NULL;
    for (size_t i = 0; i < end->module_count; i++)
        module = module_addr_child(module, end->modules[i].name, end->modules[i].key, arena);
    if (!end->is_resource)
        return module_addr_to_str(module, arena);
    ResourceAddr address = {module, end->mode, end->type, end->name, end->key};
    return resource_addr_to_str(address, arena);
}
