/* regex_rewrite: parses RE2's syntax into a tree, and writes the tree as a PCRE2 pattern.
 *
 * The parser resolves flags such as (?i). Each node holds the PCRE2 pattern for one character or
 * assertion, independent of its context. */
#include "regex_rewrite.h"

#include "regex_character.h"

enum { DEPTH_MAX = 1000, REPEAT_MAX = 1000, PATTERN_SIZE_MAX = 1 << 20 };

typedef enum RegexKind {
    REGEX_CHARACTER, /* consumes exactly one character */
    REGEX_ASSERTION, /* consumes nothing */
    REGEX_SEQUENCE,
    REGEX_CHOICE,
    REGEX_CAPTURE, /* one child */
    REGEX_REPEAT,  /* one child */
} RegexKind;

typedef struct RegexNode RegexNode;
typedef VEC(const RegexNode *) RegexNodeVec;

#define REGEX_NO_MAX UINT32_MAX

struct RegexNode {
    RegexKind kind;
    bool is_nullable; /* can match the empty text */
    Str text;         /* of a character or assertion */
    RegexNodeVec children;
    size_t capture;
    uint32_t min; /* of a repetition */
    uint32_t max; /* REGEX_NO_MAX: none */
    bool is_lazy;
};

enum {
    FLAG_FOLD_CASE = 1,
    FLAG_MULTILINE = 2,
    FLAG_DOT_NEWLINE = 4,
    FLAG_UNGREEDY = 8,
};

typedef struct RegexParser {
    RegexScanner scanner;
    unsigned flags;
    size_t depth;
    StrVec *names; /* of the captures */
    Arena *arena;
} RegexParser;

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

static bool folds_case(const RegexParser *parser) {
    return parser->flags & FLAG_FOLD_CASE;
}

static bool parse_character(RegexParser *parser, RegexNodeVec *into) {
    RegexNode *node = node_new(parser, REGEX_CHARACTER, into);
    return regex_character_parse(&parser->scanner, folds_case(parser), &node->text);
}

/* Reads literal text between \Q and \E. */
static void parse_quoted(RegexParser *parser, RegexNodeVec *into) {
    RegexScanner *scanner = &parser->scanner;
    scanner->at += 2;
    while (!regex_scanner_is_at_end(scanner) && !regex_scanner_accept(scanner, STR("\\E")))
        node_new(parser, REGEX_CHARACTER, into)->text =
            regex_character_literal(regex_scanner_next(scanner), folds_case(parser), parser->arena);
}

