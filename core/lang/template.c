/* template: text with ${…} and %{…}. First a flat list of parts, in which strip markers and the
 * indentation of <<- heredocs are settled, then a tree. */
#include "parse.h"
#include "utf8.h"

typedef enum PartKind {
    PART_TEXT,
    PART_EXPR,
    PART_IF,
    PART_ELSE,
    PART_ENDIF,
    PART_FOR,
    PART_ENDFOR
} PartKind;

typedef struct Part {
    PartKind kind;
    Str text;         /* PART_TEXT, decoded */
    const Expr *expr; /* PART_EXPR; the condition of PART_IF, the collection of PART_FOR */
    Str key_name;
    Str value_name;
    SourceRange range;
} Part;

typedef struct Template {
    Parse *parse;
    VEC(Part) parts;
    bool trims_next; /* the last sequence ended with ~} */
    size_t at;       /* while the tree is built */
} Template;

static bool template_fail(Template *template,
                          SourceRange range,
                          const char *summary,
                          const char *detail) {
    diags_error(template->parse->diags, range, summary, "%s", detail);
    return false;
}

/* -- text --------------------------------------------------------------------------------- */

/* Bytes of an escape sequence behind its backslash, 0: none known. */
static size_t template_escape(Str text, size_t at, StrBuf *out) {
    static const char plain[] = "n\nr\rt\t\"\"\\\\";
    char c = at < text.len ? text.ptr[at] : '\0';
    for (size_t i = 0; i + 1 < sizeof(plain); i += 2) {
        if (plain[i] != c || c == '\0')
            continue;
        strbuf_add_char(out, plain[i + 1]);
        return 1;
    }
    size_t digits = c == 'u' ? 4 : c == 'U' ? 8 : 0;
    if (!digits || at + digits >= text.len)
        return 0;
    uint32_t codepoint = 0;
    for (size_t i = 1; i <= digits; i++) {
        int digit = (unsigned char)text.ptr[at + i];
        if (!isxdigit(digit))
            return 0;
        codepoint =
            codepoint * 16 + (uint32_t)(isdigit(digit) ? digit - '0' : tolower(digit) - 'a' + 10);
    }
    if (codepoint > 0x10FFFF || (codepoint >= 0xD800 && codepoint <= 0xDFFF))
        return 0;
    strbuf_add_codepoint(out, codepoint);
    return digits + 1;
}

static bool template_decode(Template *template, Token token, bool has_escapes, Str *out) {
    Str text = parse_text(template->parse, token);
    StrBuf buf = strbuf_new(template->parse->arena);
    size_t at = 0;
    while (at < text.len) {
        char c = text.ptr[at];
        if ((c == '$' || c == '%') && at + 2 < text.len && text.ptr[at + 1] == c &&
            text.ptr[at + 2] == '{') {
            strbuf_add(&buf, str_slice(text, at + 1, at + 3));
            at += 3;
        } else if (has_escapes && c == '\\') {
            size_t width = template_escape(text, at + 1, &buf);
            if (!width) {
                uint32_t place = token.start + (uint32_t)at;
                return template_fail(template, parse_range(template->parse, place, place + 2),
                                     "Invalid escape sequence",
                                     "A backslash begins one of \\n \\r \\t \\\" \\\\ \\uNNNN "
                                     "\\UNNNNNNNN. For a backslash itself, write two.");
            }
            at += 1 + width;
        } else {
            strbuf_add_char(&buf, c);
            at++;
        }
    }
    *out = utf8_nfc(strbuf_str(&buf), template->parse->arena);
    return true;
}

static Str template_trim_start(Str text) {
    size_t width = 0;
    size_t at = 0;
    while (at < text.len && utf8_is_space(utf8_decode(text, at, &width)))
        at += width;
    return str_after(text, at);
}

