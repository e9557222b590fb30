/* fmt: formats native syntax. Repeats the pass until the text stays the same, because text
 * rewritten in one pass is formatted in the next. */
#include "fmt.h"

#include "fmt_body.h"
#include "fmt_line.h"
#include "parser.h"

#define PASSES_MAX 8

static bool fmt_run_pass(const SourceText *source, FmtRewrite rewrite, Str *out, Arena *arena,
                         Diags *diags) {
    FmtTokens tokens = {0};
    if (!fmt_body_read(source, rewrite, &tokens, arena, diags))
        return false;
    fmt_line_arrange(&tokens, 0, arena);
    *out = fmt_line_text(&tokens, arena);
    return true;
}

/* Returns false if the result of a pass cannot be parsed. */
static bool fmt_until_stable(const SourceText *source, FmtRewrite rewrite, Str *text,
                             Arena *arena) {
    for (int pass = 0; pass < PASSES_MAX; pass++) {
        Diags diags = diags_new(arena);
        Str again;
        if (!fmt_run_pass(source_text_new(source->path, *text, arena), rewrite, &again, arena,
                          &diags))
            return false;
        if (str_equal(again, *text))
            return true;
        *text = again;
    }
    return true;
}

bool fmt_file(const SourceText *source, Str *out, Arena *arena, Diags *diags) {
    Str text;
    if (!parser_check_text(source, diags))
        return false;
    if (!fmt_run_pass(source, FMT_REWRITE_ALL, &text, arena, diags))
        return false;
    if (!fmt_until_stable(source, FMT_REWRITE_ALL, &text, arena)) {
        /* A comment at the end of a line can make a rewritten argument invalid; then only labels
         * are rewritten. */
        text = source->bytes;
        if (!fmt_until_stable(source, FMT_REWRITE_LABELS, &text, arena))
            text = source->bytes;
    }
    *out = text;
    return true;
}

bool fmt_stream(const SourceText *source, Str *out, Arena *arena, Diags *diags) {
    Str bytes = source->bytes;
    if (!str_ends_with(bytes, STR("\n")))
        bytes = str_concat(bytes, STR("\n"), arena);
    return fmt_file(source_text_new(source->path, bytes, arena), out, arena, diags);
}

/* Returns the text before `start` on its line as a token with the line's indentation. */
static FmtToken line_before(const SourceText *source, uint32_t start) {
    uint32_t line = start;
    while (line > 0 && source->bytes.ptr[line - 1] != '\n')
        line--;
    uint32_t text = line;
    while (text < start && source->bytes.ptr[text] == ' ')
        text++;
    return (FmtToken){
        .kind = TOKEN_TEXT, .spaces = text - line, .text = str_slice(source->bytes, text, start)};
}

static bool fmt_read_sequence(const SourceText *source, uint32_t start, uint32_t *end,
                              FmtTokens *out, Arena *arena) {
    Lexer lexer = lexer_new(source, start, LEXER_BARE, arena);
    lexer.keeps_comments = true;
    do {
        Token token = lexer_next(&lexer);
        bool is_whole =
            token.kind != TOKEN_END && token.kind != TOKEN_BAD && token.kind != TOKEN_HEREDOC_OPEN;
        if (!is_whole || lexer.modes.count > EXPR_DEPTH_MAX)
            return false;
        vec_push(arena, out,
                 (FmtToken){.kind = token.kind,
                            .text = str_slice(source->bytes, token.start, token.end)});
        *end = token.end;
    } while (lexer.modes.count > 1);
    return out->items[1].kind == TOKEN_INTERPOLATION || out->items[1].kind == TOKEN_DIRECTIVE;
}

bool fmt_sequence(const SourceText *source, uint32_t start, uint32_t *end, Str *out, Arena *arena) {
    FmtTokens tokens = {0};
    FmtToken before = line_before(source, start);
    vec_push(arena, &tokens, before);
    if (!fmt_read_sequence(source, start, end, &tokens, arena))
        return false;
    fmt_line_arrange(&tokens, before.spaces, arena);
    FmtTokens sequence = {.items = tokens.items + 1, .count = tokens.count - 1};
    *out = fmt_line_text(&sequence, arena);
    return true;
}

static bool fmt_is_same_token(const Lexer *a, Token x, const Lexer *b, Token y) {
    return x.kind == y.kind && str_equal(str_slice(a->source->bytes, x.start, x.end),
                                         str_slice(b->source->bytes, y.start, y.end));
}

bool fmt_is_same(Str a, Str b, Arena *arena) {
    Lexer left = lexer_new(source_text_new(STR_EMPTY, a, arena), 0, LEXER_BARE, arena);
    Lexer right = lexer_new(source_text_new(STR_EMPTY, b, arena), 0, LEXER_BARE, arena);
    left.keeps_comments = right.keeps_comments = true;
    for (;;) {
        Token x = lexer_next(&left);
        Token y = lexer_next(&right);
        if (!fmt_is_same_token(&left, x, &right, y))
            return false;
        if (x.kind == TOKEN_END)
            return true;
    }
}
