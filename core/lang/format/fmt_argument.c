/* fmt_argument: rewrites "${x}" to x, and quoted types of old Terraform versions to names. */
#include "fmt_argument.h"

static void add_tokens(const FmtToken *tokens, size_t count, FmtTokens *out, Arena *arena) {
    for (size_t i = 0; i < count; i++)
        vec_push(arena, out, tokens[i]);
}

static void add_token(TokenKind kind, Str text, FmtTokens *out, Arena *arena) {
    vec_push(arena, out, (FmtToken){.kind = kind, .text = text});
}

/* Returns true if the quoted text is exactly one interpolation. */
static bool is_bare_interpolation(const FmtToken *tokens, size_t count) {
    if (count < 5 || tokens[0].kind != TOKEN_QUOTE_OPEN || tokens[1].kind != TOKEN_INTERPOLATION ||
        tokens[count - 2].kind != TOKEN_SEQUENCE_CLOSE ||
        tokens[count - 1].kind != TOKEN_QUOTE_CLOSE)
        return false;
    int quotes = 0;
    for (size_t i = 2; i < count - 2; i++) {
        TokenKind kind = tokens[i].kind;
        if (kind == TOKEN_QUOTE_OPEN)
            quotes++;
        else if (kind == TOKEN_QUOTE_CLOSE)
            quotes--;
        else if (quotes == 0 && (kind == TOKEN_INTERPOLATION || kind == TOKEN_SEQUENCE_CLOSE))
            return false;
    }
    return true;
}

/* Returns true if a comment with its newline ends the value before its last token. */
static bool is_cut_by_comment(const FmtToken *tokens, size_t count) {
    int depth = 0;
    for (size_t i = 0; i + 1 < count; i++) {
        depth += fmt_space_depth_change(tokens[i].kind);
        bool ends_line =
            tokens[i].kind == TOKEN_COMMENT && str_ends_with(tokens[i].text, STR("\n"));
        if (ends_line && depth == 0)
            return true;
    }
    return false;
}

static bool holds_newline(const FmtToken *tokens, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (tokens[i].kind == TOKEN_NEWLINE)
            return true;
    }
    return false;
}

void fmt_argument_value(const FmtToken *tokens, size_t count, FmtTokens *out, Arena *arena) {
    if (!is_bare_interpolation(tokens, count)) {
        add_tokens(tokens, count, out, arena);
        return;
    }
    size_t start = 2;
    size_t end = count - 2;
    while (start < end && tokens[start].kind == TOKEN_NEWLINE)
        start++;
    while (end > start && tokens[end - 1].kind == TOKEN_NEWLINE)
        end--;
    /* A value may continue after a newline only inside brackets, so it gets parentheses. */
    bool has_parens =
        tokens[start].kind == TOKEN_PAREN_OPEN && tokens[end - 1].kind == TOKEN_PAREN_CLOSE;
    bool needs_parens = !has_parens && holds_newline(tokens + start, end - start);
    if (!needs_parens && is_cut_by_comment(tokens + start, end - start)) {
        add_tokens(tokens, count, out, arena);
        return;
    }
    if (needs_parens)
        add_token(TOKEN_PAREN_OPEN, STR("("), out, arena);
    add_tokens(tokens + start, end - start, out, arena);
    if (needs_parens)
        add_token(TOKEN_PAREN_CLOSE, STR(")"), out, arena);
}

typedef struct OldType {
    Str name;
    bool is_quoted;
    Str element; /* element type; empty: none */
} OldType;

static const OldType old_types[] = {
    {STR_CONST("list"),   false, STR_CONST("any")   },
    {STR_CONST("map"),    false, STR_CONST("any")   },
    {STR_CONST("set"),    false, STR_CONST("any")   },
    {STR_CONST("string"), true,  STR_CONST("")      },
    {STR_CONST("list"),   true,  STR_CONST("string")},
    {STR_CONST("map"),    true,  STR_CONST("string")},
};

void fmt_argument_type(const FmtToken *tokens, size_t count, FmtTokens *out, Arena *arena) {
    bool is_quoted = count == 3 && tokens[0].kind == TOKEN_QUOTE_OPEN &&
                     tokens[1].kind == TOKEN_TEXT && tokens[2].kind == TOKEN_QUOTE_CLOSE;
    bool is_name = count == 1 && tokens[0].kind == TOKEN_IDENTIFIER;
    Str name = is_quoted ? tokens[1].text : tokens[0].text;
    for (size_t i = 0; (is_quoted || is_name) && i < ARRAY_COUNT(old_types); i++) {
        const OldType *old = &old_types[i];
        if (old->is_quoted != is_quoted || !str_equal(old->name, name))
            continue;
        add_token(TOKEN_IDENTIFIER, name, out, arena);
        if (!old->element.len)
            return;
        add_token(TOKEN_PAREN_OPEN, STR("("), out, arena);
        add_token(TOKEN_IDENTIFIER, old->element, out, arena);
        add_token(TOKEN_PAREN_CLOSE, STR(")"), out, arena);
        return;
    }
    add_tokens(tokens, count, out, arena);
}