static Str template_trim_end(Str text) {
    while (text.len) {
        size_t start = text.len - 1;
        while (start > 0 && ((unsigned char)text.ptr[start] & 0xC0) == 0x80)
            start--;
        size_t width = 0;
        if (!utf8_is_space(utf8_decode(text, start, &width)))
            break;
        text.len = start;
    }
    return text;
}

static bool template_add_text(Template *template, Token token, bool has_escapes) {
    Part part = {.kind = PART_TEXT, .range = parse_token_range(template->parse, token)};
    if (!template_decode(template, token, has_escapes, &part.text))
        return false;
    if (template->trims_next)
        part.text = template_trim_start(part.text);
    template->trims_next = false;
    vec_push(template->parse->arena, &template->parts, part);
    return true;
}

/* -- sequences ---------------------------------------------------------------------------- */

static bool template_close_sequence(Template *template, const char *summary, const char *detail) {
    Token token = parse_read(template->parse);
    if (token.kind != TOKEN_SEQUENCE_CLOSE)
        return template_fail(template, parse_token_range(template->parse, token), summary, detail);
    template->trims_next = token.is_trimming;
    return true;
}

static bool template_read_interpolation(Template *template, Part *part) {
    part->kind = PART_EXPR;
    part->expr = parse_expression(template->parse);
    return part->expr && template_close_sequence(
                             template, "Extra characters after interpolation expression",
                             "The expression is complete, and a closing brace must follow it. If "
                             "this is meant to be the text \"${\", write \"$${\".");
}

typedef struct Keyword {
    const char *word;
    PartKind kind;
} Keyword;

static const Keyword keywords[] = {
    {"if",     PART_IF    },
    {"else",   PART_ELSE  },
    {"endif",  PART_ENDIF },
    {"for",    PART_FOR   },
    {"endfor", PART_ENDFOR},
};

static bool template_read_keyword(Template *template, PartKind *out) {
    Token token = parse_read(template->parse);
    for (size_t i = 0; token.kind == TOKEN_IDENTIFIER && i < ARRAY_COUNT(keywords); i++) {
        if (!str_equal_cstr(parse_text(template->parse, token), keywords[i].word))
            continue;
        *out = keywords[i].kind;
        return true;
    }
    return template_fail(
        template, parse_token_range(template->parse, token), "Invalid template directive",
        "A directive begins with one of the keywords if, else, endif, for, endfor. If "
        "this is meant to be the text \"%{\", write \"%%{\".");
}

static bool template_read_directive(Template *template, Part *part) {
    Parse *parse = template->parse;
    if (!template_read_keyword(template, &part->kind))
        return false;
    if (part->kind == PART_FOR && !parse_for_names(parse, &part->key_name, &part->value_name))
        return false;
    if (part->kind == PART_IF || part->kind == PART_FOR) {
        part->expr = parse_expression(parse);
        if (!part->expr)
            return false;
    }
    return template_close_sequence(
        template, "Extra characters in template directive",
        "The directive is complete, and a closing brace must follow it.");
}

static bool template_add_sequence(Template *template, Token open) {
    Parse *parse = template->parse;
    if (open.is_trimming && template->parts.count && vec_last(&template->parts).kind == PART_TEXT) {
        Part *last = &vec_last(&template->parts);
        last->text = template_trim_end(last->text);
    }
    template->trims_next = false;
    bool outer = parse->skips_newlines;
    parse->skips_newlines = true;
    Part part = {0};
    bool is_good = open.kind == TOKEN_INTERPOLATION ? template_read_interpolation(template, &part)
                                                    : template_read_directive(template, &part);
    if (!is_good)
        return false;
    parse->skips_newlines = outer;
    part.range = parse_range(parse, open.start, parse_end(parse));
    vec_push(parse->arena, &template->parts, part);
    return true;
}

