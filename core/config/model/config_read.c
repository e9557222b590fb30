/* Reads literals, references and conditions from bodies. */
#include "config_read.h"

#include "config_legacy.h"
#include "eval.h"
#include "lexer.h"

bool config_read_identifier(Str name, SourceRange range, const char *what, Diags *diags) {
    if (lexer_is_identifier(name))
        return true;
    Str summary = str_format(diags->arena, "Invalid %s", what);
    return diags_fail(
        diags, range, str_to_cstr(summary, diags->arena),
        "\"%.*s\" is not a valid name. A name must begin with a letter or an underscore "
        "and may contain letters, digits, underscores and dashes.",
        STR_ARG(name));
}

const Expr *config_read_expr(const BodyContent *content, const char *name) {
    const BodyAttribute *attribute = body_content_find(content, name);
    return attribute ? attribute->expr : NULL;
}

const Expr *config_read_optional(const BodyContent *content, const char *name) {
    const Expr *expr = config_read_expr(content, name);
    return expr && !expr_is_null(expr) ? expr : NULL;
}

const Expr *config_read_for_each(const BodyBlock *block, const BodyContent *content) {
    const BodyAttribute *count = body_content_find(content, "count");
    const BodyAttribute *for_each = body_content_find(content, "for_each");
    bool is_overridden = block->override_range.source && count && for_each &&
                         count->name_range.source != for_each->name_range.source;
    return for_each && !is_overridden ? for_each->expr : NULL;
}

Str config_read_place(SourceRange range, Arena *arena) {
    SourceRange outer = source_range_resolve(range);
    if (!outer.source)
        return STR("an unknown location");
    return str_format(arena, "%.*s, line %u", STR_ARG(outer.source->path),
                      source_text_position(outer.source, outer.start).line);
}

Str config_read_convert_error(const ConvertError *error, Arena *arena) {
    if (!error->path.count)
        return error->message;
    Str path = path_to_str(error->path, arena);
    return str_format(arena, "%.*s: %.*s", STR_ARG(path), STR_ARG(error->message));
}

/* The range of the value for an error; in a native string it starts after the quote, like a
 * template. */
static SourceRange value_start(const BodyAttribute *attribute) {
    const Expr *expr = attribute->expr;
    SourceRange range = expr->range;
    if (expr->kind == EXPR_TEMPLATE && expr->as.parts.count > 1)
        return expr->as.parts.items[0]->range;
    if (attribute->is_native && config_legacy_is_quoted(expr) && range.end - range.start > 2)
        range.start++;
    return range;
}

static bool report_literal(const BodyAttribute *attribute, Str why, Diags *diags) {
    return diags_fail(diags, value_start(attribute), "Unsuitable value type",
                      "The value of \"%.*s\" is unsuitable: %.*s.", STR_ARG(attribute->name),
                      STR_ARG(why));
}

bool config_read_literal(const BodyAttribute *attribute, const Type *type, Value *out, Arena *arena,
                         Diags *diags) {
    Value literal;
    ConvertError error = {0};
    if (!eval_constant(attribute->expr, &literal, arena, diags) || !value_is_known(literal))
        return type != &TYPE_DYNAMIC &&
               report_literal(attribute, STR("it must be known before evaluation"), diags);
    if (convert_value(literal, type, out, &error, arena))
        return true;
    return report_literal(attribute, config_read_convert_error(&error, arena), diags);
}

/* Like config_read_literal, but null is an error. */
static bool config_read_present(const BodyAttribute *attribute, const Type *type, Value *out,
                                Arena *arena, Diags *diags) {
    if (!config_read_literal(attribute, type, out, arena, diags))
        return false;
    if (!value_is_null(*out))
        return true;
    return diags_fail(diags, attribute->expr->range, "Unsuitable value type",
                      "\"%.*s\" must not be null. Remove it instead.", STR_ARG(attribute->name));
}

bool config_read_text(const BodyAttribute *attribute, Str *out, Arena *arena, Diags *diags) {
    Value value;
    bool ok = config_read_present(attribute, &TYPE_STRING, &value, arena, diags);
    if (ok)
        *out = value_text(value);
    return ok;
}

bool config_read_flag(const BodyAttribute *attribute, bool *out, Arena *arena, Diags *diags) {
    Value value;
    bool ok = config_read_present(attribute, &TYPE_BOOL, &value, arena, diags);
    if (ok)
        *out = value_is_true(value);
    return ok;
}

Traversal *config_read_traversal(const Expr *expr) {
    while (expr->kind == EXPR_PARENS)
        expr = expr->as.inner;
    return expr->kind == EXPR_TRAVERSAL ? expr->as.traversal : NULL;
}

static bool report_reference(const Expr *expr, Str name, Diags *diags) {
    return diags_fail(
        diags, expr->range, "Invalid expression",
        "\"%.*s\" must contain only references, such as libvirt_network.main, without "
        "operators or function calls.",
        STR_ARG(name));
}

