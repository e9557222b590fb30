/* eval: the walk over the tree; names, literals, constructors. The operators, templates, loops,
 * splats and calls have files of their own. */
#include "eval.h"

#include "evaluation.h"

typedef struct Showing {
    Evaluation *evaluation;
    Diag *diag;
    StrVec shown;
} Showing;

static Str eval_statement(Value v, Arena *arena) {
    if (value_marks_deep(v) & MARK_SENSITIVE)
        return STR("has a sensitive value");
    if (value_marks_deep(v) & MARK_EPHEMERAL)
        return STR("has an ephemeral value");
    if (!value_is_known(v))
        return STR("will be known only after apply");
    if (value_is_null(v))
        return STR("is null");
    if (type_is_primitive(v.type))
        return str_format(arena, "is %.*s", STR_ARG(value_display(v, 200, arena)));
    Str type = type_friendly_name(v.type, arena);
    return str_format(arena, "is %.*s with %u %s%s", STR_ARG(type), v.count,
                      v.type->kind == KIND_OBJECT ? "attribute" : "element",
                      v.count == 1 ? "" : "s");
}

static Str traversal_to_str(const Traversal *traversal, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    strbuf_add(&buf, traversal->root);
    for (size_t i = 0; i < traversal->step_count; i++) {
        const TraversalStep *step = &traversal->steps[i];
        if (!step->is_index) {
            strbuf_add_format(&buf, ".%.*s", STR_ARG(step->name));
        } else if (step->key.type == &TYPE_STRING) {
            strbuf_add_format(&buf, "[%.*s]", STR_ARG(str_quote(value_text(step->key), arena)));
        } else {
            strbuf_add_format(&buf, "[%.*s]", STR_ARG(value_number_text(step->key, arena)));
        }
    }
    return strbuf_str(&buf);
}

static bool eval_traversal(Evaluation *evaluation, const Traversal *traversal, Value *out);

static void eval_show_traversal(Traversal *traversal, void *payload) {
    Showing *showing = payload;
    Evaluation *evaluation = showing->evaluation;
    Str name = traversal_to_str(traversal, evaluation->arena);
    vec_each(&showing->shown, shown) {
        if (str_equal(*shown, name))
            return;
    }
    Diags silent = diags_new(evaluation->arena);
    Evaluation quiet = *evaluation;
    quiet.diags = &silent;
    Value value;
    if (!eval_traversal(&quiet, traversal, &value))
        return;
    vec_push(evaluation->arena, &showing->shown, name);
    diags_add_value(evaluation->diags, showing->diag, name,
                    eval_statement(value, evaluation->arena));
}

static void add_error(
    Evaluation *evaluation, SourceRange range, const Expr *expr, const char *summary, Str detail) {
    Diag *diag = diags_error(evaluation->diags, range, summary, "%.*s", STR_ARG(detail));
    Showing showing = {.evaluation = evaluation, .diag = diag};
    expr_each_traversal(expr, eval_show_traversal, &showing);
}

void eval_error(
    Evaluation *evaluation, const Expr *expr, const char *summary, const char *detail_format, ...) {
    va_list args;
    va_start(args, detail_format);
    Str detail = str_vformat(evaluation->arena, detail_format, args);
    va_end(args);
    add_error(evaluation, expr->range, expr, summary, detail);
}

void eval_error_at(Evaluation *evaluation,
                   SourceRange range,
                   const Expr *expr,
                   const char *summary,
                   const char *detail_format,
                   ...) {
    va_list args;
    va_start(args, detail_format);
    Str detail = str_vformat(evaluation->arena, detail_format, args);
    va_end(args);
    add_error(evaluation, range, expr, summary, detail);
}

bool eval_spend(Evaluation *evaluation, const Expr *expr, int64_t elements, int64_t bytes) {
    if (scope_spend(evaluation->scope, elements, bytes))
        return true;
    diags_error(
        evaluation->diags, expr->range, "Expression too expensive",
        "The result of this expression would take too many elements or too much text. Evaluation "
        "is bounded so that a slip, such as range(1e9), cannot exhaust the machine.");
    return false;
}

Str eval_convert_message(const ConvertError *error, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    for (size_t i = 0; i < error->path.count; i++) {
        const PathStep *step = &error->path.steps[i];
        if (!step->is_index) {
            strbuf_add_format(&buf, "attribute \"%.*s\": ", STR_ARG(step->name));
        } else if (step->key.type == &TYPE_STRING) {
            strbuf_add_format(&buf,
                              "element %.*s: ", STR_ARG(str_quote(value_text(step->key), arena)));
        } else if (step->key.type == &TYPE_NUMBER) {
            strbuf_add_format(&buf, "element %.*s: ", STR_ARG(value_number_text(step->key, arena)));
        }
    }
    strbuf_add(&buf, error->message);
    return strbuf_str(&buf);
}