static bool template_unterminated(Template *template, Token open, TokenKind close, Token token) {
    if (token.kind == TOKEN_NEWLINE)
        return template_fail(
            template, parse_token_range(template->parse, token), "Invalid multi-line string",
            "A quoted string ends on the line it begins on. Close it with a quote, or "
            "write several lines as a heredoc (<<EOT).");
    SourceRange range = parse_token_range(template->parse, open);
    if (close == TOKEN_QUOTE_CLOSE)
        return template_fail(template, range, "Unterminated string",
                             "This string has no closing quote.");
    return template_fail(template, range, "Unterminated heredoc",
                         "There is no line that consists of the marker of this heredoc alone.");
}

static bool template_read_parts(Template *template, Token open, TokenKind close) {
    bool outer = template->parse->skips_newlines;
    template->parse->skips_newlines = false;
    for (;;) {
        Token token = parse_read(template->parse);
        bool is_good = true;
        if (token.kind == close)
            break;
        if (token.kind == TOKEN_TEXT) {
            is_good = template_add_text(template, token, close == TOKEN_QUOTE_CLOSE);
        } else if (token.kind == TOKEN_INTERPOLATION || token.kind == TOKEN_DIRECTIVE) {
            is_good = template_add_sequence(template, token);
        } else {
            is_good = template_unterminated(template, open, close, token);
        }
        if (!is_good)
            return false;
    }
    template->parse->skips_newlines = outer;
    return true;
}

/* -- indentation of <<- ------------------------------------------------------------------- */

/* White space at its start, in characters; SIZE_MAX for a blank line, which does not count. */
static size_t template_indent(Str text) {
    Str rest = template_trim_start(text);
    if (rest.len == 0 && str_ends_with(text, STR("\n")))
        return SIZE_MAX;
    return utf8_grapheme_count(str_slice(text, 0, text.len - rest.len));
}

static void template_cut(Str *text, size_t characters) {
    size_t at = 0;
    while (characters-- && at < text->len)
        at = utf8_grapheme_end(*text, at);
    *text = str_after(*text, at);
}

/* Takes the least indentation away from every line. A strip marker that ate a newline has joined
 * two lines: what follows it begins none. */
static void template_flush(Template *template) {
    VEC(Part *) lines = {0};
    size_t least = SIZE_MAX;
    bool begins_line = true;
    vec_each(&template->parts, part) {
        if (begins_line) {
            size_t indent = part->kind == PART_TEXT ? template_indent(part->text) : 0;
            if (part->kind == PART_TEXT && indent != SIZE_MAX)
                vec_push(template->parse->arena, &lines, part);
            if (indent < least)
                least = indent;
        }
        begins_line = part->kind == PART_TEXT && str_ends_with(part->text, STR("\n"));
    }
    if (least == SIZE_MAX)
        return;
    vec_each(&lines, line) {
        template_cut(&(*line)->text, least);
    }
}

/* -- the tree ----------------------------------------------------------------------------- */

static Expr *template_sequence(Template *template, SourceRange range, unsigned stop_kinds);

static SourceRange template_part_range(const Template *template, size_t i, SourceRange fallback) {
    return i < template->parts.count ? template->parts.items[i].range : fallback;
}

static const Expr *template_missing(Template *template, SourceRange range, const char *detail) {
    template_fail(template, range, "Unclosed template directive", detail);
    return NULL;
}

static const Expr *template_if(Template *template, const Part *open) {
    Expr *expr = arena_new(template->parse->arena, Expr);
    expr->kind = EXPR_TEMPLATE_IF;
    expr->as.conditional.condition = open->expr;
    unsigned stops = 1u << PART_ELSE | 1u << PART_ENDIF;
    expr->as.conditional.if_true = template_sequence(template, open->range, stops);
    if (!expr->as.conditional.if_true)
        return NULL;
    if (template->at < template->parts.count &&
        template->parts.items[template->at].kind == PART_ELSE) {
        template->at++;
        expr->as.conditional.if_false = template_sequence(template, open->range, 1u << PART_ENDIF);
        if (!expr->as.conditional.if_false)
            return NULL;
    }
    if (template->at >= template->parts.count)
        return template_missing(template, open->range, "There is no %{endif} for this %{if}.");
    expr->range = source_range_join(open->range, template->parts.items[template->at++].range);
    return expr;
}

