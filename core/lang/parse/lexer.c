/* lexer: splits bytes into tokens. A stack of modes handles strings that contain expressions that
 * contain strings. */
#include "lexer.h"

#include "utf8.h"

Lexer lexer_new(const SourceText *source, uint32_t start, LexerModeKind kind, Arena *arena) {
    Lexer lexer = {.source = source, .arena = arena, .at = start};
    if (start == 0 && str_starts_with(source->bytes, STR("\xef\xbb\xbf")))
        lexer.at = 3;
    vec_push(arena, &lexer.modes, (LexerMode){.kind = kind});
    return lexer;
}

static char lexer_char(const Lexer *lexer, uint32_t offset) {
    size_t i = (size_t)lexer->at + offset;
    return i < lexer->source->bytes.len ? lexer->source->bytes.ptr[i] : '\0';
}

static bool lexer_is_done(const Lexer *lexer) {
    return lexer->at >= lexer->source->bytes.len;
}

static Token lexer_emit(Lexer *lexer, TokenKind kind, uint32_t length) {
    Token token = {.kind = kind, .start = lexer->at, .end = lexer->at + length};
    lexer->at += length;
    return token;
}

static void lexer_push(Lexer *lexer, LexerModeKind kind, Str marker) {
    vec_push(lexer->arena, &lexer->modes, (LexerMode){.kind = kind, .marker = marker});
}

/* Returns the length of the identifier at the offset; 0 if none. */
static uint32_t identifier_length(Str bytes, size_t start) {
    size_t at = start;
    while (at < bytes.len) {
        unsigned char c = (unsigned char)bytes.ptr[at];
        size_t width = 1;
        bool fits = isalpha(c) || c == '_' || (at > start && (isdigit(c) || c == '-'));
        if (c >= 0x80) {
            uint32_t codepoint = utf8_decode(bytes, at, &width);
            fits = at > start ? utf8_is_id_continue(codepoint) : utf8_is_id_start(codepoint);
        }
        if (!fits)
            break;
        at += width;
    }
    return (uint32_t)(at - start);
}

bool lexer_is_identifier(Str text) {
    return text.len > 0 && identifier_length(text, 0) == text.len;
}

/* Reads any number of digits, points and exponents up to the last digit: 1.2.3 is one token, which
 * is not a valid number. Of "1.a" it reads only "1". */
static Token lexer_number(Lexer *lexer) {
    uint32_t length = 1;
    for (uint32_t at = 1;;) {
        char c = lexer_char(lexer, at);
        char next = lexer_char(lexer, at + 1);
        bool is_exponent = c == 'e' || c == 'E';
        if (is_exponent && (next == '+' || next == '-'))
            next = lexer_char(lexer, ++at + 1);
        if (is_exponent && isdigit((unsigned char)next))
            length = (at += 2);
        else if (!is_exponent && isdigit((unsigned char)c))
            length = ++at;
        else if (c == '.')
            at++;
        else
            return lexer_emit(lexer, TOKEN_NUMBER, length);
    }
}

/* Returns the length of the inline comment at the cursor; 0 if none. */
static uint32_t lexer_inline_comment(Lexer *lexer) {
    if (lexer_char(lexer, 0) != '/' || lexer_char(lexer, 1) != '*' || lexer->is_comment_open)
        return 0;
    size_t end = str_find(lexer->source->bytes, STR("*/"), lexer->at + 2);
    lexer->is_comment_open = end == SIZE_MAX;
    return end == SIZE_MAX ? 0 : (uint32_t)(end + 2 - lexer->at);
}

/* Skips blanks and inline comments; stops at newlines, line comments and comments to keep. */
static void lexer_skip_blanks(Lexer *lexer) {
    for (;;) {
        char c = lexer_char(lexer, 0);
        uint32_t length = c == ' ' || c == '\t' ? 1 : 0;
        if (c == '/' && !lexer->keeps_comments)
            length = lexer_inline_comment(lexer);
        if (!length)
            return; /* also at a comment without an end, which the parser reports */
        lexer->at += length;
    }
}

/* A line comment that ends the text without a newline does not end a line. */
static Token lexer_line_comment(Lexer *lexer) {
    size_t end = str_find_char(lexer->source->bytes, '\n', lexer->at);
    size_t length = end == SIZE_MAX ? lexer->source->bytes.len : end + 1;
    TokenKind kind = lexer->keeps_comments ? TOKEN_COMMENT : TOKEN_NEWLINE;
    if (end != SIZE_MAX || lexer->keeps_comments)
        return lexer_emit(lexer, kind, (uint32_t)(length - lexer->at));
    lexer->at = (uint32_t)length;
    return lexer_emit(lexer, TOKEN_END, 0);
}

