/* Visits an import block: evaluates ids, identities and addresses. The visit of the resource
 * assigns them to its instances. */
#include "deferrals.h"
#include "expand.h"
#include "log.h"
#include "node_visit.h"

static bool reject_id(NodeVisit *visit, const Expr *expr, const char *detail) {
    return diags_fail(&visit->diags, expr->range, "Invalid import id argument", "%s", detail);
}

static bool node_import_read_id(NodeVisit *visit, const Expr *expr, const ModuleScope *scope,
                                ImportSource *out) {
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

static bool reject_identity(NodeVisit *visit, const Expr *expr, const char *detail) {
    return diags_fail(&visit->diags, expr->range, "Invalid import identity argument", "%s", detail);
}

/* Returns the schema of the identities of the imported resource; NULL after adding an error. */
static const Schema *find_identity(NodeVisit *visit, const Expr *expr) {
    const ResourceNode *target = visit->node->imported;
    const ResourceType *type = resource_type_of(target->type);
    if (type && type->identity)
        return type->identity;
    if (type) /* a missing type is reported by the resource */
        diags_error(&visit->diags, expr->range, "Invalid import identity argument",
                    "Objects of the type %s have no identity. Import with the argument \"id\".",
                    type->name);
    return NULL;
}

/* Returns the type of an identity in which only those attributes are required that an import
 * needs. */
static const Type *constraint_of(const Schema *schema, Arena *arena) {
    size_t count = schema->attribute_count;
    Str *names = arena_new_array(arena, Str, count);
    const Type **types = arena_new_array(arena, const Type *, count);
    bool *optional = arena_new_array(arena, bool, count);
    for (size_t i = 0; i < count; i++) {
        names[i] = str_from_cstr(schema->attributes[i].name);
        types[i] = schema->attributes[i].type;
        optional[i] = !(schema->attributes[i].flags & REQUIRED);
    }
    return type_object(names, types, optional, count, arena);
}

static bool has_mark_inside(Value value, uint8_t mark, Arena *arena) {
    Paths found = {0};
    path_find_marks(value, mark, &found, arena);
    return found.count > 0;
}

static bool node_import_check_identity(NodeVisit *visit, const Expr *expr, Value value,
                                       bool *is_unknown) {
    Value plain = value_unmark_deep(value, visit->scratch);
    bool is_validation = visit->walk->phase == PHASE_VALIDATE;
    if (value_is_null(plain))
        return reject_identity(visit, expr, "The identity must not be null.");
    if (has_mark_inside(value, MARK_EPHEMERAL, visit->scratch))
        return reject_identity(visit, expr, "The identity is ephemeral, so a plan cannot show it.");
    if (has_mark_inside(value, MARK_SENSITIVE, visit->scratch))
        return reject_identity(visit, expr,
                               "The identity is sensitive, but a plan shows it. If it is not "
                               "secret, use nonsensitive().");
    *is_unknown = !value_is_wholly_known(plain);
    if (!*is_unknown || is_validation || deferrals_are_allowed(visit->walk))
        return true;
    return reject_identity(visit, expr,
                           "The identity is known only after apply, so the object cannot be found. "
                           "Apply its dependencies first with the -target option, or plan with "
                           "-allow-deferral.");
}

static bool node_import_read_identity(NodeVisit *visit, const Expr *expr, const ModuleScope *scope,
                                      ImportSource *out) {
    const Schema *schema = find_identity(visit, expr);
    Value value;
    if (!schema ||
        !eval_expr_as(expr, &scope->scope, constraint_of(schema, visit->scratch), &value,
                      visit->scratch, &visit->diags) ||
        !node_import_check_identity(visit, expr, value, &out->is_unknown))
        return false;
    if (!out->is_unknown)
        out->identity = value_clone(value_unmark_deep(value, visit->scratch), visit->keep);
    return true;
}

static bool node_import_read_source(NodeVisit *visit, const ModuleScope *scope, ImportSource *out) {
    const Import *import = visit->node->as.import;
    return import->id ? node_import_read_id(visit, import->id, scope, out)
                      : node_import_read_identity(visit, import->identity, scope, out);
}

static bool node_import_read_key(NodeVisit *visit, const Expr *expr, const ModuleScope *scope,
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
    return diags_fail(&visit->diags, expr->range, "Invalid import address",
                      "An instance key must be a string or an integer, and known during planning.");
}

/* Evaluates the key at this depth, if it is an expression. */
static bool replace_key(NodeVisit *visit, const ConfigAddress *to, uint32_t depth,
                        const ModuleScope *scope, InstanceKey *key) {
    vec_each(&to->keys, item) {
        if (item->depth == depth)
            return node_import_read_key(visit, item->expr, scope, key);
    }
    return true;
}

static bool node_import_read_module(NodeVisit *visit, const ConfigAddress *to,
                                    const ModuleAddr *module, const ModuleScope *scope,
                                    const ModuleAddr **out) {
    *out = scope->module->address; /* `to` is relative to the block's module */
    if (!module)
        return true;
    const ModuleAddr *parent;
    if (!node_import_read_module(visit, to, module->parent, scope, &parent))
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

static bool node_import_read_address(NodeVisit *visit, const ConfigAddress *to,
                                     const ModuleScope *scope, ResourceAddr *out) {
    uint32_t depth = 0;
    *out = to->target.resource;
    for (const ModuleAddr *step = out->module; step; step = step->parent)
        depth++;
    return node_import_read_module(visit, to, to->target.resource.module, scope, &out->module) &&
           replace_key(visit, to, depth, scope, &out->key);
}

static bool node_import_add_object(NodeVisit *visit, const ModuleScope *scope,
                                   ImportedObjects *out) {
    const Import *import = visit->node->as.import;
    ImportedObject object = {.range = import->to.range};
    ResourceAddr address;
    if (!node_import_read_source(visit, scope, &object.source) ||
        !node_import_read_address(visit, &import->to, scope, &address))
        return false;
    object.address = resource_addr_to_str(address, visit->keep);
    vec_push(visit->keep, out, object);
    return true;
}

static bool node_import_check_for_each(NodeVisit *visit, const Expr *expr, Value value) {
    if (value_is_null(value) || type_is_mapping(value.type) || type_is_sequence(value.type))
        return true;
    return diags_fail(&visit->diags, expr->range, "Invalid for_each argument",
                      "The \"for_each\" of an import block must be a collection.");
}

/* Unlike a resource, an import block accepts a list in for_each. The key of an element is its
 * index. */
static bool node_import_add_elements(NodeVisit *visit, const ModuleScope *outer, Value value,
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
        ok = node_import_add_object(visit, &scope, out) && ok;
    }
    return ok;
}

static bool visit_block(NodeVisit *visit, ModuleInstance *module, ImportedObjects *out) {
    const Expr *for_each = visit->node->as.import->for_each;
    ModuleScope scope;
    Value value;
    module_scope_init(&scope, visit->walk, module);
    if (!for_each)
        return node_import_add_object(visit, &scope, out);
    if (!eval_expr(for_each, &scope.scope, &value, visit->scratch, &visit->diags))
        return false;
    value = value_without_marks(value);
    if (!value_is_known(value) || (value.type->kind == KIND_SET && !value_is_wholly_known(value))) {
        Repetition repetition = {.for_each = for_each};
        ImportedObject any = {.range = for_each->range, .source.is_unknown = true};
        Expansion ignored; /* not used: either unknown keys are an error, or the import waits */
        if (!expand_evaluate(&repetition, &scope, &ignored, visit->scratch, &visit->diags))
            return false;
        vec_push(visit->keep, out, any);
        return true;
    }
    return node_import_check_for_each(visit, for_each, value) &&
           (value_is_null(value) || node_import_add_elements(visit, &scope, value, out));
}

/* While validating, only a literal can be checked. */
static bool validate_for_each(NodeVisit *visit) {
    const Expr *expr = visit->node->as.import->for_each;
    Value literal;
    return !expr || !expr_as_literal(expr, &literal, visit->scratch) ||
           node_import_check_for_each(visit, expr, literal);
}

/* While validating, only a literal id can be checked; of an identity, also its attributes. */
static bool validate_source(NodeVisit *visit) {
    const Import *import = visit->node->as.import;
    ModuleScope scope;
    Value literal;
    ImportSource ignored = {0};
    bool is_open = import->id && !expr_as_literal(import->id, &literal, visit->scratch);
    if (is_open || visit->node->module->instances.count == 0)
        return true;
    module_scope_init(&scope, visit->walk, visit->node->module->instances.items[0]);
    if (import->for_each) {
        scope.scope.self = &scope;
        scope.repetition = REPEAT_EACH;
        scope.key.kind = KEY_UNKNOWN;
        scope.each_value = value_unknown(&TYPE_DYNAMIC);
    }
    return node_import_read_source(visit, &scope, &ignored);
}

bool node_import_visit(NodeVisit *visit) {
    const EngineWalk *walk = visit->walk;
    if (walk->phase == PHASE_VALIDATE)
        return validate_for_each(visit) && validate_source(visit);
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

typedef struct Assignment {
    NodeVisit *visit;
    Map records;           /* address text → InstanceRecord * */
    Map taken;             /* texts of the addresses that an import was already found for */
    bool has_unknown_keys; /* an address without a record may become one of the block */
    bool ok;
} Assignment;

static void index_records(Assignment *assignment) {
    const Node *node = assignment->visit->node;
    vec_each(&node->module->instances, module) {
        ResourceExpansion *expansion = node_slot(node, *module)->payload;
        for (size_t i = 0; expansion && i < expansion->expansion.count; i++) {
            InstanceRecord *record = &expansion->records[i];
            assignment->has_unknown_keys |= record->keys_unknown;
            map_set(&assignment->records,
                    resource_addr_to_str(record->address, assignment->visit->scratch), record);
        }
    }
}

static bool has_object(const InstanceRecord *record) {
    return record->stored && (record->stored->current || record->stored->pending);
}

/* Any instance without an object may be the one to import, so all of them wait. */
static void assign_any(Assignment *assignment) {
    map_each(&assignment->records, entry) {
        InstanceRecord *record = entry->value;
        record->import.is_unknown = !has_object(record);
    }
}

static void assign_object(Assignment *assignment, const ImportedObject *object) {
    Diags *diags = &assignment->visit->diags;
    InstanceRecord *record = map_find(&assignment->records, object->address);
    if (object->address.len == 0) {
        assign_any(assignment);
    } else if (!record && assignment->has_unknown_keys) {
        log_debug("import deferred", log_text("address", object->address));
    } else if (!record) {
        diags_error(diags, object->range, "Configuration for import target does not exist",
                    "The configuration has no instance %.*s for the imported object.",
                    STR_ARG(object->address))
            ->subject = DIAG_RELATION;
        assignment->ok = false;
    } else if (map_has(&assignment->taken, object->address)) {
        diags_error(diags, object->range, "Duplicate import configuration",
                    "Another import block already imports into %.*s. Remove one of the two blocks.",
                    STR_ARG(object->address));
        assignment->ok = false;
    } else {
        map_set(&assignment->taken, object->address, record);
        if (!has_object(record))
            record->import = object->source;
        log_debug(
            "import assigned", log_text("address", object->address),
            log_text("source", import_source_text(&object->source, assignment->visit->scratch)),
            log_number("exists", has_object(record)));
    }
}

/* Assigns the objects that an import block found, in each instance of its module. */
static void assign_block(Assignment *assignment, const Node *block) {
    vec_each(&block->module->instances, module) {
        const ImportedObjects *objects = node_slot(block, *module)->payload;
        if (!objects)
            continue;
        vec_each(objects, object) {
            assign_object(assignment, object);
        }
    }
}

bool node_import_assign(NodeVisit *visit) {
    const EngineWalk *walk = visit->walk;
    const ResourceNode *resource = visit->node->as.resource;
    const ImportTarget *request = walk->options->import;
    bool is_requested =
        request &&
        str_equal(resource->address, resource_addr_to_config_str(request->address, visit->scratch));
    bool has_none = resource->imports.count == 0 && !is_requested;
    if (has_none || walk->options->is_preflight)
        return true; /* nothing to import, or first pass of a destroy */
    Assignment assignment = {
        .visit = visit,
        .records = map_new(visit->scratch),
        .taken = map_new(visit->scratch),
        .ok = true,
    };
    index_records(&assignment);
    vec_each(&resource->imports, block) {
        assign_block(&assignment, *block);
    }
    if (is_requested) {
        ImportedObject object = {
            .address = resource_addr_to_str(request->address, visit->scratch),
            .source = {.id = request->id},
        };
        assign_object(&assignment, &object);
    }
    return assignment.ok;
}
