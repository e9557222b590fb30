/* Converts the quoted references of Terraform 0.11 into traversals, with deprecation warnings. */
#include "config_legacy.h"

#include "lexer.h"

bool config_legacy_is_quoted(const Expr *expr) {
    const SourceText *source = expr->range.source;
    return source && !source->outer && expr->kind == EXPR_LITERAL &&
           expr->as.literal.type == &TYPE_STRING &&
           str_starts_with(source_range_text(expr->range), STR("\""));
}

static uint32_t behind_quote(const SourceText *source, uint32_t offset) {
    return source->outer_start + 1 + offset;
}

/* Returns the text between the quotes as a source whose ranges map to the file. */
static const SourceText *inner_source(const Expr *expr, Arena *arena) {
    SourceText *source = arena_new(arena, SourceText);
    source->path = expr->range.source->path;
    source->bytes = str_clone(value_text(expr->as.literal), arena);
    source->outer = expr->range.source;
    source->outer_start = expr->range.start;
    source->outer_end = expr->range.end;
    source->to_outer = behind_quote;
    return source;
}

/* The first invalid token of a quoted reference. */
typedef struct QuotedFault {
    const char *detail; /* NULL: none */
    Token token;
    bool has_name; /* the quoted text begins with an identifier */
} QuotedFault;

static QuotedFault fault_at(Token token, const char *detail) {
    return (QuotedFault){detail, token, true};
}

static QuotedFault legacy_read_index(Lexer *lexer) {
    Token token = lexer_next(lexer);
    Token first = token;
    bool is_key = token.kind == TOKEN_NUMBER;
    if (token.kind == TOKEN_QUOTE_OPEN) {
        token = lexer_next(lexer);
        if (token.kind == TOKEN_TEXT)
            token = lexer_next(lexer);
        is_key = token.kind == TOKEN_QUOTE_CLOSE;
    }
    if (!is_key)
        return fault_at(first, "An index must be a literal number or a literal string.");
    token = lexer_next(lexer);
    return fault_at(token, token.kind == TOKEN_BRACKET_CLOSE
                               ? NULL
                               : "An index must be followed by a closing bracket.");
}

static QuotedFault legacy_read_step(Lexer *lexer, Token token) {
    if (token.kind == TOKEN_BRACKET_OPEN)
        return legacy_read_index(lexer);
    if (token.kind != TOKEN_DOT)
        return fault_at(token, "An attribute after a dot, or an index, is required here.");
    token = lexer_next(lexer);
    return fault_at(token, token.kind == TOKEN_IDENTIFIER
                               ? NULL
                               : "A dot must be followed by the name of an attribute.");
}

/* Checks for a name followed by attributes and literal indexes. */
static QuotedFault legacy_find_fault(const SourceText *source, Arena *arena) {
    Lexer lexer = lexer_new(source, 0, LEXER_NORMAL, arena);
    Token token = lexer_next(&lexer);
    if (token.kind != TOKEN_IDENTIFIER)
        return (QuotedFault){"A reference must begin with a name.", token, false};
    QuotedFault fault = {0};
    for (token = lexer_next(&lexer); token.kind != TOKEN_END && !fault.detail;
         token = lexer_next(&lexer))
        fault = legacy_read_step(&lexer, token);
    return fault;
}

static void warn_of_quotes(const Expr *expr, const char *what, const char *text, Diags *diags) {
    Str summary = str_format(diags->arena, "Quoted %ss are deprecated", what);
    diags_warning(diags, expr->range, str_to_cstr(summary, diags->arena),
                  "Write the %s without quotes%s.", what, text)
        ->is_deprecation = true;
}

static void report_fault(const Expr *expr, const SourceText *source, const QuotedFault *fault,
                         Diags *diags) {
    SourceRange range = {source, fault->token.start, fault->token.end};
    diags_error(diags, range, "Invalid reference", "%s", fault->detail);
    if (!fault->has_name)
        diags_error(diags, expr->range, "Invalid expression", "A reference is required here.");
}

bool config_legacy_unquote(const Expr **expr, const char *what, Arena *arena, Diags *diags) {
    if (!config_legacy_is_quoted(*expr))
        return true;
    Traversal *traversal;
    Diags ignored = diags_new(arena);
    const SourceText *source = inner_source(*expr, arena);
    QuotedFault fault = legacy_find_fault(source, arena);
    if (fault.detail) {
        report_fault(*expr, source, &fault, diags);
        warn_of_quotes(*expr, what, "", diags);
        return false;
    }
    if (!parser_parse_traversal(source, &traversal, arena, &ignored))
        return true;
    Expr *bare = expr_new(EXPR_TRAVERSAL, traversal->range, arena);
    bare->as.traversal = traversal;
    Str text = str_format(arena, ": %.*s", STR_ARG(source_range_text(traversal->range)));
    warn_of_quotes(*expr, what, str_to_cstr(text, arena), diags);
    *expr = bare;
    return true;
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
