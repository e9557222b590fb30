/* Any bytes as a native file and as YAML: formatting twice is the same as once. No token of native
 * text is lost: rewrites (labels, "${x}", old types) only add or remove quotes, braces,
 * parentheses. */
#include "fmt.h"
#include "fmt_yaml.h"
#include "lexer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_rewritten(TokenKind kind) {
    switch ((int)kind) {
    case TOKEN_QUOTE_OPEN:
    case TOKEN_QUOTE_CLOSE:
    case TOKEN_INTERPOLATION:
    case TOKEN_SEQUENCE_CLOSE:
    case TOKEN_PAREN_OPEN:
    case TOKEN_PAREN_CLOSE:
    case TOKEN_NEWLINE: return true;
    default: return false;
    }
}

/* The text of the next token that is never rewritten; empty at the end. */
static Str next_text(Lexer *lexer) {
    for (;;) {
        Token token = lexer_next(lexer);
        if (!is_rewritten(token.kind))
            return str_slice(lexer->source->bytes, token.start, token.end);
    }
}

/* `list` became list(any), "list" list(string). */
static bool is_type_element(Str text) {
    return str_equal(text, STR("any")) || str_equal(text, STR("string"));
}

static void check_tokens(const SourceText *before, const SourceText *after, Arena *arena) {
    Lexer left = lexer_new(before, 0, LEXER_NORMAL, arena);
    Lexer right = lexer_new(after, 0, LEXER_NORMAL, arena);
    left.keeps_comments = right.keeps_comments = true;
    for (;;) {
        Str a = next_text(&left);
        Str b = next_text(&right);
        if (!str_equal(a, b) && is_type_element(b))
            b = next_text(&right);
        CHECK(str_equal(a, b));
        if (!a.len)
            return;
    }
}

typedef bool (*Fmt)(const SourceText *source, Str *out, Arena *arena, Diags *diags);

static const SourceText *check_layout(Fmt layout, const SourceText *source, Arena *arena) {
    Diags diags = diags_new(arena);
    Str once, twice;
    if (!layout(source, &once, arena, &diags)) {
        CHECK(diags_has_errors(&diags));
        return NULL;
    }
    const SourceText *again = source_text_new(source->path, once, arena);
    CHECK(layout(again, &twice, arena, &diags));
    CHECK(str_equal(once, twice));
    return again;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    SCOPED(ArenaRef) arena = arena_open("fuzz");
    const SourceText *source = source_text_new(STR("fuzz"), (Str){(const char *)data, size}, arena);
    const SourceText *laid_out = check_layout(fmt_file, source, arena);
    if (laid_out)
        check_tokens(source, laid_out, arena);
    (void)check_layout(fmt_yaml, source, arena);
    return 0;
}
