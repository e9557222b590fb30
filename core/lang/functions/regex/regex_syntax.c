/* regex_syntax: parses a regular expression of RE2's syntax into a tree. */
#include "regex_syntax.h"

#include "regex_class.h"
#include "utf8.h"

enum { DEPTH_MAX = 1000, REPEAT_MAX = 1000 };

enum {
    FLAG_FOLD_CASE = 1,
    FLAG_MULTILINE = 2,
    FLAG_DOT_NEWLINE = 4,
    FLAG_UNGREEDY = 8,
};

typedef struct RegexParser {
    Str text;
    size_t at;
    unsigned flags;
    size_t depth;
    RegexSyntax *syntax;
    Str *error;
    Arena *arena;
} RegexParser;

static bool fail(RegexParser *parser, const char *what, Str part) {
    *parser->error = str_format(parser->arena, "%s in %.*s", what, STR_ARG(part));
    return false;
}

/* Returns the text from `start` to the parser's position. */
static Str part_from(const RegexParser *parser, size_t start) {
    return str_slice(parser->text, start, parser->at);
}

/* Returns the character `ahead` of the position, or NUL beyond the end. */
static char peek(const RegexParser *parser, size_t ahead) {
    size_t at = parser->at + ahead;
    return at < parser->text.len ? parser->text.ptr[at] : '\0';
}

static bool is_at_end(const RegexParser *parser) {
    return parser->at >= parser->text.len;
}

static Str rest_of(const RegexParser *parser) {
    return str_after(parser->text, parser->at);
}

static bool accept(RegexParser *parser, Str text) {
    if (!str_starts_with(rest_of(parser), text))
        return false;
    parser->at += text.len;
    return true;
}

static uint32_t next_code_point(RegexParser *parser) {
    size_t width = 1;
    uint32_t code_point = utf8_decode(parser->text, parser->at, &width);
    parser->at += width;
    return code_point;
}

static RegexNode *node_new(RegexParser *parser, RegexKind kind, RegexNodeVec *into) {
    RegexNode *node = arena_new(parser->arena, RegexNode);
    node->kind = kind;
    if (into)
        vec_push(parser->arena, into, node);
    return node;
}

static void add_assertion(RegexParser *parser, Str text, RegexNodeVec *into) {
    RegexNode *node = node_new(parser, REGEX_ASSERTION, into);
    node->text = text;
    node->is_nullable = true;
}

static void add_class(RegexParser *parser, const RegexClass *set, RegexNodeVec *into) {
    node_new(parser, REGEX_CHARACTER, into)->text = regex_class_text(set, parser->arena);
}

static void add_character(RegexParser *parser, uint32_t code_point, RegexNodeVec *into) {
    bool folds_case = parser->flags & FLAG_FOLD_CASE;
    if (code_point < 0x80 && !folds_case && isalnum((int)code_point)) {
        node_new(parser, REGEX_CHARACTER, into)->text =
            str_format(parser->arena, "%c", (char)code_point);
        return;
    }
    RegexClass set = regex_class_new(folds_case, parser->arena);
    regex_class_add_range(&set, code_point, code_point);
    add_class(parser, &set, into);
}

/* Reads the digits after \x: two, or any number in braces. */
static bool parse_hex(RegexParser *parser, uint32_t *out) {
    bool is_braced = accept(parser, STR("{"));
    size_t digits = 0;
    *out = 0;
    while (isxdigit((unsigned char)peek(parser, 0)) && (is_braced || digits < 2)) {
        char c = (char)tolower((unsigned char)peek(parser, 0));
        *out = *out * 16 + (uint32_t)(isdigit((unsigned char)c) ? c - '0' : c - 'a' + 10);
        if (*out > 0x10FFFF)
            return false;
        parser->at++;
        digits++;
    }
    return is_braced ? digits && accept(parser, STR("}")) : digits == 2;
}

static bool is_octal(char c) {
    return c >= '0' && c <= '7';
}

