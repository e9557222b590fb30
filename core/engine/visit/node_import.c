/* Visits an import block: evaluates ids and addresses. The visit of the resource reads them from
 * the slot. */
#include "deferrals.h"
#include "expand.h"
#include "node_kinds.h"

static bool reject_id(NodeVisit *visit, const Expr *expr, const char *detail) {
    diags_error(&visit->diags, expr->range, "Invalid import id argument", "%s", detail);
    return false;
}

static bool read_id(NodeVisit *visit,
                    const Expr *expr,
                    const ModuleScope *scope,
                    ImportedObject *out) {
    Value value;
    if (!eval_expr_as(expr, &scope->scope, &TYPE_STRING, &value, visit->scratch, &visit->diags))
        return false;
    if (value_has_mark(value, MARK_EPHEMERAL))
        return reject_id(visit, expr, "The ID is ephemeral, so a plan cannot show it.");
    if (value_has_mark(value, MARK_SENSITIVE))
        return reject_id(
            visit, expr,
            "The ID is sensitive, but a plan shows it. If it is not secret, use nonsensitive().");
    out->is_unknown = !value_is_known(value) && deferrals_are_allowed(visit->walk);
    if (out->is_unknown)
        return true;
    if (!value_is_known(value))
        return reject_id(visit, expr,
                         "The ID is known only after apply, so the object cannot be found. Apply "
                         "its dependencies first with the -target option, or plan with "
                         "-allow-deferral.");
    if (value_is_null(value) || value_text(value).len == 0)
        return reject_id(visit, expr, "The ID must not be null or empty.");
    out->id = str_clone(value_text(value), visit->keep);
    return true;
}

static bool read_key(NodeVisit *visit,
                     const Expr *expr,
                     const ModuleScope *scope,
                     InstanceKey *out) {
    Value value;
    if (!eval_expr(expr, &scope->scope, &value, visit->scratch, &visit->diags))
        return false;
    value = value_without_marks(value);
    TypeKind kind = value.type->kind;
    if (value_is_present(value) && (kind == KIND_STRING || kind == KIND_NUMBER)) {
        *out = address_key_from_value(value);
        out->text = str_clone(out->text, visit->keep);
        if (out->kind != KEY_NONE)
            return true;
    }
    diags_error(&visit->diags, expr->range, "Invalid import address",
                "An instance key must be a string or an integer, and known during planning.");
    return false;
}

/* Evaluates the key at this depth, if it is an expression. */
static bool replace_key(NodeVisit *visit,
                        const ConfigAddress *to,
                        uint32_t depth,
                        const ModuleScope *scope,
                        InstanceKey *key) {
    vec_each(&to->keys, item) {
        if (item->depth == depth)
            return read_key(visit, item->expr, scope, key);
    }
    return true;
}

static bool read_module(NodeVisit *visit,
                        const ConfigAddress *to,
                        const ModuleAddr *module,
                        const ModuleScope *scope,
                        const ModuleAddr **out) {
    *out = scope->module->address; /* `to` is relative to the block's module */
    if (!module)
        return true;
    const ModuleAddr *parent;
    if (!read_module(visit, to, module->parent, scope, &parent))
        return false;
    uint32_t depth = 0;
    for (const ModuleAddr *step = module->parent; step; step = step->parent)
        depth++;
    InstanceKey key = module->key;
    if (!replace_key(visit, to, depth, scope, &key))
        return false;
    *out = module_addr_child(parent, module->name, key, visit->keep);
    return true;
}

static bool read_address(NodeVisit *visit,
                         const ConfigAddress *to,
                         const ModuleScope *scope,
                         ResourceAddr *out) {
    uint32_t depth = 0;
    *out = to->target.resource;
    for (const ModuleAddr *step = out->module; step; step = step->parent)
        depth++;
    return read_module(visit, to, to->target.resource.module, scope, &out->module) &&
           replace_key(visit, to, depth, scope, &out->key);
}