static const EvalLoop *eval_find_loop(const Evaluation *evaluation, Str name, bool *is_key) {
    for (const EvalLoop *loop = evaluation->loops; loop; loop = loop->outer) {
        *is_key = false;
        if (str_equal(loop->value_name, name))
            return loop;
        *is_key = true;
        if (loop->key_name.len && str_equal(loop->key_name, name))
            return loop;
    }
    return NULL;
}

static bool eval_traversal(Evaluation *evaluation, const Traversal *traversal, Value *out) {
    Value value;
    size_t used = 0;
    bool is_key = false;
    const EvalLoop *loop =
        evaluation->loops ? eval_find_loop(evaluation, traversal->root, &is_key) : NULL;
    if (loop) {
        value = is_key ? loop->key : loop->value;
    } else if (!evaluation->scope->lookup) {
        diags_error(evaluation->diags, traversal->range, "Variables not allowed",
                    "Variables may not be used here: the value must be a constant.");
        return false;
    } else if (!evaluation->scope->lookup(evaluation->scope, traversal, &value, &used,
                                          evaluation->arena, evaluation->diags)) {
        return false;
    }
    if (used == traversal->step_count) {
        *out = value;
        return true;
    }
    return eval_steps(value, traversal, used, out, evaluation->arena, evaluation->diags);
}

static bool eval_tuple(Evaluation *evaluation, const Expr *expr, Value *out) {
    size_t count = expr->as.parts.count;
    if (!eval_spend(evaluation, expr, (int64_t)count, 0))
        return false;
    Value *items = arena_new_array(evaluation->arena, Value, count);
    bool is_good = true;
    for (size_t i = 0; i < count; i++)
        is_good = eval_node(evaluation, expr->as.parts.items[i], &items[i]) && is_good;
    if (is_good)
        *out = value_tuple(items, count, evaluation->arena);
    return is_good;
}

static bool eval_object_key(Evaluation *evaluation, const ExprItem *item, Value *out) {
    const Expr *expr = item->key;
    Value key;
    ConvertError error;
    /* No matter for the parser: where a mapping is read and not evaluated, such keys are fine. */
    if (expr->kind == EXPR_TRAVERSAL && expr->as.traversal->step_count) {
        eval_error(evaluation, expr, "Ambiguous attribute key",
                   "To use the value of this reference as the key, put it in parentheses. For a "
                   "literal name that holds a dot, put it in quotes.");
        return false;
    }
    if (!eval_node(evaluation, expr, &key))
        return false;
    /* true, false and null as bare keys are names: the parser has seen to that. */
    if (value_is_null(key)) {
        eval_error(evaluation, item->value, "Null value as key", "The key is null.");
        return false;
    }
    if (convert_value(key, &TYPE_STRING, out, &error, evaluation->arena))
        return true;
    eval_error(evaluation, expr, "Incorrect key type", "A key must be a string: %.*s.",
               STR_ARG(eval_convert_message(&error, evaluation->arena)));
    return false;
}

typedef struct ObjectItems {
    Str *names;
    Value *items;
    size_t count;
    Map places; /* name → index + 1; only for many attributes */
    uint8_t marks;
    bool is_known;
} ObjectItems;

static size_t object_items_find(const ObjectItems *object, Str name) {
    if (object->places.arena)
        return (size_t)(uintptr_t)map_find(&object->places, name);
    for (size_t i = 0; i < object->count; i++)
        if (str_equal(object->names[i], name))
            return i + 1;
    return 0;
}

/* A later attribute of the same name wins. */
static void object_items_add(ObjectItems *object, Str name, Value value) {
    size_t place = object_items_find(object, name);
    if (place) {
        object->items[place - 1] = value;
        return;
    }
    object->names[object->count] = name;
    object->items[object->count++] = value;
    if (object->places.arena)
        map_set(&object->places, name, (void *)(uintptr_t)object->count);
}

static bool eval_object_item(Evaluation *evaluation, const ExprItem *item, ObjectItems *object) {
    Value key;
    Value value;
    bool has_key = eval_object_key(evaluation, item, &key);
    if (!eval_node(evaluation, item->value, &value) || !has_key)
        return false;
    object->marks |= key.marks;
    if (!value_is_known(key)) {
        object->is_known = false;
    } else {
        object_items_add(object, value_text(key), value);
    }
    return true;
}