static bool parse_octal(RegexParser *parser, uint32_t *out) {
    *out = 0;
    for (size_t i = 0; i < 3 && is_octal(peek(parser, 0)); i++)
        *out = *out * 8 + (uint32_t)(parser->text.ptr[parser->at++] - '0');
    return true;
}

/* Reads a backslash sequence that stands for one character. */
static bool parse_escape(RegexParser *parser, uint32_t *out) {
    static const char controls[] = "a\af\fn\nr\rt\tv\v";
    size_t start = parser->at++;
    if (is_at_end(parser))
        return fail(parser, "trailing backslash at end of expression", part_from(parser, start));
    char c = peek(parser, 0);
    if (c == '0' || (is_octal(c) && is_octal(peek(parser, 1))))
        return parse_octal(parser, out);
    uint32_t code_point = next_code_point(parser);
    const char *control = code_point < 0x80 && c ? strchr(controls, c) : NULL;
    if (c == 'x' && parse_hex(parser, out))
        return true;
    if (control && isalpha((unsigned char)c)) {
        *out = (uint32_t)control[1];
        return true;
    }
    *out = code_point;
    return (code_point < 0x80 && !isalnum((unsigned char)c)) ||
           fail(parser, "invalid escape sequence", part_from(parser, start));
}

/* Reads \pN, \p{Name} or \P…. */
static bool parse_unicode_class(RegexParser *parser, RegexClass *set) {
    size_t start = parser->at;
    bool is_negated = peek(parser, 1) == 'P';
    parser->at += 2;
    size_t name = parser->at;
    if (accept(parser, STR("{"))) {
        size_t end = str_find_char(parser->text, '}', parser->at);
        parser->at = end == SIZE_MAX ? parser->text.len : end + 1;
        if (end != SIZE_MAX &&
            regex_class_add_unicode(set, str_slice(parser->text, name + 1, end), is_negated))
            return true;
    } else if (!is_at_end(parser)) {
        next_code_point(parser);
        if (regex_class_add_unicode(set, part_from(parser, name), is_negated))
            return true;
    }
    return fail(parser, "invalid character class range", part_from(parser, start));
}

/* Reads a named set: \pN or \d. *found is false if none is here. */
static bool parse_named_set(RegexParser *parser, RegexClass *set, bool *found) {
    char c = peek(parser, 0) == '\\' ? peek(parser, 1) : '\0';
    *found = true;
    if (c == 'p' || c == 'P')
        return parse_unicode_class(parser, set);
    *found = c && regex_class_add_perl(set, c);
    if (*found)
        parser->at += 2;
    return true;
}

/* Reads [:alpha:] within a class. */
static bool parse_posix_set(RegexParser *parser, RegexClass *set, bool *found) {
    size_t end = str_find(parser->text, STR(":]"), parser->at + 2);
    size_t start = parser->at;
    *found = str_starts_with(rest_of(parser), STR("[:")) && end != SIZE_MAX;
    if (!*found)
        return true;
    parser->at = end + 2;
    return regex_class_add_posix(set, str_slice(parser->text, start + 2, end)) ||
           fail(parser, "invalid character class range", part_from(parser, start));
}

static bool parse_class_character(RegexParser *parser, size_t class_start, uint32_t *out) {
    if (is_at_end(parser))
        return fail(parser, "missing closing ]", str_after(parser->text, class_start));
    if (peek(parser, 0) == '\\')
        return parse_escape(parser, out);
    *out = next_code_point(parser);
    return true;
}

static bool parse_class_range(RegexParser *parser, size_t class_start, RegexClass *set) {
    size_t start = parser->at;
    uint32_t low;
    if (!parse_class_character(parser, class_start, &low))
        return false;
    uint32_t high = low;
    bool is_range =
        peek(parser, 0) == '-' && peek(parser, 1) != ']' && parser->at + 1 < parser->text.len;
    if (is_range) {
        parser->at++;
        if (!parse_class_character(parser, class_start, &high))
            return false;
    }
    if (high < low)
        return fail(parser, "invalid character class range", part_from(parser, start));
    regex_class_add_range(set, low, high);
    return true;
}