static bool add_object(NodeVisit *visit, const ModuleScope *scope, ImportedObjects *out) {
    const Import *import = visit->node->as.import;
    ImportedObject object = {.range = import->to.range};
    ResourceAddr address;
    if (!read_id(visit, import->id, scope, &object) ||
        !read_address(visit, &import->to, scope, &address))
        return false;
    object.address = resource_addr_to_str(address, visit->keep);
    vec_push(visit->keep, out, object);
    return true;
}

static bool check_for_each(NodeVisit *visit, const Expr *expr, Value value) {
    if (value_is_null(value) || type_is_mapping(value.type) || type_is_sequence(value.type))
        return true;
    diags_error(&visit->diags, expr->range, "Invalid for_each argument",
                "The \"for_each\" of an import block must be a collection.");
    return false;
}

/* Unlike a resource, an import block accepts a list in for_each. The key of an element is its
 * index. */
static bool add_elements(NodeVisit *visit,
                         const ModuleScope *outer,
                         Value value,
                         ImportedObjects *out) {
    ModuleScope scope = *outer;
    bool ok = true;
    scope.scope.self = &scope;
    scope.repetition = REPEAT_EACH;
    for (size_t i = 0; i < value.count; i++) {
        scope.each_value = value_at(value, i);
        if (type_is_mapping(value.type))
            scope.key = (InstanceKey){.kind = KEY_STRING, .text = value_key_at(value, i)};
        else if (value.type->kind == KIND_SET)
            scope.key = address_key_from_value(value_without_marks(scope.each_value));
        else
            scope.key = (InstanceKey){.kind = KEY_INT, .index = (int64_t)i};
        ok = add_object(visit, &scope, out) && ok;
    }
    return ok;
}

static bool visit_block(NodeVisit *visit, ModuleInstance *module, ImportedObjects *out) {
    const Expr *for_each = visit->node->as.import->for_each;
    ModuleScope scope;
    Value value;
    module_scope_init(&scope, visit->walk, module);
    if (!for_each)
        return add_object(visit, &scope, out);
    if (!eval_expr(for_each, &scope.scope, &value, visit->scratch, &visit->diags))
        return false;
    value = value_without_marks(value);
    if (!value_is_known(value) || (value.type->kind == KIND_SET && !value_is_wholly_known(value))) {
        Repetition repetition = {.for_each = for_each};
        ImportedObject any = {.range = for_each->range, .is_unknown = true};
        Expansion ignored; /* not used: either unknown keys are an error, or the import waits */
        if (!expand_evaluate(&repetition, &scope, &ignored, visit->scratch, &visit->diags))
            return false;
        vec_push(visit->keep, out, any);
        return true;
    }
    return check_for_each(visit, for_each, value) &&
           (value_is_null(value) || add_elements(visit, &scope, value, out));
}

/* While validating, only a literal can be checked. */
static bool validate_for_each(NodeVisit *visit) {
    const Expr *expr = visit->node->as.import->for_each;
    Value literal;
    return !expr || !expr_as_literal(expr, &literal, visit->scratch) ||
           check_for_each(visit, expr, literal);
}

/* While validating, only a literal id can be checked. */
static bool validate_id(NodeVisit *visit) {
    const Expr *id = visit->node->as.import->id;
    ModuleScope scope;
    Value literal;
    ImportedObject ignored;
    if (!id || !expr_as_literal(id, &literal, visit->scratch) ||
        visit->node->module->instances.count == 0)
        return true;
    module_scope_init(&scope, visit->walk, visit->node->module->instances.items[0]);
    return read_id(visit, id, &scope, &ignored);
}

bool node_import_visit(NodeVisit *visit) {
    const EngineWalk *walk = visit->walk;
    if (walk->phase == PHASE_VALIDATE)
        return validate_for_each(visit) && validate_id(visit);
    if (walk->phase != PHASE_PLAN ||
        (walk->options->mode != PLAN_NORMAL && !walk->options->import_only))
        return true;
    bool ok = true;
    vec_each(&visit->node->module->instances, module) {
        ImportedObjects *objects = arena_new(visit->keep, ImportedObjects);
        node_slot(visit->node, *module)->payload = objects;
        ok = visit_block(visit, *module, objects) && ok;
    }
    return ok;
}