bool config_read_traversals(const BodyAttribute *attribute, Traversals *out, Arena *arena,
                            Diags *diags) {
    const Expr *list = attribute->expr;
    bool ok = true;
    if (list->kind != EXPR_TUPLE)
        return diags_fail(diags, expr_start(list), "Invalid expression",
                          "\"%.*s\" must be a list of references in brackets [ ].",
                          STR_ARG(attribute->name));
    for (size_t i = 0; i < list->as.parts.count; i++) {
        const Expr *item = list->as.parts.items[i];
        if (!config_legacy_unquote(&item, "reference", arena, diags)) {
            ok = false;
            continue;
        }
        Traversal *traversal = config_read_traversal(item);
        if (traversal)
            vec_push(arena, out, traversal);
        else
            ok = report_reference(item, attribute->name, diags);
    }
    return ok;
}

bool config_read_keyword(const Expr *expr, const char *name, const char *const words[2],
                         bool *is_other, Diags *diags) {
    const Traversal *word = expr ? config_read_traversal(expr) : NULL;
    Str root = word && !word->step_count ? word->root : STR_EMPTY;
    if (!expr)
        return true;
    *is_other = str_equal_cstr(root, words[1]);
    if (*is_other || str_equal_cstr(root, words[0]))
        return true;
    Str summary = str_format(diags->arena, "Invalid \"%s\" keyword", name);
    return diags_fail(diags, expr->range, str_to_cstr(summary, diags->arena),
                      "\"%s\" must be one of the keywords %s and %s, without quotes.", name,
                      words[0], words[1]);
}

bool config_read_report_second(const BodyBlock *block, SourceRange first, Diags *diags) {
    bool is_escaping = str_equal_cstr(block->type, "_");
    Str summary = str_format(diags->arena, "Duplicate %.*s block",
                             STR_ARG(is_escaping ? STR("escaping") : block->type));
    return diags_fail(diags, block->range, str_to_cstr(summary, diags->arena),
                      "Only one \"%.*s\" block is allowed here; the first is at %.*s.",
                      STR_ARG(block->type), STR_ARG(config_read_place(first, diags->arena)));
}

bool config_read_only_block(const BodyContent *content, const char *type, const BodyBlock **out) {
    bool ok = true;
    *out = NULL;
    vec_each(&content->blocks, block) {
        if (!str_equal_cstr(block->type, type))
            continue;
        if (*out)
            ok = config_read_report_second(block, (*out)->range, content->diags);
        else
            *out = block;
    }
    return ok;
}

static bool read_condition(const BodyBlock *block, Condition *out, Arena *arena, Diags *diags) {
    static const BodyAttributeSchema attributes[] = {
        {"condition", true, BODY_EXPRESSION},
        {"error_message", true, BODY_EXPRESSION},
    };
    static const BodySchema schema = {BODY_ATTRIBUTES(attributes)};
    BodyContent content;
    bool ok = body_content(block->body, &schema, &content, NULL, arena, diags);
    out->condition = config_read_expr(&content, "condition");
    out->error_message = config_read_expr(&content, "error_message");
    out->range = block->range;
    bool has_reference = out->condition && expr_has_traversal(out->condition);
    out->is_sound = ok && has_reference;
    if (!out->condition || has_reference)
        return ok;
    return diags_fail(diags, out->condition->range, "Invalid condition",
                      "The condition of a \"%.*s\" block must refer to at least one object of the "
                      "configuration; this condition always has the same result.",
                      STR_ARG(block->type));
}

bool config_read_conditions(const BodyContent *content, const char *type, Conditions *out) {
    bool ok = true;
    vec_each(&content->blocks, block) {
        Condition condition = {0};
        if (!str_equal_cstr(block->type, type))
            continue;
        ok &= read_condition(block, &condition, content->arena, content->diags);
        if (condition.condition && condition.error_message)
            vec_push(content->arena, out, condition);
    }
    return ok;
}

static bool is_instance_key(const Expr *key) {
    const Traversal *traversal = config_read_traversal(key);
    if (key->kind == EXPR_LITERAL)
        return true;
    if (!traversal || traversal->step_count != 1)
        return false;
    return (str_equal_cstr(traversal->root, "count") &&
            str_equal_cstr(traversal->steps[0].name, "index")) ||
           (str_equal_cstr(traversal->root, "each") &&
            str_equal_cstr(traversal->steps[0].name, "key"));
}

Traversal *config_read_reference_root(const Expr *expr) {
    if (expr->kind == EXPR_ATTRIBUTE)
        return config_read_reference_root(expr->as.attribute.object);
    if (expr->kind == EXPR_INDEX)
        return is_instance_key(expr->as.index.key)
                   ? config_read_reference_root(expr->as.index.object)
                   : NULL;
    return config_read_traversal(expr);
}