static bool parse_class(RegexParser *parser, RegexNodeVec *into) {
    RegexClass set = regex_class_new(parser->flags & FLAG_FOLD_CASE, parser->arena);
    size_t start = parser->at++;
    set.is_negated = accept(parser, STR("^"));
    bool is_first = true;
    while (is_first || peek(parser, 0) != ']') {
        bool found = false;
        is_first = false;
        if (is_at_end(parser))
            return fail(parser, "missing closing ]", str_after(parser->text, start));
        if (!parse_posix_set(parser, &set, &found) ||
            (!found && !parse_named_set(parser, &set, &found)) ||
            (!found && !parse_class_range(parser, start, &set)))
            return false;
    }
    parser->at++;
    add_class(parser, &set, into);
    return true;
}

static void parse_quoted(RegexParser *parser, RegexNodeVec *into) {
    parser->at += 2;
    while (!is_at_end(parser) && !accept(parser, STR("\\E")))
        add_character(parser, next_code_point(parser), into);
}

static bool parse_backslash(RegexParser *parser, RegexNodeVec *into) {
    static const struct {
        const char *escape;
        Str text;
    } assertions[] = {
        {"\\A", STR_CONST("\\A")},
        {"\\b", STR_CONST("\\b")},
        {"\\B", STR_CONST("\\B")},
        {"\\z", STR_CONST("\\z")}
    };
    for (size_t i = 0; i < ARRAY_COUNT(assertions); i++) {
        if (accept(parser, str_from_cstr(assertions[i].escape))) {
            add_assertion(parser, assertions[i].text, into);
            return true;
        }
    }
    if (peek(parser, 1) == 'Q') {
        parse_quoted(parser, into);
        return true;
    }
    RegexClass set = regex_class_new(parser->flags & FLAG_FOLD_CASE, parser->arena);
    bool found;
    if (!parse_named_set(parser, &set, &found))
        return false;
    if (found) {
        add_class(parser, &set, into);
        return true;
    }
    uint32_t code_point;
    if (!parse_escape(parser, &code_point))
        return false;
    add_character(parser, code_point, into);
    return true;
}

/* Returns true if nested repetition counts multiply to at most `most`. */
static bool is_repeat_valid(const RegexNode *node, uint32_t most) {
    if (node->kind == REGEX_REPEAT && node->max != 0) {
        uint32_t count = node->max == REGEX_NO_MAX ? node->min : node->max;
        if (count > most)
            return false;
        most = count ? most / count : most;
    } else if (node->kind == REGEX_REPEAT) {
        return true;
    }
    vec_each(&node->children, child)
        if (!is_repeat_valid(*child, most))
            return false;
    return true;
}

/* Reads a count without leading zero. Overlong numbers become a count that is too large. */
static bool parse_count(RegexParser *parser, uint32_t *out) {
    size_t start = parser->at;
    uint32_t number = 0;
    while (isdigit((unsigned char)peek(parser, 0))) {
        number = number * 10 + (uint32_t)(peek(parser, 0) - '0');
        number = number > REPEAT_MAX ? REPEAT_MAX + 1 : number;
        parser->at++;
    }
    *out = number;
    size_t digits = parser->at - start;
    return digits && (digits == 1 || parser->text.ptr[start] != '0');
}

/* Reads {2}, {2,} or {2,3}. Returns false and reads nothing for any other text, which is
 * literal. */
static bool parse_counts(RegexParser *parser, uint32_t *min, uint32_t *max) {
    size_t start = parser->at;
    bool is_good = accept(parser, STR("{")) && parse_count(parser, min);
    *max = *min;
    if (is_good && accept(parser, STR(","))) {
        *max = REGEX_NO_MAX;
        is_good = peek(parser, 0) == '}' || parse_count(parser, max);
    }
    if (is_good && accept(parser, STR("}")))
        return true;
    parser->at = start;
    return false;
}

