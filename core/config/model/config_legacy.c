/* config_legacy: habits from before the language had bare references. */
#include "config_legacy.h"

bool config_legacy_is_quoted(const Expr *expr) {
    const Source *source = expr->range.source;
    return source && !source->outer && expr->kind == EXPR_LITERAL &&
           expr->as.literal.type == &TYPE_STRING &&
           str_starts_with(source_text(expr->range), STR("\""));
}

static uint32_t behind_quote(const Source *source, uint32_t offset) {
    return source->outer_start + 1 + offset;
}

/* The text between the quotes, as source that knows where it stands. */
static const Source *inner_source(const Expr *expr, Arena *arena) {
    Source *source = arena_new(arena, Source);
    source->path = expr->range.source->path;
    source->bytes = str_clone(value_text(expr->as.literal), arena);
    source->outer = expr->range.source;
    source->outer_start = expr->range.start;
    source->outer_end = expr->range.end;
    source->to_outer = behind_quote;
    return source;
}

static const Expr *unquote(const Expr *expr, const char *what, Arena *arena, Diags *diags) {
    Traversal *traversal;
    Diags ignored = diags_new(arena);
    if (!config_legacy_is_quoted(expr) ||
        !parser_parse_traversal(inner_source(expr, arena), &traversal, arena, &ignored))
        return expr;
    Expr *bare = arena_new(arena, Expr);
    bare->kind = EXPR_TRAVERSAL;
    bare->range = traversal->range;
    bare->as.traversal = traversal;
    Str text = source_text(traversal->range);
    Str summary = str_format(arena, "Quoted %ss are deprecated", what);
    diags_warning(diags, expr->range, str_to_cstr(summary, arena),
                  "A %s stands here without quotes: write %.*s.", what, STR_ARG(text))
        ->is_deprecation = true;
    return bare;
}

const Expr *config_legacy_reference(const Expr *expr, Arena *arena, Diags *diags) {
    return unquote(expr, "reference", arena, diags);
}

const Expr *config_legacy_keyword(const Expr *expr, Arena *arena, Diags *diags) {
    return unquote(expr, "keyword", arena, diags);
}

bool config_legacy_type(const Expr *expr, TypeConstraint *out, Arena *arena) {
    const Traversal *name = expr_as_traversal(expr);
    if (!name || name->step_count)
        return false;
    bool is_list = str_equal_cstr(name->root, "list");
    if (!is_list && !str_equal_cstr(name->root, "map"))
        return false;
    *out = (TypeConstraint){.type = is_list ? type_list(&TYPE_DYNAMIC, arena)
                                            : type_map(&TYPE_DYNAMIC, arena)};
    return true;
}
