/* lexer: splits the bytes of native syntax into tokens, on demand.
 *
 * Text of templates is TOKEN_TEXT between the opening and closing tokens. In quotes each run is one
 * token; in heredocs and bare templates each line with its newline is one. Newlines are tokens (a
 * `#` or `//` comment ends with one). Blanks and inline comments are skipped. If the lexer keeps
 * comments, each is a TOKEN_COMMENT; one that ends its line includes the newline. Invalid bytes are
 * TOKEN_BAD: the lexer never fails. A heredoc ends with a line that holds only its marker and ends
 * with a newline. */
#pragma once

#include "source_text.h"
#include "vec.h"

typedef enum TokenKind {
    TOKEN_END,
    TOKEN_BAD,
    TOKEN_NEWLINE,
    TOKEN_IDENTIFIER,
    TOKEN_NUMBER,
    TOKEN_QUOTE_OPEN,
    TOKEN_QUOTE_CLOSE,
    TOKEN_HEREDOC_OPEN,  /* <<EOT and its newline */
    TOKEN_HEREDOC_CLOSE, /* the line with the marker, without newline */
    TOKEN_TEXT,
    TOKEN_QUOTED_NEWLINE, /* an invalid newline within quotes; the text continues */
    TOKEN_INTERPOLATION,  /* ${ or ${~ */
    TOKEN_DIRECTIVE,      /* %{ or %{~ */
    TOKEN_SEQUENCE_CLOSE, /* } or ~} at the end of a sequence */
    TOKEN_BRACE_OPEN,
    TOKEN_BRACE_CLOSE,
    TOKEN_BRACKET_OPEN,
    TOKEN_BRACKET_CLOSE,
    TOKEN_PAREN_OPEN,
    TOKEN_PAREN_CLOSE,
    TOKEN_COMMA,
    TOKEN_DOT,
    TOKEN_ELLIPSIS,
    TOKEN_COLON,
    TOKEN_DOUBLE_COLON,
    TOKEN_QUESTION,
    TOKEN_ASSIGN,
    TOKEN_FAT_ARROW,
    TOKEN_STAR,
    TOKEN_SLASH,
    TOKEN_PERCENT,
    TOKEN_PLUS,
    TOKEN_MINUS,
    TOKEN_BANG,
    TOKEN_EQUAL,
    TOKEN_NOT_EQUAL,
    TOKEN_LESS,
    TOKEN_LESS_EQUAL,
    TOKEN_GREATER,
    TOKEN_GREATER_EQUAL,
    TOKEN_AND,
    TOKEN_OR,
    TOKEN_COMMENT, /* only from a lexer that keeps comments */
} TokenKind;

typedef struct Token {
    TokenKind kind;
    uint32_t start;
    uint32_t end;
    bool is_trimming; /* of sequences: has the ~; of TOKEN_HEREDOC_OPEN: <<- */
} Token;

typedef enum LexerModeKind {
    LEXER_NORMAL,
    LEXER_SEQUENCE, /* normal syntax within ${ } */
    LEXER_QUOTED,
    LEXER_HEREDOC,
    LEXER_BARE,
} LexerModeKind;

typedef struct LexerMode {
    LexerModeKind kind;
    uint32_t braces; /* of a sequence: number of open braces */
    Str marker;      /* of a heredoc */
} LexerMode;

typedef struct Lexer {
    const SourceText *source;
    Arena *arena;
    uint32_t at;
    bool keeps_comments;  /* the caller sets it */
    bool is_comment_open; /* an inline comment without an end was found; do not search again */
    VEC(LexerMode) modes;
} Lexer;

/* Starts at byte `start`. `kind` is LEXER_NORMAL, or LEXER_BARE if the source is a template. */
Lexer lexer_new(const SourceText *source, uint32_t start, LexerModeKind kind, Arena *arena);
Token lexer_next(Lexer *lexer);
/* Returns true if the text is one identifier. */
bool lexer_is_identifier(Str text);
/* Returns "a comma" or "the end of the text", for messages. */
const char *lexer_token_name(TokenKind kind);
