/* eval: evaluates names, literals and constructors, and dispatches all other nodes to the eval_*
 * files. */
#include "eval.h"

#include "evaluation.h"
#include "refinement.h"
#include "str_quote.h"
#include "utf8.h"

/* Maximum bytes of a value in an error, of a function's or conversion's message, and of all details
 * of an error. */
enum { SHOWN_MAX = 240, MESSAGE_MAX = 480, DETAIL_MAX = 2000 };

/* The property of a value that caused an error. Sensitive, ephemeral and unknown values are shown
 * only in errors with that cause; elsewhere they would seem to be the cause. */
typedef enum EvalCause {
    CAUSE_OTHER,
    CAUSE_SENSITIVE,
    CAUSE_EPHEMERAL,
    CAUSE_UNKNOWN,
} EvalCause;

typedef struct Showing {
    Evaluation *evaluation;
    Diag *diag;
    EvalCause cause;
} Showing;

/* Evaluates object[*].each. A value that is not a sequence counts as a sequence of one element,
 * null as an empty one. */

static bool splat_each(Evaluation *evaluation, const Expr *expr, Value item, Value *out) {
    Evaluation inner = *evaluation;
    inner.splat_item = &item;
    return eval_node(&inner, expr->as.splat.each, out);
}

/* Computes the result for a source of which only the type is known. */
static bool splat_unknown(Evaluation *evaluation, const Expr *expr, Value source, Value *out) {
    const Type *type = source.type;
    Arena *arena = evaluation->arena;
    size_t count = type->kind == KIND_TUPLE ? type->count : 1;
    const Type **types = arena_new_array(arena, const Type *, count);
    for (size_t i = 0; i < count; i++) {
        const Type *element = type->kind == KIND_TUPLE ? type_at(type, i) : type->element;
        Value item;
        if (!splat_each(evaluation, expr, value_unknown(element), &item))
            return false;
        types[i] = item.type;
    }
    const Type *result =
        type->kind == KIND_TUPLE ? type_tuple(types, count, arena) : type_list(types[0], arena);
    Refinement refinement = refinement_any();
    if (type_is_collection(type))
        refinement = refinement_of(source, arena);
    refinement.not_null = true;
    *out = refinement_to_value(result, refinement, arena);
    return true;
}

static bool is_one_type(const Value *items, size_t count) {
    for (size_t i = 1; i < count; i++)
        if (!type_equal(items[i].type, items[0].type))
            return false;
    return true;
}

static bool splat_known(Evaluation *evaluation, const Expr *expr, Value source, Value *out) {
    bool is_tuple = source.type->kind == KIND_TUPLE;
    size_t count = eval_element_count(source);
    Arena *arena = evaluation->arena;
    if (!eval_spend(evaluation, expr, (int64_t)count, 0))
        return false;
    if (count == 0 && !is_tuple) {
        Value unknown;
        if (!splat_unknown(evaluation, expr, source, &unknown))
            return false;
        *out = value_list(unknown.type->element, NULL, 0, arena);
        return true;
    }
    Value *items = arena_new_array(arena, Value, count);
    bool is_good = true;
    size_t limit = evaluation->diags->error_count + EVAL_ERRORS_MAX;
    size_t before = evaluation->diags->count;
    for (size_t i = 0; i < count && eval_goes_on(evaluation, limit); i++)
        is_good = splat_each(evaluation, expr, value_at(source, i), &items[i]) && is_good;
    eval_mark_each(evaluation, before);
    if (!is_good || !eval_spend(evaluation, expr, 0, 0))
        return false;
    if (!is_tuple && !is_one_type(items, count))
        return eval_error(
            evaluation, expr, "Inconsistent splat results",
            "The results for the elements of the list have different types. Use a 'for' "
            "expression instead, whose result is a tuple.");
    if (is_tuple) {
        *out = value_tuple(items, count, arena);
    } else {
        *out = value_list(items[0].type, items, count, arena);
    }
    return true;
}

