/* fmt_case: texts and their formatted form. */
#pragma once

#include "fmt_line.h"
#include "lang_case.h"

typedef struct FmtCase {
    const char *text;
    const char *laid_out;
} FmtCase;

/* The tokens of a text with comments, without the blanks between them. */
static inline FmtTokens fmt_tokens(const char *text) {
    const SourceText *source = text_source(text);
    Lexer lexer = lexer_new(source, 0, LEXER_NORMAL, arena);
    lexer.keeps_comments = true;
    FmtTokens tokens = {0};
    for (;;) {
        Token token = lexer_next(&lexer);
        if (token.kind == TOKEN_END)
            return tokens;
        Str part = str_slice(source->bytes, token.start, token.end);
        vec_push(arena, &tokens, (FmtToken){.kind = token.kind, .text = part});
    }
}

/* The texts of the tokens with one blank between them. */
static inline Str fmt_joined(const FmtTokens *tokens) {
    StrBuf buf = strbuf_new(arena);
    vec_each(tokens, token) {
        if (buf.len)
            strbuf_add_char(&buf, ' ');
        strbuf_add(&buf, token->text);
    }
    return strbuf_str(&buf);
}
