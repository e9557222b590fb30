/* Checks and searches tuple and object expressions. */
#include "decode_check.h"

static bool literal_key(const Expr *key, Str *out) {
    key = expr_unwrap(key);
    if (key->kind != EXPR_LITERAL || !value_is_present(key->as.literal) ||
        key->as.literal.type != &TYPE_STRING)
        return false;
    *out = value_text(key->as.literal);
    return true;
}

static bool decode_check_items(const Expr *expr, const Type *type, const ForeignNames *foreign,
                               Diags *diags) {
    bool ok = true;
    for (size_t i = 0; i < expr->as.parts.count; i++) {
        const Type *element = type->kind == KIND_LIST || type->kind == KIND_SET ? type->element
                              : type->kind == KIND_TUPLE && i < type->count     ? type_at(type, i)
                                                                                : NULL;
        ok &= !element || decode_check_shape(expr->as.parts.items[i], element, foreign, diags);
    }
    return ok;
}

static bool decode_check_report_name(const Expr *key, Str name, const Type *type,
                                     const ForeignNames *foreign, Diags *diags) {
    Str hint = foreign_names_suggest(foreign, name, type->names, type->count, diags->arena);
    return diags_fail(diags, key->range, "Unsupported attribute",
                      "There is no attribute named \"%.*s\" here.%.*s", STR_ARG(name),
                      STR_ARG(hint));
}

static bool check_member(const ExprItem *item, const Type *type, const ForeignNames *foreign,
                         Diags *diags) {
    Str name;
    size_t index;
    if (type->kind == KIND_MAP)
        return decode_check_shape(item->value, type->element, foreign, diags);
    if (type->kind != KIND_OBJECT || !literal_key(item->key, &name))
        return true;
    if (!type_find_attribute(type, name, &index))
        return decode_check_report_name(item->key, name, type, foreign, diags);
    return decode_check_shape(item->value, type_at(type, index), foreign, diags);
}

static bool has_member(const Expr *expr, Str wanted, bool *is_certain) {
    for (size_t i = 0; i < expr->as.object.count; i++) {
        Str name;
        if (!literal_key(expr->as.object.items[i].key, &name))
            *is_certain = false;
        else if (str_equal(name, wanted))
            return true;
    }
    return false;
}

static bool check_missing(const Expr *expr, const Type *type, Diags *diags) {
    bool ok = true;
    for (size_t i = 0; type->kind == KIND_OBJECT && i < type->count; i++) {
        bool is_certain = true;
        bool is_optional = type->optional && type->optional[i];
        if (is_optional || has_member(expr, type->names[i], &is_certain) || !is_certain)
            continue;
        ok =
            diags_fail(diags, expr->range, "Missing required attribute",
                       "The attribute \"%.*s\" is required, but not set.", STR_ARG(type->names[i]));
    }
    return ok;
}

static bool check_loop(const Expr *expr, const Type *type, const ForeignNames *foreign,
                       Diags *diags) {
    bool is_collection = expr->as.loop.key ? type->kind == KIND_MAP
                                           : type->kind == KIND_LIST || type->kind == KIND_SET;
    return !is_collection || expr->as.loop.groups ||
           decode_check_shape(expr->as.loop.value, type->element, foreign, diags);
}

bool decode_check_shape(const Expr *expr, const Type *type, const ForeignNames *foreign,
                        Diags *diags) {
    bool ok = true;
    expr = expr_unwrap(expr);
    if (expr->kind == EXPR_TUPLE)
        return decode_check_items(expr, type, foreign, diags);
    if (expr->kind == EXPR_FOR)
        return check_loop(expr, type, foreign, diags);
    if (expr->kind == EXPR_CONDITIONAL) {
        ok = decode_check_shape(expr->as.conditional.if_true, type, foreign, diags);
        return decode_check_shape(expr->as.conditional.if_false, type, foreign, diags) && ok;
    }
    if (expr->kind != EXPR_OBJECT)
        return true;
    for (size_t i = 0; i < expr->as.object.count; i++)
        ok &= check_member(&expr->as.object.items[i], type, foreign, diags);
    return ok && check_missing(expr, type, diags);
}

static const Expr *decode_check_find_item(const Expr *expr, const PathStep *step) {
    int64_t index;
    if (expr->kind == EXPR_TUPLE && step->is_index && step->key.type == &TYPE_NUMBER &&
        value_to_int(step->key, &index) && index >= 0 && (size_t)index < expr->as.parts.count)
        return expr->as.parts.items[index];
    bool is_text = !step->is_index || step->key.type == &TYPE_STRING;
    if (expr->kind != EXPR_OBJECT || !is_text)
        return NULL;
    Str wanted = step->is_index ? value_text(step->key) : step->name;
    for (size_t i = 0; i < expr->as.object.count; i++) {
        Str name;
        if (literal_key(expr->as.object.items[i].key, &name) && str_equal(name, wanted))
            return expr->as.object.items[i].value;
    }
    return NULL;
}

const Expr *decode_check_part(const Expr *expr, Path path, size_t from) {
    for (size_t i = from; i < path.count; i++) {
        const Expr *part = decode_check_find_item(expr_unwrap(expr), &path.steps[i]);
        if (!part)
            return expr;
        expr = part;
    }
    return expr;
}