/* As in Terraform, both the tuple and its element carry the marks. */
static bool splat_single(Evaluation *evaluation, const Expr *expr, Value source, Value *out) {
    bool is_settled = value_is_known(source) || refinement_is_never_null(source);
    Value result = value_unknown(&TYPE_DYNAMIC);
    Value *item = arena_new(evaluation->arena, Value);
    if (value_is_null(source)) {
        result = value_tuple(NULL, 0, evaluation->arena);
    } else if (!splat_each(evaluation, expr, source, item)) {
        return false;
    } else if (is_settled) {
        result = value_tuple(item, 1, evaluation->arena);
    }
    *out = value_with_marks(result, source.marks);
    return true;
}

static bool eval_splat(Evaluation *evaluation, const Expr *expr, Value *out) {
    Value source;
    Value result;
    if (!eval_node(evaluation, expr->as.splat.object, &source))
        return false;
    bool is_open = source.type->kind == KIND_DYNAMIC && !value_is_null(source);
    if (is_open) {
        *out = value_with_marks(value_unknown(&TYPE_DYNAMIC), source.marks);
        return true;
    }
    if (!type_is_sequence(source.type))
        return splat_single(evaluation, expr, source, out);
    if (value_is_null(source))
        return eval_error(evaluation, expr->as.splat.object, "Splat of null value",
                          "The list before the * is null, so it has no elements.");
    Value bare = value_without_marks(source);
    bool is_good = value_is_known(bare) ? splat_known(evaluation, expr, bare, &result)
                                        : splat_unknown(evaluation, expr, bare, &result);
    if (is_good)
        *out = value_with_marks(result, source.marks);
    return is_good;
}

static EvalCause cause_of(Value value) {
    uint8_t marks = value_marks_deep(value);
    if (marks & MARK_SENSITIVE)
        return CAUSE_SENSITIVE;
    if (marks & MARK_EPHEMERAL)
        return CAUSE_EPHEMERAL;
    return value_is_wholly_known(value) ? CAUSE_OTHER : CAUSE_UNKNOWN;
}

static Str unknown_statement(const Type *type, bool is_cause, Arena *arena) {
    if (type->kind == KIND_DYNAMIC)
        return is_cause ? STR("will be known only after apply") : STR_EMPTY;
    return str_format(arena, "is a %.*s%s", STR_ARG(type_friendly_name(type, arena)),
                      is_cause ? ", known only after apply" : "");
}