/* Reads a repetition. *found is false if none is here. */
static bool parse_repeat(RegexParser *parser,
                         size_t *last_repeat,
                         RegexNodeVec *into,
                         bool *found) {
    size_t start = parser->at;
    uint32_t min = peek(parser, 0) == '+';
    uint32_t max = peek(parser, 0) == '?' ? 1 : REGEX_NO_MAX;
    *found = true;
    if (peek(parser, 0) && strchr("*+?", peek(parser, 0))) {
        parser->at++;
    } else if (!parse_counts(parser, &min, &max)) {
        *found = false;
        return true;
    }
    bool is_lazy = accept(parser, STR("?"));
    if (*last_repeat != SIZE_MAX)
        return fail(parser, "invalid nested repetition operator", part_from(parser, *last_repeat));
    if (!into->count)
        return fail(parser, "missing argument to repetition operator", part_from(parser, start));
    bool is_too_much = min > REPEAT_MAX || (max != REGEX_NO_MAX && (max > REPEAT_MAX || min > max));
    RegexNode *node = node_new(parser, REGEX_REPEAT, NULL);
    vec_push(parser->arena, &node->children, vec_pop(into));
    node->min = min;
    node->max = max;
    node->is_lazy = is_lazy != !!(parser->flags & FLAG_UNGREEDY);
    node->is_nullable = min == 0 || node->children.items[0]->is_nullable;
    vec_push(parser->arena, into, node);
    *last_repeat = start;
    return (!is_too_much && is_repeat_valid(node, REPEAT_MAX)) ||
           fail(parser, "invalid repeat count", part_from(parser, start));
}

static bool parse_choice(RegexParser *parser, const RegexNode **out);

/* Reads a group after its opening parenthesis, up to and including the closing one. */
static bool parse_group_body(RegexParser *parser, const RegexNode **out) {
    if (!parse_choice(parser, out))
        return false;
    return accept(parser, STR(")")) || fail(parser, "missing closing )", parser->text);
}

static bool parse_capture(RegexParser *parser, Str name, RegexNodeVec *into) {
    RegexNode *node = node_new(parser, REGEX_CAPTURE, into);
    const RegexNode *body;
    node->capture = parser->syntax->names.count;
    vec_push(parser->arena, &parser->syntax->names, name);
    if (!parse_group_body(parser, &body))
        return false;
    vec_push(parser->arena, &node->children, body);
    node->is_nullable = body->is_nullable;
    return true;
}

static bool parse_named_capture(RegexParser *parser, size_t start, RegexNodeVec *into) {
    size_t name = parser->at;
    while (isalnum((unsigned char)peek(parser, 0)) || peek(parser, 0) == '_')
        parser->at++;
    Str text = part_from(parser, name);
    if (!accept(parser, STR(">")) || !text.len) {
        size_t end = str_find_char(parser->text, '>', name);
        return fail(parser, "invalid named capture",
                    str_slice(parser->text, start, end == SIZE_MAX ? end : end + 1));
    }
    return parse_capture(parser, text, into);
}

static unsigned flag_of(char c) {
    switch (c) {
    case 'i': return FLAG_FOLD_CASE;
    case 'm': return FLAG_MULTILINE;
    case 's': return FLAG_DOT_NEWLINE;
    case 'U': return FLAG_UNGREEDY;
    default: return 0;
    }
}

/* Reads the flags after "(?". Before ")" they apply to the rest of the enclosing group; before ":"
 * they apply to this group. */
static bool parse_flags(RegexParser *parser, size_t start, RegexNodeVec *into) {
    unsigned flags = parser->flags;
    bool clears = false;
    bool is_bare = false; /* a hyphen without a flag after it */
    for (; !is_at_end(parser); parser->at++) {
        char c = peek(parser, 0);
        unsigned flag = flag_of(c);
        if (flag) {
            flags = clears ? flags & ~flag : flags | flag;
            is_bare = false;
        } else if (c == '-' && !clears) {
            clears = true;
            is_bare = true;
        } else {
            break;
        }
    }
    const RegexNode *body;
    unsigned outer = parser->flags;
    parser->flags = flags;
    if (!is_bare && accept(parser, STR(")")))
        return true;
    if (is_bare || !accept(parser, STR(":"))) {
        parser->at += !is_at_end(parser);
        return fail(parser, "invalid or unsupported Perl syntax", part_from(parser, start));
    }
    if (!parse_group_body(parser, &body))
        return false;
    vec_push(parser->arena, into, body);
    parser->flags = outer;
    return true;
}