static bool parse_backslash(RegexParser *parser, RegexNodeVec *into) {
    static const struct {
        const char *escape;
        Str text;
    } assertions[] = {{"\\A", STR_CONST("\\A")},
                      {"\\b", STR_CONST("\\b")},
                      {"\\B", STR_CONST("\\B")},
                      {"\\z", STR_CONST("\\z")}};
    for (size_t i = 0; i < ARRAY_COUNT(assertions); i++) {
        if (regex_scanner_accept(&parser->scanner, str_from_cstr(assertions[i].escape))) {
            add_assertion(parser, assertions[i].text, into);
            return true;
        }
    }
    if (regex_scanner_peek(&parser->scanner, 1) == 'Q') {
        parse_quoted(parser, into);
        return true;
    }
    return parse_character(parser, into);
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
static bool rewrite_parse_count(RegexParser *parser, uint32_t *out) {
    size_t start = parser->scanner.at;
    uint32_t number = 0;
    while (isdigit((unsigned char)regex_scanner_peek(&parser->scanner, 0))) {
        number = number * 10 + (uint32_t)(regex_scanner_peek(&parser->scanner, 0) - '0');
        number = number > REPEAT_MAX ? REPEAT_MAX + 1 : number;
        parser->scanner.at++;
    }
    *out = number;
    size_t digits = parser->scanner.at - start;
    return digits && (digits == 1 || parser->scanner.text.ptr[start] != '0');
}

/* Reads {2}, {2,} or {2,3}. Returns false and reads nothing for any other text, which is
 * literal. */
static bool parse_counts(RegexParser *parser, uint32_t *min, uint32_t *max) {
    size_t start = parser->scanner.at;
    bool is_good =
        regex_scanner_accept(&parser->scanner, STR("{")) && rewrite_parse_count(parser, min);
    *max = *min;
    if (is_good && regex_scanner_accept(&parser->scanner, STR(","))) {
        *max = REGEX_NO_MAX;
        is_good =
            regex_scanner_peek(&parser->scanner, 0) == '}' || rewrite_parse_count(parser, max);
    }
    if (is_good && regex_scanner_accept(&parser->scanner, STR("}")))
        return true;
    parser->scanner.at = start;
    return false;
}

/* Reads a repetition. *found is false if none is here. */
static bool parse_repeat(RegexParser *parser, size_t *last_repeat, RegexNodeVec *into,
                         bool *found) {
    size_t start = parser->scanner.at;
    uint32_t min = regex_scanner_peek(&parser->scanner, 0) == '+';
    uint32_t max = regex_scanner_peek(&parser->scanner, 0) == '?' ? 1 : REGEX_NO_MAX;
    *found = true;
    if (regex_scanner_peek(&parser->scanner, 0) &&
        strchr("*+?", regex_scanner_peek(&parser->scanner, 0))) {
        parser->scanner.at++;
    } else if (!parse_counts(parser, &min, &max)) {
        *found = false;
        return true;
    }
    bool is_lazy = regex_scanner_accept(&parser->scanner, STR("?"));
    if (*last_repeat != SIZE_MAX)
        return regex_scanner_fail(&parser->scanner, "invalid nested repetition operator",
                                  regex_scanner_part(&parser->scanner, *last_repeat));
    if (!into->count)
        return regex_scanner_fail(&parser->scanner, "missing argument to repetition operator",
                                  regex_scanner_part(&parser->scanner, start));
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
           regex_scanner_fail(&parser->scanner, "invalid repeat count",
                              regex_scanner_part(&parser->scanner, start));
}

static bool parse_choice(RegexParser *parser, const RegexNode **out);

/* Reads a group after its opening parenthesis, up to and including the closing one. */
static bool parse_group_body(RegexParser *parser, const RegexNode **out) {
    if (!parse_choice(parser, out))
        return false;
    return regex_scanner_accept(&parser->scanner, STR(")")) ||
           regex_scanner_fail(&parser->scanner, "missing closing )", parser->scanner.text);
}

static bool parse_capture(RegexParser *parser, Str name, RegexNodeVec *into) {
    RegexNode *node = node_new(parser, REGEX_CAPTURE, into);
    const RegexNode *body;
    node->capture = (*parser->names).count;
    vec_push(parser->arena, &(*parser->names), name);
    if (!parse_group_body(parser, &body))
        return false;
    vec_push(parser->arena, &node->children, body);
    node->is_nullable = body->is_nullable;
    return true;
}

static bool parse_named_capture(RegexParser *parser, size_t start, RegexNodeVec *into) {
    size_t name = parser->scanner.at;
    while (isalnum((unsigned char)regex_scanner_peek(&parser->scanner, 0)) ||
           regex_scanner_peek(&parser->scanner, 0) == '_')
        parser->scanner.at++;
    Str text = regex_scanner_part(&parser->scanner, name);
    if (!regex_scanner_accept(&parser->scanner, STR(">")) || !text.len) {
        size_t end = str_find_char(parser->scanner.text, '>', name);
        return regex_scanner_fail(
            &parser->scanner, "invalid named capture",
            str_slice(parser->scanner.text, start, end == SIZE_MAX ? end : end + 1));
    }
    return parse_capture(parser, text, into);
}

static unsigned rewrite_flag_of(char c) {
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
    for (; !regex_scanner_is_at_end(&parser->scanner); parser->scanner.at++) {
        char c = regex_scanner_peek(&parser->scanner, 0);
        unsigned flag = rewrite_flag_of(c);
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
    if (!is_bare && regex_scanner_accept(&parser->scanner, STR(")")))
        return true;
    if (is_bare || !regex_scanner_accept(&parser->scanner, STR(":"))) {
        parser->scanner.at += !regex_scanner_is_at_end(&parser->scanner);
        return regex_scanner_fail(&parser->scanner, "invalid or unsupported Perl syntax",
                                  regex_scanner_part(&parser->scanner, start));
    }
    if (!parse_group_body(parser, &body))
        return false;
    vec_push(parser->arena, into, body);
    parser->flags = outer;
    return true;
}

static bool parse_parenthesis(RegexParser *parser, RegexNodeVec *into) {
    size_t start = parser->scanner.at++;
    unsigned outer = parser->flags;
    if (regex_scanner_accept(&parser->scanner, STR("?P<")) ||
        regex_scanner_accept(&parser->scanner, STR("?<")))
        return parse_named_capture(parser, start, into);
    if (regex_scanner_accept(&parser->scanner, STR("?")))
        return parse_flags(parser, start, into);
    if (!parse_capture(parser, STR_EMPTY, into))
        return false;
    parser->flags = outer;
    return true;
}

static void parse_dot(RegexParser *parser, RegexNodeVec *into) {
    bool is_any = parser->flags & FLAG_DOT_NEWLINE;
    node_new(parser, REGEX_CHARACTER, into)->text =
        is_any ? STR("[\\x{0}-\\x{10ffff}]") : STR("[^\\x{a}]");
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
    char c = regex_scanner_peek(&parser->scanner, 0);
    switch (c) {
    case '\\': return parse_backslash(parser, into);
    case '(': return parse_parenthesis(parser, into);
    case '.':
        parser->scanner.at++;
        parse_dot(parser, into);
        return true;
    case '^':
    case '$':
        parser->scanner.at++;
        parse_anchor(parser, c, into);
        return true;
    default: return parse_character(parser, into);
    }
}

static bool parse_sequence(RegexParser *parser, const RegexNode **out) {
    RegexNode *node = node_new(parser, REGEX_SEQUENCE, NULL);
    size_t last_repeat = SIZE_MAX;
    *out = node;
    while (!regex_scanner_is_at_end(&parser->scanner) &&
           regex_scanner_peek(&parser->scanner, 0) != '|' &&
           regex_scanner_peek(&parser->scanner, 0) != ')') {
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
        return regex_scanner_fail(&parser->scanner, "expression nests too deeply",
                                  parser->scanner.text);
    do {
        const RegexNode *sequence;
        if (!parse_sequence(parser, &sequence))
            return false;
        vec_push(parser->arena, &node->children, sequence);
        node->is_nullable = node->is_nullable || sequence->is_nullable;
    } while (regex_scanner_accept(&parser->scanner, STR("|")));
    parser->depth--;
    parser->flags = outer;
    return true;
}

typedef struct Rewriting {
    StrBuf text;
    uint32_t group_count;
    RegexRewrite *out;
    Arena *arena;
} Rewriting;

static void rewrite_write_node(Rewriting *rewriting, const RegexNode *node);

static void rewrite_write_children(Rewriting *rewriting, const RegexNode *node,
                                   const char *separator) {
    for (size_t i = 0; i < node->children.count; i++) {
        if (i)
            strbuf_add_cstr(&rewriting->text, separator);
        rewrite_write_node(rewriting, node->children.items[i]);
    }
}

static void write_grouped(Rewriting *rewriting, const RegexNode *node, const char *opening) {
    strbuf_add_cstr(&rewriting->text, opening);
    rewrite_write_children(rewriting, node, "|");
    strbuf_add_char(&rewriting->text, ')');
}

static void write_capture(Rewriting *rewriting, const RegexNode *node) {
    vec_push(rewriting->arena, &rewriting->out->groups[node->capture], ++rewriting->group_count);
    write_grouped(rewriting, node, "(");
}

static void write_counts(Rewriting *rewriting, uint32_t min, uint32_t max, bool is_lazy) {
    if (max == REGEX_NO_MAX)
        strbuf_add_format(&rewriting->text, "{%u,}", min);
    else
        strbuf_add_format(&rewriting->text, "{%u,%u}", min, max);
    if (is_lazy)
        strbuf_add_char(&rewriting->text, '?');
}

/* Writes an unlimited repetition of a body that can be empty. For {n,} with n > 1 the first n - 1
 * rounds precede the loop, because each of them may be empty. */
static void write_empty_loop(Rewriting *rewriting, const RegexNode *node) {
    if (node->min > 1) {
        write_grouped(rewriting, node, "(?:");
        write_counts(rewriting, node->min - 1, node->min - 1, false);
    }
    uint32_t loop = rewriting->group_count + 1;
    rewriting->group_count += 2;
    rewriting->out->has_callouts = true;
    strbuf_add_cstr(&rewriting->text, "()(?:()");
    rewrite_write_children(rewriting, node, "|");
    strbuf_add_format(&rewriting->text, "(?C'%u'))", loop);
    write_counts(rewriting, node->min > 0, REGEX_NO_MAX, node->is_lazy);
}

static void write_repeat(Rewriting *rewriting, const RegexNode *node) {
    const RegexNode *body = node->children.items[0];
    if (body->is_nullable && node->max == REGEX_NO_MAX) {
        write_empty_loop(rewriting, node);
        return;
    }
    if (body->kind == REGEX_CHARACTER)
        rewrite_write_node(rewriting, body);
    else
        write_grouped(rewriting, node, "(?:");
    write_counts(rewriting, node->min, node->max, node->is_lazy);
}

static void rewrite_write_node(Rewriting *rewriting, const RegexNode *node) {
    if (rewriting->text.len > PATTERN_SIZE_MAX)
        return;
    switch (node->kind) {
    case REGEX_CHARACTER:
    case REGEX_ASSERTION: strbuf_add(&rewriting->text, node->text); return;
    case REGEX_SEQUENCE: rewrite_write_children(rewriting, node, ""); return;
    case REGEX_CHOICE:
        if (node->children.count == 1)
            rewrite_write_children(rewriting, node, "");
        else
            write_grouped(rewriting, node, "(?:");
        return;
    case REGEX_CAPTURE: write_capture(rewriting, node); return;
    case REGEX_REPEAT: write_repeat(rewriting, node); return;
    }
    CHECK(false);
}

bool regex_rewrite(Str pattern, RegexRewrite *out, Str *error, Arena *arena) {
    *out = (RegexRewrite){0};
    RegexParser parser = {
        .scanner = {.text = pattern, .error = error, .arena = arena},
        .names = &out->names,
        .arena = arena,
    };
    const RegexNode *root;
    if (!parse_choice(&parser, &root))
        return false;
    if (!regex_scanner_is_at_end(&parser.scanner))
        return regex_scanner_fail(&parser.scanner, "unexpected )", pattern);
    out->groups = arena_new_array(arena, RegexGroupVec, out->names.count);
    Rewriting rewriting = {.text = strbuf_new(arena), .out = out, .arena = arena};
    rewrite_write_node(&rewriting, root);
    out->pattern = strbuf_str(&rewriting.text);
    if (out->pattern.len <= PATTERN_SIZE_MAX)
        return true;
    *error = STR("expression too large");
    return false;
}