static bool eval_object(Evaluation *evaluation, const Expr *expr, Value *out) {
    size_t count = expr->as.object.count;
    if (!eval_spend(evaluation, expr, (int64_t)count, 0))
        return false;
    Arena *arena = evaluation->arena;
    ObjectItems object = {.is_known = true};
    object.names = arena_new_array(arena, Str, count);
    object.items = arena_new_array(arena, Value, count);
    if (count > 16)
        object.places = map_new(arena);
    bool is_good = true;
    for (size_t i = 0; i < count; i++)
        is_good = eval_object_item(evaluation, &expr->as.object.items[i], &object) && is_good;
    if (!is_good)
        return false;
    Value value = object.is_known ? value_object(object.names, object.items, object.count, arena)
                                  : value_unknown(&TYPE_DYNAMIC);
    *out = value_with_marks(value, object.marks);
    return true;
}

static bool eval_attribute_node(Evaluation *evaluation, const Expr *expr, Value *out) {
    Value object;
    return eval_node(evaluation, expr->as.attribute.object, &object) &&
           eval_attribute(object, expr->as.attribute.name, expr->as.attribute.name_range, out,
                          evaluation->arena, evaluation->diags);
}

static bool eval_index_node(Evaluation *evaluation, const Expr *expr, Value *out) {
    Value object;
    Value key;
    bool has_object = eval_node(evaluation, expr->as.index.object, &object);
    return eval_node(evaluation, expr->as.index.key, &key) && has_object &&
           eval_index(object, key, expr->as.index.brackets, out, evaluation->arena,
                      evaluation->diags);
}

bool eval_node(Evaluation *evaluation, const Expr *expr, Value *out) {
    Budget *budget = evaluation->scope->budget;
    if (--budget->steps < 0)
        return eval_spend(evaluation, expr, INT64_MAX / 2, 0);
    switch (expr->kind) {
    case EXPR_LITERAL: *out = expr->as.literal; return true;
    case EXPR_TEMPLATE: return eval_template(evaluation, expr, out);
    case EXPR_TRAVERSAL: return eval_traversal(evaluation, expr->as.traversal, out);
    case EXPR_ATTRIBUTE: return eval_attribute_node(evaluation, expr, out);
    case EXPR_INDEX: return eval_index_node(evaluation, expr, out);
    case EXPR_SPLAT: return eval_splat(evaluation, expr, out);
    case EXPR_SPLAT_ITEM: *out = *evaluation->splat_item; return true;
    case EXPR_CALL: return eval_call(evaluation, expr, out);
    case EXPR_UNARY: return eval_unary(evaluation, expr, out);
    case EXPR_BINARY: return eval_binary(evaluation, expr, out);
    case EXPR_CONDITIONAL: return eval_conditional(evaluation, expr, out);
    case EXPR_FOR: return eval_for(evaluation, expr, out);
    case EXPR_TUPLE: return eval_tuple(evaluation, expr, out);
    case EXPR_OBJECT: return eval_object(evaluation, expr, out);
    case EXPR_PARENS: return eval_node(evaluation, expr->as.inner, out);
    case EXPR_TEMPLATE_IF: return eval_template_if(evaluation, expr, out);
    case EXPR_TEMPLATE_FOR: return eval_template_for(evaluation, expr, out);
    case EXPR_UNREADABLE: diags_append(evaluation->diags, expr->as.mistakes); return false;
    }
    CHECK(false);
}

void eval_show_values(const Expr *expr, const Scope *scope, Arena *arena, Diags *diags) {
    Budget budget = BUDGET_DEFAULT;
    Scope own = *scope;
    if (!own.budget)
        own.budget = &budget;
    Evaluation evaluation = {.scope = &own, .arena = arena, .diags = diags};
    Showing showing = {.evaluation = &evaluation, .diag = &diags->items[diags->count - 1]};
    if (diags->count > 0)
        expr_each_traversal(expr, eval_show_traversal, &showing);
}

bool eval_expr(const Expr *expr, const Scope *scope, Value *out, Arena *arena, Diags *diags) {
    Budget budget = BUDGET_DEFAULT;
    Scope own = *scope;
    if (!own.budget)
        own.budget = &budget;
    Evaluation evaluation = {.scope = &own, .arena = arena, .diags = diags};
    return eval_node(&evaluation, expr, out);
}

bool eval_expr_as(const Expr *expr,
                  const Scope *scope,
                  const Type *type,
                  Value *out,
                  Arena *arena,
                  Diags *diags) {
    Value value;
    ConvertError error;
    if (!eval_expr(expr, scope, &value, arena, diags))
        return false;
    if (convert_value(value, type, out, &error, arena))
        return true;
    Budget budget = BUDGET_DEFAULT;
    Scope own = *scope;
    if (!own.budget)
        own.budget = &budget;
    Evaluation evaluation = {.scope = &own, .arena = arena, .diags = diags};
    Str message = eval_convert_message(&error, arena);
    eval_error(&evaluation, expr, "Incorrect value type", "Invalid value: %.*s.", STR_ARG(message));
    return false;
}