static bool parse_parenthesis(RegexParser *parser, RegexNodeVec *into) {
    size_t start = parser->at++;
    unsigned outer = parser->flags;
    if (accept(parser, STR("?P<")) || accept(parser, STR("?<")))
        return parse_named_capture(parser, start, into);
    if (accept(parser, STR("?")))
        return parse_flags(parser, start, into);
    if (!parse_capture(parser, STR_EMPTY, into))
        return false;
    parser->flags = outer;
    return true;
}

static void parse_dot(RegexParser *parser, RegexNodeVec *into) {
    RegexClass set = regex_class_new(false, parser->arena);
    set.is_negated = true;
    if (!(parser->flags & FLAG_DOT_NEWLINE))
        regex_class_add_range(&set, '\n', '\n');
    add_class(parser, &set, into);
}

/* PCRE2's own ^ does not match after a newline at the end of the text. */
static void parse_anchor(RegexParser *parser, char c, RegexNodeVec *into) {
    bool is_start = c == '^';
    if (parser->flags & FLAG_MULTILINE)
        add_assertion(parser, is_start ? STR("(?<![^\\n])") : STR("(?![^\\n])"), into);
    else
        add_assertion(parser, is_start ? STR("\\A") : STR("\\z"), into);
}

static bool parse_atom(RegexParser *parser, RegexNodeVec *into) {
    char c = peek(parser, 0);
    switch (c) {
    case '\\': return parse_backslash(parser, into);
    case '[': return parse_class(parser, into);
    case '(': return parse_parenthesis(parser, into);
    case '.':
        parser->at++;
        parse_dot(parser, into);
        return true;
    case '^':
    case '$':
        parser->at++;
        parse_anchor(parser, c, into);
        return true;
    default: add_character(parser, next_code_point(parser), into); return true;
    }
}

static bool parse_sequence(RegexParser *parser, const RegexNode **out) {
    RegexNode *node = node_new(parser, REGEX_SEQUENCE, NULL);
    size_t last_repeat = SIZE_MAX;
    *out = node;
    while (!is_at_end(parser) && peek(parser, 0) != '|' && peek(parser, 0) != ')') {
        bool found;
        if (!parse_repeat(parser, &last_repeat, &node->children, &found))
            return false;
        if (found)
            continue;
        last_repeat = SIZE_MAX;
        if (!parse_atom(parser, &node->children))
            return false;
    }
    node->is_nullable = true;
    vec_each(&node->children, child)
        node->is_nullable = node->is_nullable && (*child)->is_nullable;
    return true;
}

static bool parse_choice(RegexParser *parser, const RegexNode **out) {
    RegexNode *node = node_new(parser, REGEX_CHOICE, NULL);
    unsigned outer = parser->flags;
    *out = node;
    if (parser->depth++ > DEPTH_MAX)
        return fail(parser, "expression nests too deeply", parser->text);
    do {
        const RegexNode *sequence;
        if (!parse_sequence(parser, &sequence))
            return false;
        vec_push(parser->arena, &node->children, sequence);
        node->is_nullable = node->is_nullable || sequence->is_nullable;
    } while (accept(parser, STR("|")));
    parser->depth--;
    parser->flags = outer;
    return true;
}

bool regex_syntax_parse(Str pattern, RegexSyntax *out, Str *error, Arena *arena) {
    *out = (RegexSyntax){0};
    RegexParser parser = {.text = pattern, .syntax = out, .error = error, .arena = arena};
    return parse_choice(&parser, &out->root) &&
           (is_at_end(&parser) || fail(&parser, "unexpected )", pattern));
}
