/* Reads references to provider configurations from expressions. */
#include "config_provider_ref.h"

#include "config_legacy.h"
#include "config_read.h"
#include "lexer.h"
#include "utf8.h"

bool config_provider_ref_is_name_part(Str name, bool *has_capital) {
    bool is_normal = name.len > 0 && name.ptr[0] != '-' && name.ptr[name.len - 1] != '-';
    size_t width;
    *has_capital = false;
    for (size_t at = 0; at < name.len; at += width) {
        uint32_t codepoint = utf8_decode(name, at, &width);
        *has_capital |= codepoint >= 'A' && codepoint <= 'Z';
        is_normal &= codepoint != '_' && (utf8_is_id_continue(codepoint) || codepoint == '-');
    }
    return is_normal;
}

bool config_provider_ref_check_name(Str name, SourceRange range, Diags *diags) {
    bool has_capital;
    if (config_provider_ref_is_name_part(name, &has_capital) && !has_capital)
        return true;
    return diags_fail(
        diags, range, "Invalid provider local name",
        "\"%.*s\" is not a valid provider name. Use lower-case letters, digits and dashes; "
        "the name must not begin or end with a dash.",
        STR_ARG(name));
}

/* Returns the keyword that native syntax reads as a literal: a provider may be called null. */
static Str keyword_text(const Expr *expr) {
    const SourceText *source = expr->range.source;
    bool is_native = source && (source->outer || (!str_ends_with(source->path, STR(".json")) &&
                                                  !str_ends_with(source->path, STR(".yaml"))));
    bool is_quoted = expr->kind == EXPR_LITERAL && expr->as.literal.type == &TYPE_STRING;
    return expr->kind == EXPR_LITERAL && is_native && !is_quoted ? source_range_text(expr->range)
                                                                 : STR_EMPTY;
}

/* Reads null and null.east, which native syntax parses as literals. Returns false for any other
 * expression. */
static bool read_keyword_name(const Expr *expr, ProviderRef *out) {
    bool has_alias = expr->kind == EXPR_ATTRIBUTE;
    Str name = keyword_text(has_alias ? expr->as.attribute.object : expr);
    if (!lexer_is_identifier(name))
        return false;
    out->name = name;
    out->alias = has_alias ? expr->as.attribute.name : STR_EMPTY;
    return true;
}

/* Splits libvirt.east[each.key] into libvirt.east and the key. */
static const Expr *split_key(const Expr *expr, const Expr **key, Arena *arena) {
    const Traversal *traversal = config_read_traversal(expr);
    *key = NULL;
    if (expr->kind == EXPR_INDEX) {
        *key = expr->as.index.key;
        return expr->as.index.object;
    }
    if (!traversal || traversal->step_count != 2 || !traversal->steps[1].is_index)
        return expr;
    Traversal *shorter = arena_new(arena, Traversal);
    Expr *rest = expr_new(EXPR_TRAVERSAL, expr->range, arena);
    *shorter = *traversal;
    shorter->step_count = 1;
    rest->as.traversal = shorter;
    *key = expr_literal(traversal->steps[1].key, traversal->steps[1].range, arena);
    return rest;
}

/* The range of the provider name, without the alias. */
static SourceRange name_range(const Traversal *traversal, const Expr *expr) {
    return traversal ? traversal->root_range : expr->range;
}

bool config_provider_ref_read(const Expr *expr, ProviderRef *out, Arena *arena, Diags *diags) {
    ProviderRef ref = {.range = expr->range};
    expr = split_key(expr, &ref.key, arena);
    const Traversal *traversal = config_read_traversal(expr);
    Value literal;
    Str text = STR_EMPTY;
    if (traversal && traversal->step_count == 0) {
        ref.name = traversal->root;
    } else if (traversal && traversal->step_count == 1 && !traversal->steps[0].is_index) {
        ref.name = traversal->root;
        ref.alias = traversal->steps[0].name;
    } else if (!traversal && read_keyword_name(expr, &ref)) {
        /* complete */
    } else if (!traversal && expr_as_literal(expr, &literal, arena) && value_is_present(literal) &&
               literal.type == &TYPE_STRING) {
        text = value_text(literal);
        size_t dot = str_find_char(text, '.', 0);
        ref.name = str_slice(text, 0, dot);
        ref.alias = dot == SIZE_MAX ? STR_EMPTY : str_after(text, dot + 1);
    }
    if (lexer_is_identifier(ref.name) && (!ref.alias.len || lexer_is_identifier(ref.alias))) {
        *out = ref;
        return config_provider_ref_check_name(ref.name, name_range(traversal, expr), diags);
    }
    bool is_key = traversal && traversal->step_count == 1 && traversal->steps[0].is_index;
    SourceRange range = is_key ? traversal->steps[0].range : expr->range;
    return diags_fail(diags, range, "Invalid provider reference",
                      "A reference to a provider configuration is the provider's name, optionally "
                      "followed by a dot and the alias: \"libvirt\" or \"libvirt.east\".");
}

static bool ref_read_provider(const ExprItem *item, Map *out, Arena *arena, Diags *diags) {
    ProviderRef child;
    ProviderRef *given = arena_new(arena, ProviderRef);
    const Expr *value = item->value;
    const Expr *name = item->key;
    if (!config_legacy_unquote(&value, "reference", arena, diags))
        return false;
    bool is_quoted = value != item->value; /* in JSON, keys are always quoted and not deprecated */
    if (is_quoted && !config_legacy_unquote(&name, "reference", arena, diags))
        return false;
    if (!config_provider_ref_read(name, &child, arena, diags) ||
        !config_provider_ref_read(value, given, arena, diags))
        return false;
    Str key = config_provider_key(child.name, child.alias, arena);
    given->passed_range = child.range;
    if (!map_has(out, key)) {
        map_set(out, key, given);
        return true;
    }
    return diags_fail(
        diags, given->range, "Duplicate provider address",
        "The called module already gets a configuration for \"%.*s\". Set each one only once.",
        STR_ARG(key));
}

bool config_provider_ref_read_all(const Expr *expr, Map *out, Arena *arena, Diags *diags) {
    bool ok = true;
    *out = map_new(arena);
    if (expr->kind != EXPR_OBJECT)
        return diags_fail(
            diags, expr->range, "Invalid providers argument",
            "\"providers\" must be a map from provider configurations of the called module "
            "to those of the caller.");
    for (size_t i = 0; i < expr->as.object.count; i++)
        ok &= ref_read_provider(&expr->as.object.items[i], out, arena, diags);
    return ok;
}