/* Reads `<<EOT` and its newline. Without a valid marker it is two operators. */
static Token lexer_heredoc(Lexer *lexer) {
    uint32_t length = lexer_char(lexer, 2) == '-' ? 3 : 2;
    bool is_flush = length == 3;
    uint32_t marker = identifier_length(lexer->source->bytes, lexer->at + length);
    Str name =
        str_slice(lexer->source->bytes, lexer->at + length, (size_t)lexer->at + length + marker);
    length += marker;
    if (lexer_char(lexer, length) == '\r')
        length++;
    if (!marker || lexer_char(lexer, length) != '\n')
        return lexer_emit(lexer, TOKEN_LESS, 1);
    Token token = lexer_emit(lexer, TOKEN_HEREDOC_OPEN, length + 1);
    token.is_trimming = is_flush;
    lexer_push(lexer, LEXER_HEREDOC, name);
    return token;
}

typedef struct Operator {
    char text[4];
    TokenKind kind;
} Operator;

/* Longer operators come first. */
static const Operator operators[] = {
    {"...", TOKEN_ELLIPSIS},   {"=>", TOKEN_FAT_ARROW},    {"==", TOKEN_EQUAL},
    {"!=", TOKEN_NOT_EQUAL},   {"<=", TOKEN_LESS_EQUAL},   {">=", TOKEN_GREATER_EQUAL},
    {"&&", TOKEN_AND},         {"||", TOKEN_OR},           {"::", TOKEN_DOUBLE_COLON},
    {"[", TOKEN_BRACKET_OPEN}, {"]", TOKEN_BRACKET_CLOSE}, {"(", TOKEN_PAREN_OPEN},
    {")", TOKEN_PAREN_CLOSE},  {",", TOKEN_COMMA},         {".", TOKEN_DOT},
    {":", TOKEN_COLON},        {"?", TOKEN_QUESTION},      {"=", TOKEN_ASSIGN},
    {"*", TOKEN_STAR},         {"/", TOKEN_SLASH},         {"%", TOKEN_PERCENT},
    {"+", TOKEN_PLUS},         {"-", TOKEN_MINUS},         {"!", TOKEN_BANG},
    {"<", TOKEN_LESS},         {">", TOKEN_GREATER},
};

static Token lexer_operator(Lexer *lexer) {
    Str rest = str_after(lexer->source->bytes, lexer->at);
    for (size_t i = 0; i < ARRAY_COUNT(operators); i++) {
        if (operators[i].text[0] != rest.ptr[0])
            continue;
        Str text = str_from_cstr(operators[i].text);
        if (str_starts_with(rest, text))
            return lexer_emit(lexer, operators[i].kind, (uint32_t)text.len);
    }
    size_t width = 1;
    utf8_decode(lexer->source->bytes, lexer->at, &width);
    return lexer_emit(lexer, TOKEN_BAD, (uint32_t)width);
}

/* Reads a closing brace: of the current template sequence if no brace is open in it, else of a
 * block, an object or a for expression. */
static Token lexer_close_brace(Lexer *lexer, LexerMode *mode) {
    if (mode->kind == LEXER_SEQUENCE && mode->braces == 0) {
        lexer->modes.count--;
        return lexer_emit(lexer, TOKEN_SEQUENCE_CLOSE, 1);
    }
    if (mode->braces)
        mode->braces--;
    return lexer_emit(lexer, TOKEN_BRACE_CLOSE, 1);
}

/* ~} always closes a sequence, even if none is open or a brace inside it is; it has no other
 * meaning. */
static Token lexer_close_trimming(Lexer *lexer, LexerMode *mode) {
    if (mode->braces)
        mode->braces--;
    else if (mode->kind == LEXER_SEQUENCE)
        lexer->modes.count--;
    Token token = lexer_emit(lexer, TOKEN_SEQUENCE_CLOSE, 2);
    token.is_trimming = true;
    return token;
}

static Token lexer_normal(Lexer *lexer, LexerMode *mode) {
    lexer_skip_blanks(lexer);
    if (lexer_is_done(lexer))
        return lexer_emit(lexer, TOKEN_END, 0);
    char c = lexer_char(lexer, 0);
    char next = lexer_char(lexer, 1);
    if (c == '\n')
        return lexer_emit(lexer, TOKEN_NEWLINE, 1);
    if (c == '\r' && next == '\n')
        return lexer_emit(lexer, TOKEN_NEWLINE, 2);
    if (c == '#' || (c == '/' && next == '/'))
        return lexer_line_comment(lexer);
    if (c == '/' && next == '*' && lexer_inline_comment(lexer)) /* skipped unless kept */
        return lexer_emit(lexer, TOKEN_COMMENT, lexer_inline_comment(lexer));
    if (isdigit((unsigned char)c))
        return lexer_number(lexer);
    uint32_t identifier = identifier_length(lexer->source->bytes, lexer->at);
    if (identifier)
        return lexer_emit(lexer, TOKEN_IDENTIFIER, identifier);
    if (c == '"') {
        lexer_push(lexer, LEXER_QUOTED, STR_EMPTY);
        return lexer_emit(lexer, TOKEN_QUOTE_OPEN, 1);
    }
    if (c == '{') {
        mode->braces++;
        return lexer_emit(lexer, TOKEN_BRACE_OPEN, 1);
    }
    if (c == '}')
        return lexer_close_brace(lexer, mode);
    if (c == '~' && next == '}')
        return lexer_close_trimming(lexer, mode);
    if (c == '<' && next == '<')
        return lexer_heredoc(lexer);
    return lexer_operator(lexer);
}

