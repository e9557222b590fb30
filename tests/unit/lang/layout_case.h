/* layout_case: texts and how they are laid out. */
#pragma once

#include "lang_case.h"
#include "layout_space.h"

typedef struct LayoutCase {
    const char *text;
    const char *laid_out;
} LayoutCase;

/* The tokens of a text, comments included, the blanks between them forgotten. */
static inline LayoutTokens layout_tokens(const char *text) {
    const Source *source = text_source(text);
    Lexer lexer = lexer_new(source, 0, LEXER_NORMAL, arena);
    lexer.keeps_comments = true;
    LayoutTokens tokens = {0};
    for (;;) {
        Token token = lexer_next(&lexer);
        if (token.kind == TOKEN_END)
            return tokens;
        Str part = str_slice(source->bytes, token.start, token.end);
        vec_push(arena, &tokens, (LayoutToken){.kind = token.kind, .text = part});
    }
}

/* The texts of the tokens with one blank between them. */
static inline Str layout_joined(const LayoutTokens *tokens) {
    StrBuf buf = strbuf_new(arena);
    vec_each(tokens, token) {
        if (buf.len)
            strbuf_add_char(&buf, ' ');
        strbuf_add(&buf, token->text);
    }
    return strbuf_str(&buf);
}