static const Expr *template_for(Template *template, const Part *open) {
    Expr *expr = arena_new(template->parse->arena, Expr);
    expr->kind = EXPR_TEMPLATE_FOR;
    expr->as.loop.key_name = open->key_name;
    expr->as.loop.value_name = open->value_name;
    expr->as.loop.collection = open->expr;
    expr->as.loop.value = template_sequence(template, open->range, 1u << PART_ENDFOR);
    if (!expr->as.loop.value)
        return NULL;
    if (template->at >= template->parts.count)
        return template_missing(template, open->range, "There is no %{endfor} for this %{for}.");
    expr->range = source_range_join(open->range, template->parts.items[template->at++].range);
    return expr;
}

static const Expr *template_stray(Template *template, const Part *part) {
    static const char *const details[] = {
        [PART_ELSE] = "This %{else} belongs to no %{if}.",
        [PART_ENDIF] = "This %{endif} closes no %{if}.",
        [PART_ENDFOR] = "This %{endfor} closes no %{for}.",
    };
    template_fail(template, part->range, "Unexpected template directive", details[part->kind]);
    return NULL;
}

static const Expr *template_part(Template *template, const Part *part) {
    switch (part->kind) {
    case PART_TEXT:
        return expr_literal(value_from_str(part->text), part->range, template->parse->arena);
    case PART_EXPR: return part->expr;
    case PART_IF: return template_if(template, part);
    case PART_FOR: return template_for(template, part);
    case PART_ELSE:
    case PART_ENDIF:
    case PART_ENDFOR: return template_stray(template, part);
    }
    CHECK(false);
}

/* Parts up to one of the kinds, which is left for the caller; or to the end. */
static Expr *template_sequence(Template *template, SourceRange range, unsigned stop_kinds) {
    Parse *parse = template->parse;
    VEC(const Expr *) items = {0};
    Token place = {.start = range.start, .end = range.end};
    SourceRange first = template_part_range(template, template->at, range);
    if (!parse_enter(parse, place))
        return NULL;
    while (template->at < template->parts.count) {
        const Part *part = &template->parts.items[template->at];
        if (stop_kinds & 1u << part->kind)
            break;
        template->at++;
        const Expr *item = template_part(template, part);
        if (!item)
            return NULL;
        vec_push(parse->arena, &items, item);
    }
    parse_leave(parse);
    Expr *expr = arena_new(parse->arena, Expr);
    expr->kind = EXPR_TEMPLATE;
    expr->range = first;
    if (items.count)
        expr->range.end = items.items[items.count - 1]->range.end;
    expr->as.parts.items = items.items;
    expr->as.parts.count = items.count;
    return expr;
}

/* A template of text alone is a literal. */
static const Expr *template_literal(Template *template, SourceRange range) {
    StrBuf buf = strbuf_new(template->parse->arena);
    vec_each(&template->parts, part) {
        if (part->kind != PART_TEXT)
            return NULL;
        strbuf_add(&buf, part->text);
    }
    Value text = value_string(strbuf_str(&buf), template->parse->arena);
    return expr_literal(text, range, template->parse->arena);
}

const Expr *parse_template(Parse *parse, Token open, TokenKind close) {
    Template template = {.parse = parse};
    if (!template_read_parts(&template, open, close))
        return NULL;
    if (open.kind == TOKEN_HEREDOC_OPEN && open.is_trimming)
        template_flush(&template);
    SourceRange range = parse_range(parse, open.start, parse_end(parse));
    const Expr *literal = template_literal(&template, range);
    if (literal)
        return literal;
    Expr *expr = template_sequence(&template, range, 0);
    if (expr)
        expr->range = range;
    return expr;
}
