/* fmt_space: decides about blanks between tokens. Most tokens have one; the exceptions are in
 * order of priority. */
#include "fmt_space.h"

int fmt_space_depth_change(TokenKind kind) {
    switch ((int)kind) {
    case TOKEN_BRACE_OPEN:
    case TOKEN_BRACKET_OPEN:
    case TOKEN_PAREN_OPEN:
    case TOKEN_INTERPOLATION:
    case TOKEN_DIRECTIVE: return 1;
    case TOKEN_BRACE_CLOSE:
    case TOKEN_BRACKET_CLOSE:
    case TOKEN_PAREN_CLOSE:
    case TOKEN_SEQUENCE_CLOSE: return -1;
    default: return 0;
    }
}

static bool opens_sequence(TokenKind kind) {
    return kind == TOKEN_INTERPOLATION || kind == TOKEN_DIRECTIVE;
}

/* Returns true for a function name and its parenthesis, and for tokens inside a dotted or ::
 * name. */
static bool is_joined(TokenKind left, TokenKind right) {
    if (left == TOKEN_IDENTIFIER && (right == TOKEN_PAREN_OPEN || right == TOKEN_DOUBLE_COLON))
        return true;
    if (left == TOKEN_DOUBLE_COLON && right == TOKEN_IDENTIFIER)
        return true;
    return left == TOKEN_DOT || right == TOKEN_DOT || right == TOKEN_COMMA ||
           right == TOKEN_ELLIPSIS;
}

/* Returns true within strings and heredocs, where every blank is content. */
static bool is_text_edge(TokenKind left, TokenKind right) {
    return left == TOKEN_TEXT || left == TOKEN_QUOTE_OPEN || left == TOKEN_HEREDOC_OPEN ||
           right == TOKEN_TEXT || right == TOKEN_QUOTE_CLOSE || right == TOKEN_HEREDOC_CLOSE;
}

/* Returns true if the bracket is an index. */
static bool is_index(TokenKind left, TokenKind right) {
    return right == TOKEN_BRACKET_OPEN &&
           (left == TOKEN_IDENTIFIER || left == TOKEN_NUMBER || fmt_space_depth_change(left) < 0);
}

/* Returns true if a minus after this token is a sign, because the token cannot end a value. */
static bool is_sign(TokenKind before) {
    switch ((int)before) {
    case TOKEN_END: /* the minus is first on the line */
    case TOKEN_PAREN_OPEN:
    case TOKEN_BRACE_OPEN:
    case TOKEN_BRACKET_OPEN:
    case TOKEN_ASSIGN:
    case TOKEN_COLON:
    case TOKEN_COMMA:
    case TOKEN_QUESTION:
    case TOKEN_PLUS:
    case TOKEN_MINUS:
    case TOKEN_STAR:
    case TOKEN_SLASH:
    case TOKEN_PERCENT:
    case TOKEN_BANG:
    case TOKEN_EQUAL:
    case TOKEN_NOT_EQUAL:
    case TOKEN_LESS:
    case TOKEN_LESS_EQUAL:
    case TOKEN_GREATER:
    case TOKEN_GREATER_EQUAL:
    case TOKEN_AND:
    case TOKEN_OR: return true;
    default: return false;
    }
}

/* Braces have a blank inside unless the pair is empty; other brackets have none. */
static bool follows_bracket(TokenKind left, TokenKind right) {
    if (left == TOKEN_BRACE_OPEN || right == TOKEN_BRACE_CLOSE)
        return left != TOKEN_BRACE_OPEN || right != TOKEN_BRACE_CLOSE;
    if (opens_sequence(left) && right == TOKEN_BRACE_OPEN)
        return true;
    if (left == TOKEN_BRACE_CLOSE && right == TOKEN_SEQUENCE_CLOSE)
        return true;
    if (left == TOKEN_SEQUENCE_CLOSE && opens_sequence(right))
        return false;
    return fmt_space_depth_change(left) <= 0 && fmt_space_depth_change(right) >= 0;
}

/* `a.0 .1` would become a fraction without the blank. */
static bool would_be_fraction(const FmtToken *tokens, size_t count, size_t i) {
    return tokens[i].kind == TOKEN_NUMBER && tokens[i + 1].kind == TOKEN_DOT && i + 2 < count &&
           tokens[i + 2].kind == TOKEN_NUMBER;
}

bool fmt_space_follows(const FmtToken *tokens, size_t count, size_t i) {
    TokenKind before = i > 0 ? tokens[i - 1].kind : TOKEN_END;
    TokenKind left = tokens[i].kind;
    TokenKind right = tokens[i + 1].kind;
    if (right == TOKEN_NEWLINE)
        return false;
    if (is_joined(left, right))
        return would_be_fraction(tokens, count, i);
    if (left == TOKEN_COMMA)
        return true;
    if (is_text_edge(left, right))
        return false;
    bool is_in = left == TOKEN_IDENTIFIER && str_equal(tokens[i].text, STR("in"));
    if (is_in && before == TOKEN_IDENTIFIER)
        return true; /* for x in [1, 2]: not an index */
    if (is_index(left, right) || left == TOKEN_BANG)
        return false;
    if (left == TOKEN_MINUS)
        return !is_sign(before);
    return follows_bracket(left, right);
}