/* Returns true for `${` or `%{` at the cursor, but not for `$${`. */
static bool lexer_at_sequence(const Lexer *lexer) {
    char c = lexer_char(lexer, 0);
    return (c == '$' || c == '%') && lexer_char(lexer, 1) == '{';
}

static Token lexer_open_sequence(Lexer *lexer) {
    TokenKind kind = lexer_char(lexer, 0) == '$' ? TOKEN_INTERPOLATION : TOKEN_DIRECTIVE;
    bool is_trimming = lexer_char(lexer, 2) == '~';
    Token token = lexer_emit(lexer, kind, is_trimming ? 3 : 2);
    token.is_trimming = is_trimming;
    lexer_push(lexer, LEXER_SEQUENCE, STR_EMPTY);
    return token;
}

/* Returns the length of the character at the offset; 0 if it is not UTF-8. */
static uint32_t lexer_character(const Lexer *lexer, uint32_t offset) {
    size_t width = 1;
    if ((unsigned char)lexer_char(lexer, offset) >= 0x80 &&
        utf8_decode(lexer->source->bytes, (size_t)lexer->at + offset, &width) == 0xFFFD &&
        width == 1)
        return 0;
    return (uint32_t)width;
}

/* Returns the length of the character or escape at the cursor. Returns 0 for anything else: a
 * backslash at the end of the line, or half of ${ at the end of the file. */
static uint32_t lexer_text_step(const Lexer *lexer, bool has_escapes) {
    char c = lexer_char(lexer, 0);
    char next = lexer_char(lexer, 1);
    bool is_last = (size_t)lexer->at + 1 >= lexer->source->bytes.len;
    if ((c == '$' || c == '%') && is_last && vec_last(&lexer->modes).kind != LEXER_BARE)
        return 0;
    if ((c == '$' || c == '%') && next == c && lexer_char(lexer, 2) == '{')
        return 3;
    if (!has_escapes || c != '\\')
        return lexer_character(lexer, 0);
    uint32_t escaped = lexer_character(lexer, 1);
    return is_last || next == '\n' || next == '\r' || !escaped ? 0 : 1 + escaped;
}

static bool lexer_ends_quoted(const Lexer *lexer) {
    char c = lexer_char(lexer, 0);
    return c == '"' || c == '\n' || c == '\r';
}

/* Reads a run of text: within quotes up to the token that ends it, else to the end of the line. */
static Token lexer_text(Lexer *lexer, bool is_quoted) {
    Token token = {.kind = TOKEN_TEXT, .start = lexer->at};
    bool ends_line = false;
    while (!lexer_is_done(lexer) && !ends_line && !(is_quoted && lexer_ends_quoted(lexer)) &&
           !lexer_at_sequence(lexer)) {
        uint32_t step = lexer_text_step(lexer, is_quoted);
        if (!step)
            break;
        ends_line = !is_quoted && lexer_char(lexer, 0) == '\n';
        lexer->at += step;
    }
    token.end = lexer->at;
    return token.end > token.start ? token : lexer_emit(lexer, TOKEN_BAD, 1);
}

static Token lexer_quoted_newlines(Lexer *lexer) {
    uint32_t length = 1;
    while (lexer_char(lexer, length) == '\n' || lexer_char(lexer, length) == '\r')
        length++;
    return lexer_emit(lexer, TOKEN_QUOTED_NEWLINE, length);
}

static Token lexer_quoted(Lexer *lexer) {
    char c = lexer_char(lexer, 0);
    if (lexer_is_done(lexer))
        return lexer_emit(lexer, TOKEN_END, 0);
    if (c == '"') {
        lexer->modes.count--;
        return lexer_emit(lexer, TOKEN_QUOTE_CLOSE, 1);
    }
    if (lexer_ends_quoted(lexer))
        return lexer_quoted_newlines(lexer);
    if (lexer_at_sequence(lexer))
        return lexer_open_sequence(lexer);
    return lexer_text(lexer, true);
}

static bool lexer_is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

