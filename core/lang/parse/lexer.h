/* lexer: bytes of native syntax → tokens, on demand.
 *
 * Text of templates comes as TOKEN_TEXT between the tokens that open and close them: in quotes one
 * piece per run, in heredocs and bare templates one piece per line, newline included. Newlines are
 * tokens of their own (a `#` or `//` comment ends in one); blanks and inline comments are skipped,
 * unless the lexer is told to keep comments: then each is a TOKEN_COMMENT, one that ends its line
 * with the newline. What is no token is TOKEN_BAD: the lexer itself never fails. A
 * heredoc ends with a line that holds its marker alone, and that has a newline. */
#pragma once

#include "source.h"
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
    TOKEN_HEREDOC_CLOSE, /* the line with the marker, without its newline */
    TOKEN_TEXT,
    TOKEN_QUOTED_NEWLINE, /* within quotes, where none may be; the text goes on */
    TOKEN_INTERPOLATION,  /* ${ or ${~ */
    TOKEN_DIRECTIVE,      /* %{ or %{~ */
    TOKEN_SEQUENCE_CLOSE, /* } or ~} that ends one of these */
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
    bool is_trimming; /* of sequences: it has the ~; of TOKEN_HEREDOC_OPEN: <<- */
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
    uint32_t braces; /* open ones, in a sequence */
    Str marker;      /* of a heredoc */
} LexerMode;

typedef struct Lexer {
    const Source *source;
    Arena *arena;
    uint32_t at;
    bool keeps_comments;  /* set by who wants them */
    bool is_comment_open; /* one begins that nothing ends: not looked for again */
    VEC(LexerMode) modes;
} Lexer;

/* From `start` on; `kind` is LEXER_NORMAL or LEXER_BARE (the source is a template). */
Lexer lexer_new(const Source *source, uint32_t start, LexerModeKind kind, Arena *arena);
Token lexer_next(Lexer *lexer);
/* Is the text one identifier? */
bool lexer_is_identifier(Str text);
/* "a comma", "the end of the text": what stands there, for messages. */
const char *lexer_token_name(TokenKind kind);