/* Returns the text about a value for an error; empty if the value should not be mentioned. */
static Str eval_statement(Value v, EvalCause cause, Arena *arena) {
    uint8_t marks = value_marks_deep(v);
    if (marks & MARK_SENSITIVE)
        return cause == CAUSE_SENSITIVE ? STR("has a sensitive value") : STR_EMPTY;
    if (marks & MARK_EPHEMERAL)
        return cause == CAUSE_EPHEMERAL ? STR("has an ephemeral value") : STR_EMPTY;
    if (!value_is_known(v))
        return unknown_statement(v.type, cause == CAUSE_UNKNOWN, arena);
    if (value_is_null(v))
        return STR("is null");
    if (type_is_primitive(v.type))
        return str_format(arena, "is %.*s", STR_ARG(value_display(v, SHOWN_MAX, arena)));
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

static bool eval_root(Evaluation *evaluation, const Traversal *traversal, Value *out, size_t *used);

/* Inserts by name, each name once. */
static void insert_value(Evaluation *evaluation, Diag *diag, Str name, Str statement) {
    size_t at = 0;
    while (at < diag->values.count && str_compare(diag->values.items[at].traversal, name) < 0)
        at++;
    if (at < diag->values.count && str_equal(diag->values.items[at].traversal, name))
        return;
    diags_add_value(evaluation->diags, diag, name, statement);
    DiagValue added = vec_last(&diag->values);
    for (size_t i = diag->values.count - 1; i > at; i--)
        diag->values.items[i] = diag->values.items[i - 1];
    diag->values.items[at] = added;
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

/* Shows the longest part of the traversal that has a value. */
static void show_part(const Showing *showing, const Traversal *traversal, Value root, size_t used) {
    Arena *arena = showing->evaluation->arena;
    Diags silent = diags_new(arena);
    Traversal part = *traversal;
    Value value;
    while (!eval_steps(root, &part, used, &value, arena, &silent))
        part.step_count--;
    Str statement = eval_statement(value, showing->cause, arena);
    bool is_key;
    bool is_loop = part.step_count == 0 && eval_find_loop(showing->evaluation, part.root, &is_key);
    if (statement.len > 0 && !is_loop)
        insert_value(showing->evaluation, showing->diag, traversal_to_str(&part, arena), statement);
}

static void eval_show_traversal(Traversal *traversal, void *payload) {
    const Showing *showing = payload;
    Diags silent = diags_new(showing->evaluation->arena);
    Evaluation quiet = *showing->evaluation;
    quiet.diags = &silent;
    Value root;
    size_t used;
    if (eval_root(&quiet, traversal, &root, &used))
        show_part(showing, traversal, root, used);
}

static void eval_add_error(Evaluation *evaluation, SourceRange range, const Expr *expr,
                           const char *summary, Str detail) {
    detail = utf8_shorten(detail, DETAIL_MAX, evaluation->arena);
    Diag *diag = diags_error(evaluation->diags, range, summary, "%.*s", STR_ARG(detail));
    Showing showing = {.evaluation = evaluation, .diag = diag};
    expr_each_traversal(expr, eval_show_traversal, &showing);
}

bool eval_error(Evaluation *evaluation, const Expr *expr, const char *summary,
                const char *detail_format, ...) {
    va_list args;
    va_start(args, detail_format);
    Str detail = str_vformat(evaluation->arena, detail_format, args);
    va_end(args);
    eval_add_error(evaluation, expr->range, expr, summary, detail);
    return false;
}

bool eval_error_at(Evaluation *evaluation, SourceRange range, const Expr *expr, const char *summary,
                   const char *detail_format, ...) {
    va_list args;
    va_start(args, detail_format);
    Str detail = str_vformat(evaluation->arena, detail_format, args);
    va_end(args);
    eval_add_error(evaluation, range, expr, summary, detail);
    return false;
}

void eval_mark_each(Evaluation *evaluation, size_t from) {
    for (size_t i = from; i < evaluation->diags->count; i++)
        evaluation->diags->items[i].is_of_element = true;
}

/* Returns true if the budget is exceeded; every later charge then fails too. */
static bool is_budget_spent(const Scope *scope) {
    const Budget *budget = scope ? scope->budget : NULL;
    return budget && (budget->steps < 0 || budget->elements < 0 || budget->bytes < 0);
}

/* An evaluation polls the cancel token each time after so many steps. Shorter ones never do, so
 * that an interrupted apply can still evaluate its outputs. */
enum { STEPS_PER_POLL = 1 << 16 };

static bool is_interrupted(const Evaluation *evaluation, const Expr *expr) {
    if (evaluation->scope->budget->steps % STEPS_PER_POLL != 0 ||
        cancel_level(evaluation->scope->cancel) == CANCEL_NONE)
        return false;
    diags_error(evaluation->diags, expr->range, "Interrupted",
                "The evaluation of this expression was interrupted. Run the command again.");
    return true;
}

bool eval_goes_on(const Evaluation *evaluation, size_t limit) {
    const Diags *diags = evaluation->diags;
    bool is_interrupted =
        diags_has_errors(diags) && cancel_level(evaluation->scope->cancel) != CANCEL_NONE;
    return diags->error_count < limit && !is_interrupted && !is_budget_spent(evaluation->scope);
}

bool eval_spend(Evaluation *evaluation, const Expr *expr, int64_t elements, int64_t bytes) {
    if (scope_spend(evaluation->scope, elements, bytes))
        return true;
    return diags_fail(
        evaluation->diags, expr->range, "Expression too expensive",
        "The result of this expression would have too many elements or too much text. This "
        "limit prevents a mistake, such as range(1e9), from exhausting the memory.");
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
    return eval_shorten(strbuf_str(&buf), arena);
}

Str eval_shorten(Str message, Arena *arena) {
    return utf8_shorten(message, MESSAGE_MAX, arena);
}

/* Gets the value of a name and the number of steps that belong to the name. */
static bool eval_root(Evaluation *evaluation, const Traversal *traversal, Value *out,
                      size_t *used) {
    bool is_key = false;
    const EvalLoop *loop =
        evaluation->loops ? eval_find_loop(evaluation, traversal->root, &is_key) : NULL;
    *used = 0;
    if (loop) {
        *out = is_key ? loop->key : loop->value;
        return true;
    }
    if (!evaluation->scope->lookup)
        return diags_fail(evaluation->diags, traversal->range, "Variables not allowed",
                          "Variables may not be used here: the value must be a constant.");
    return evaluation->scope->lookup(evaluation->scope, traversal, out, used, evaluation->arena,
                                     evaluation->diags);
}

/* An error about a step shows the value before the step. */
static bool eval_traversal(Evaluation *evaluation, const Traversal *traversal, Value *out) {
    Diags *diags = evaluation->diags;
    Value root;
    size_t used;
    if (!eval_root(evaluation, traversal, &root, &used))
        return false;
    if (eval_steps(root, traversal, used, out, evaluation->arena, diags))
        return true;
    Showing showing = {.evaluation = evaluation, .diag = &diags->items[diags->count - 1]};
    if (diags->count > 0)
        show_part(&showing, traversal, root, used);
    return false;
}

static bool eval_tuple(Evaluation *evaluation, const Expr *expr, Value *out) {
    size_t count = expr->as.parts.count;
    if (!eval_spend(evaluation, expr, (int64_t)count, 0))
        return false;
    Value *items = arena_new_array(evaluation->arena, Value, count);
    bool is_good = true;
    for (size_t i = 0; i < count && (is_good || eval_goes_on(evaluation, SIZE_MAX)); i++)
        is_good = eval_node(evaluation, expr->as.parts.items[i], &items[i]) && is_good;
    if (is_good)
        *out = value_tuple(items, count, evaluation->arena);
    return is_good;
}

static bool eval_object_key(Evaluation *evaluation, const ExprItem *item, Value *out) {
    const Expr *expr = item->key;
    Value key;
    ConvertError error;
    /* Evaluation rejects this key, not the parser: mappings that are read without evaluation may
     * have such keys. */
    if (expr->kind == EXPR_TRAVERSAL && expr->as.traversal->step_count)
        return eval_error(
            evaluation, expr, "Ambiguous attribute key",
            "To use the value of this reference as the key, write it in parentheses. For a "
            "literal name that contains a dot, write it in quotes.");
    if (!eval_node(evaluation, expr, &key))
        return false;
    /* Bare true, false and null never get here: the parser reads them as names. */
    if (value_is_null(key))
        return eval_error(evaluation, item->value, "Null value as key", "The key is null.");
    if (convert_value(key, &TYPE_STRING, out, &error, evaluation->arena))
        return true;
    return eval_error(evaluation, expr, "Incorrect key type", "A key must be a string: %.*s.",
                      STR_ARG(eval_convert_message(&error, evaluation->arena)));
}

typedef struct ObjectItems {
    Str *names;
    Value *items;
    size_t count;
    Map places; /* name → index + 1; used only for many attributes */
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

/* If a name occurs twice, the later attribute wins. */
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
    for (size_t i = 0; i < count && (is_good || eval_goes_on(evaluation, SIZE_MAX)); i++)
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

/* Adds the values to the latest error. */
static void show_values(Evaluation *evaluation, const Expr *expr, EvalCause cause) {
    Diags *diags = evaluation->diags;
    if (diags->count == 0)
        return;
    Showing showing = {evaluation, &diags->items[diags->count - 1], cause};
    expr_each_traversal(expr, eval_show_traversal, &showing);
}

static bool eval_index_node(Evaluation *evaluation, const Expr *expr, Value *out) {
    Value object;
    Value key;
    bool has_object = eval_node(evaluation, expr->as.index.object, &object);
    if (!eval_node(evaluation, expr->as.index.key, &key) || !has_object)
        return false;
    if (eval_index(object, key, expr->as.index.brackets, out, evaluation->arena, evaluation->diags))
        return true;
    show_values(evaluation, expr, CAUSE_OTHER);
    return false;
}

bool eval_node(Evaluation *evaluation, const Expr *expr, Value *out) {
    Budget *budget = evaluation->scope->budget;
    if (--budget->steps < 0)
        return eval_spend(evaluation, expr, INT64_MAX / 2, 0);
    if (is_interrupted(evaluation, expr))
        return false;
    switch (expr->kind) {
    case EXPR_LITERAL: *out = expr->as.literal; return true;
    case EXPR_TEMPLATE:
    case EXPR_TEMPLATE_IF:
    case EXPR_TEMPLATE_FOR: return eval_template(evaluation, expr, out);
    case EXPR_TRAVERSAL: return eval_traversal(evaluation, expr->as.traversal, out);
    case EXPR_ATTRIBUTE: return eval_attribute_node(evaluation, expr, out);
    case EXPR_INDEX: return eval_index_node(evaluation, expr, out);
    case EXPR_SPLAT: return eval_splat(evaluation, expr, out);
    case EXPR_SPLAT_ITEM: *out = *evaluation->splat_item; return true;
    case EXPR_CALL: return eval_call(evaluation, expr, out);
    case EXPR_UNARY:
    case EXPR_BINARY:
    case EXPR_CONDITIONAL: return eval_operator(evaluation, expr, out);
    case EXPR_FOR: return eval_for(evaluation, expr, out);
    case EXPR_TUPLE: return eval_tuple(evaluation, expr, out);
    case EXPR_OBJECT: return eval_object(evaluation, expr, out);
    case EXPR_PARENS: return eval_node(evaluation, expr->as.inner, out);
    case EXPR_UNREADABLE: diags_append(evaluation->diags, expr->as.mistakes); return false;
    }
    CHECK(false);
}

void eval_show_values(const Expr *expr, const Scope *scope, const Value *cause, Arena *arena,
                      Diags *diags) {
    Budget budget = BUDGET_DEFAULT;
    Scope own = *scope;
    if (!own.budget)
        own.budget = &budget;
    Evaluation evaluation = {.scope = &own, .arena = arena, .diags = diags};
    show_values(&evaluation, expr, cause ? cause_of(*cause) : CAUSE_OTHER);
}

/* Rejects a result that exceeds the default budget, because callers copy and write it whole. */
static bool eval_check_result(Evaluation *evaluation, const Expr *expr, Value result) {
    Budget whole = BUDGET_DEFAULT;
    return result.type->kind < KIND_LIST || result.state != VALUE_KNOWN ||
           value_fits(result, &whole.elements, &whole.bytes) ||
           eval_spend(evaluation, expr, INT64_MAX / 2, 0);
}

bool eval_expr(const Expr *expr, const Scope *scope, Value *out, Arena *arena, Diags *diags) {
    Budget budget = BUDGET_DEFAULT;
    Scope own = *scope;
    if (!own.budget)
        own.budget = &budget;
    Evaluation evaluation = {.scope = &own, .arena = arena, .diags = diags};
    return eval_node(&evaluation, expr, out) && eval_check_result(&evaluation, expr, *out);
}

bool eval_expr_as(const Expr *expr, const Scope *scope, const Type *type, Value *out, Arena *arena,
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
    return eval_error(&evaluation, expr, "Incorrect value type", "Invalid value: %.*s.",
                      STR_ARG(message));
}

/* Constants: every name and call is reported, not only the first one. */

static void eval_report_name(Traversal *traversal, void *payload) {
    diags_error(payload, traversal->range, "Variables not allowed",
                "This value must be a constant without references. A text requires double quotes.");
}

static void eval_report_call(const Expr *call, void *payload) {
    diags_error(payload, call->range, "Function calls not allowed",
                "This value must be a constant without function calls.");
}

bool eval_constant(const Expr *expr, Value *out, Arena *arena, Diags *diags) {
    Scope nothing = {0};
    size_t before = diags->error_count;
    if (expr_as_literal(expr, out, arena))
        return true;
    expr_each_use(expr, eval_report_name, eval_report_call, diags);
    return diags->error_count == before && eval_expr(expr, &nothing, out, arena, diags);
}