/* Returns the length of a heredoc's closing line at the cursor, including blanks around the marker;
 * 0 if this line is text. */
static uint32_t lexer_marker_length(const Lexer *lexer, Str marker) {
    if (lexer->at > 0 && lexer->source->bytes.ptr[lexer->at - 1] != '\n')
        return 0;
    uint32_t length = 0;
    while (lexer_is_blank(lexer_char(lexer, length)))
        length++;
    if (!str_starts_with(str_after(lexer->source->bytes, (size_t)lexer->at + length), marker))
        return 0;
    length += (uint32_t)marker.len;
    while (lexer_is_blank(lexer_char(lexer, length)))
        length++;
    if (lexer_char(lexer, length) != '\n')
        return 0;
    return lexer_char(lexer, length - 1) == '\r' ? length - 1 : length;
}

/* Reads a line of a heredoc or a bare template. */
static Token lexer_line(Lexer *lexer, const LexerMode *mode) {
    if (mode->kind == LEXER_HEREDOC) {
        uint32_t marker = lexer_marker_length(lexer, mode->marker);
        if (marker) {
            lexer->modes.count--;
            return lexer_emit(lexer, TOKEN_HEREDOC_CLOSE, marker);
        }
    }
    if (lexer_is_done(lexer))
        return lexer_emit(lexer, TOKEN_END, 0);
    if (lexer_at_sequence(lexer))
        return lexer_open_sequence(lexer);
    return lexer_text(lexer, false);
}

Token lexer_next(Lexer *lexer) {
    LexerMode *mode = &vec_last(&lexer->modes);
    switch (mode->kind) {
    case LEXER_NORMAL:
    case LEXER_SEQUENCE: return lexer_normal(lexer, mode);
    case LEXER_QUOTED: return lexer_quoted(lexer);
    case LEXER_HEREDOC:
    case LEXER_BARE: return lexer_line(lexer, mode);
    }
    CHECK(false);
}

static const char *const token_names[] = {
    [TOKEN_END] = "the end of the text",
    [TOKEN_BAD] = "an invalid character",
    [TOKEN_NEWLINE] = "the end of the line",
    [TOKEN_IDENTIFIER] = "a name",
    [TOKEN_NUMBER] = "a number",
    [TOKEN_QUOTE_OPEN] = "a quoted string",
    [TOKEN_QUOTE_CLOSE] = "the end of a string",
    [TOKEN_HEREDOC_OPEN] = "a heredoc",
    [TOKEN_HEREDOC_CLOSE] = "the end of a heredoc",
    [TOKEN_TEXT] = "text",
    [TOKEN_QUOTED_NEWLINE] = "the end of the line",
    [TOKEN_INTERPOLATION] = "an interpolation",
    [TOKEN_DIRECTIVE] = "a template directive",
    [TOKEN_SEQUENCE_CLOSE] = "the end of the template sequence",
    [TOKEN_BRACE_OPEN] = "an opening brace",
    [TOKEN_BRACE_CLOSE] = "a closing brace",
    [TOKEN_BRACKET_OPEN] = "an opening bracket",
    [TOKEN_BRACKET_CLOSE] = "a closing bracket",
    [TOKEN_PAREN_OPEN] = "an opening parenthesis",
    [TOKEN_PAREN_CLOSE] = "a closing parenthesis",
    [TOKEN_COMMA] = "a comma",
    [TOKEN_DOT] = "a dot",
    [TOKEN_ELLIPSIS] = "an ellipsis (...)",
    [TOKEN_COLON] = "a colon",
    [TOKEN_DOUBLE_COLON] = "a double colon",
    [TOKEN_QUESTION] = "a question mark",
    [TOKEN_ASSIGN] = "an equals sign",
    [TOKEN_FAT_ARROW] = "an arrow (=>)",
    [TOKEN_STAR] = "a star",
    [TOKEN_SLASH] = "a slash",
    [TOKEN_PERCENT] = "a percent sign",
    [TOKEN_PLUS] = "a plus sign",
    [TOKEN_MINUS] = "a minus sign",
    [TOKEN_BANG] = "an exclamation mark",
    [TOKEN_EQUAL] = "the operator ==",
    [TOKEN_NOT_EQUAL] = "the operator !=",
    [TOKEN_LESS] = "the operator <",
    [TOKEN_LESS_EQUAL] = "the operator <=",
    [TOKEN_GREATER] = "the operator >",
    [TOKEN_GREATER_EQUAL] = "the operator >=",
    [TOKEN_AND] = "the operator &&",
    [TOKEN_OR] = "the operator ||",
    [TOKEN_COMMENT] = "a comment",
};
static_assert(ARRAY_COUNT(token_names) == TOKEN_COMMENT + 1, "every token has a name");

const char *lexer_token_name(TokenKind kind) {
    return token_names[kind];
}
