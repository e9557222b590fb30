/* template: parses text with ${…} and %{…}. First reads a flat list of parts and applies strip
 * markers and the indentation of <<- heredocs, then builds a tree. */
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

struct TemplatePart {
    PartKind kind;
    Str text; /* of PART_TEXT, decoded */
    const Expr
        *expr; /* PART_EXPR: the expression; PART_IF: the condition; PART_FOR: the collection */
    Str key_name;
    Str value_name;
    SourceRange range;
};

typedef struct TemplatePart Part;

typedef struct Template {
    Parse *parse;
    Part *parts; /* the last ones in Parse.parts; set after all are read */
    size_t count;
    size_t base;       /* index of the first part in Parse.parts */
    bool trims_next;   /* the last sequence ended with ~} */
    SourceRange first; /* the token that opens the template */
    SourceRange close; /* the token that closes the template */
    size_t at;         /* next part, while the tree is built */
} Template;

static const char escapes[] = "n\nr\rt\t\"\"\\\\";

/* Counts the hexadecimal digits after \u or \U. Sets *codepoint; it is valid if the count is
 * `wanted`. */
static size_t escape_digits(Str text, size_t at, size_t wanted, uint32_t *codepoint) {
    size_t count = 0;
    *codepoint = 0;
    while (count < wanted && at + count < text.len &&
           isxdigit((unsigned char)text.ptr[at + count])) {
        int digit = (unsigned char)text.ptr[at + count++];
        *codepoint =
            *codepoint * 16 + (uint32_t)(isdigit(digit) ? digit - '0' : tolower(digit) - 'a' + 10);
    }
    return count;
}

/* Decodes the escape sequence at the backslash and returns its length. *is_good: the escape is
 * valid. */
static size_t template_escape(Str text, size_t at, StrBuf *out, bool *is_good) {
    char c = at + 1 < text.len ? text.ptr[at + 1] : '\0';
    for (size_t i = 0; i + 1 < sizeof(escapes); i += 2) {
        if (escapes[i] != c || c == '\0')
            continue;
        strbuf_add_char(out, escapes[i + 1]);
        return 2;
    }
    uint32_t codepoint = 0;
    size_t wanted = c == 'u' ? 4 : c == 'U' ? 8 : 0;
    size_t digits = escape_digits(text, at + 2, wanted, &codepoint);
    *is_good = wanted && digits == wanted && codepoint <= 0x10FFFF &&
               (codepoint < 0xD800 || codepoint > 0xDFFF);
    if (*is_good)
        utf8_add(out, codepoint);
    if (wanted)
        return 2 + digits;
    return at + 1 < text.len ? utf8_grapheme_end(text, at + 1) - at : 1;
}

static void report_escape(Parse *parse, Token token, size_t start, size_t width) {
    uint32_t place = token.start + (uint32_t)start;
    parse_error(parse, parse_range(parse, place, place + (uint32_t)width),
                "Invalid escape sequence",
                "A backslash must begin one of \\n"
                " \\r \\t \\\" \\\\ \\uNNNN \\UNNNNNNNN. For a literal backslash, write two.");
}

/* Returns true if the text must be decoded; most texts need not. */
static bool is_encoded(Str text, bool has_escapes) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '$' || c == '%' || (c == '\\' && has_escapes))
            return true;
    }
    return false;
}

Str parse_template_text(Parse *parse, Token token, bool has_escapes) {
    Str text = parse_text(parse, token);
    if (!is_encoded(text, has_escapes))
        return utf8_nfc(text, parse->arena);
    StrBuf buf = strbuf_new(parse->arena);
    size_t at = 0;
    while (at < text.len) {
        char c = text.ptr[at];
        bool is_good = true;
        size_t width = 1;
        if ((c == '$' || c == '%') && at + 2 < text.len && text.ptr[at + 1] == c &&
            text.ptr[at + 2] == '{') {
            strbuf_add(&buf, str_slice(text, at + 1, at + 3));
            width = 3;
        } else if (has_escapes && c == '\\') {
            width = template_escape(text, at, &buf, &is_good);
        } else {
            strbuf_add_char(&buf, c);
        }
        if (!is_good) {
            report_escape(parse, token, at, width);
            strbuf_add(&buf, str_slice(text, at, at + width));
        }
        at += width;
    }
    return utf8_nfc(strbuf_str(&buf), parse->arena);
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

static void template_add_text(Template *template, Token token, bool has_escapes) {
    Part part = {.kind = PART_TEXT, .range = parse_token_range(template->parse, token)};
    part.text = parse_template_text(template->parse, token, has_escapes);
    if (template->trims_next)
        part.text = template_trim_start(part.text);
    template->trims_next = false;
    vec_push(template->parse->arena, &template->parse->parts, part);
}

/* Reads the brace that ends a sequence; returns false if it is missing. */
static bool template_close_sequence(Template *template) {
    Parse *parse = template->parse;
    if (!parse_is_next(parse, TOKEN_SEQUENCE_CLOSE))
        return false;
    template->trims_next = parse_read(parse).is_trimming;
    return true;
}

static void report_interpolation_end(Template *template, TokenKind close) {
    Parse *parse = template->parse;
    Token token = parse_peek(parse);
    bool is_quote = token.kind == TOKEN_QUOTE_CLOSE || token.kind == TOKEN_QUOTE_OPEN;
    if (parse->recovers)
        return;
    if (token.kind == TOKEN_END || (is_quote && close == TOKEN_QUOTE_CLOSE))
        parse_error(parse, template->first, "Unclosed template interpolation sequence",
                    "The closing brace of a \"${\" in this text is missing. For the literal text "
                    "\"${\", write \"$${\".");
    else
        parse_error(parse, parse_token_range(parse, token),
                    "Extra characters after interpolation expression",
                    "The expression is complete and must be followed by a closing brace. For the "
                    "literal text \"${\", write \"$${\".");
}

static void template_read_interpolation(Template *template, Part *part, TokenKind close) {
    part->kind = PART_EXPR;
    part->expr = parse_expression(template->parse);
    if (template_close_sequence(template))
        return;
    report_interpolation_end(template, close);
    parse_recover(template->parse, TOKEN_SEQUENCE_CLOSE);
}

typedef struct Keyword {
    const char *word;
    PartKind kind;
} Keyword;

static const Keyword keywords[] = {
    {"if", PART_IF},   {"else", PART_ELSE},     {"endif", PART_ENDIF},
    {"for", PART_FOR}, {"endfor", PART_ENDFOR},
};

#define KEYWORD_DETAIL                                                                             \
    "A directive must begin with one of the keywords if, else, endif, for, endfor. For the "       \
    "literal text \"%{\", write \"%%{\"."

static bool template_read_keyword(Template *template, PartKind *out) {
    Parse *parse = template->parse;
    Token token = parse_peek(parse);
    bool is_name = token.kind == TOKEN_IDENTIFIER;
    if (is_name)
        parse_read(parse);
    for (size_t i = 0; is_name && i < ARRAY_COUNT(keywords); i++) {
        if (!str_equal_cstr(parse_text(parse, token), keywords[i].word))
            continue;
        *out = keywords[i].kind;
        return true;
    }
    if (!parse->recovers)
        parse_error(parse, parse_token_range(parse, token),
                    is_name ? "Invalid template control keyword" : "Invalid template directive",
                    KEYWORD_DETAIL);
    return false;
}

/* Reads a directive up to its closing brace, not included. Returns false if it is invalid. */
static bool template_read_head(Template *template, Part *part) {
    Parse *parse = template->parse;
    if (!template_read_keyword(template, &part->kind))
        return false;
    if (part->kind == PART_FOR &&
        !parse_for_names(parse, "Invalid 'for' directive", &part->key_name, &part->value_name))
        return false;
    if (part->kind == PART_IF || part->kind == PART_FOR)
        part->expr = parse_expression(parse);
    return true;
}

static bool template_read_directive(Template *template, Part *part) {
    Parse *parse = template->parse;
    bool is_good = template_read_head(template, part);
    if (is_good && template_close_sequence(template))
        return true;
    Token token = parse_peek(parse);
    if (is_good)
        parse_unexpected(parse, token, "Extra characters in template directive",
                         "The directive is complete: expected a closing brace");
    parse_recover(parse, TOKEN_SEQUENCE_CLOSE);
    return is_good;
}

static void template_add_sequence(Template *template, Token open, TokenKind close) {
    Parse *parse = template->parse;
    if (open.is_trimming && parse->parts.count > template->base &&
        vec_last(&parse->parts).kind == PART_TEXT) {
        Part *last = &vec_last(&parse->parts);
        last->text = template_trim_end(last->text);
    }
    template->trims_next = false;
    bool outer = parse->skips_newlines;
    bool is_part = true;
    parse->skips_newlines = true;
    Part part = {0};
    if (open.kind == TOKEN_INTERPOLATION)
        template_read_interpolation(template, &part, close);
    else
        is_part = template_read_directive(template, &part);
    parse->skips_newlines = outer;
    part.range = parse_range(parse, open.start, parse->end);
    if (is_part)
        vec_push(parse->arena, &parse->parts, part);
}

static void template_read_parts(Template *template, TokenKind close) {
    Parse *parse = template->parse;
    bool outer = parse->skips_newlines;
    parse->skips_newlines = false;
    Token token = parse_peek(parse);
    template->first = parse_token_range(parse, token);
    while ((token = parse_read(parse)).kind != close) {
        if (token.kind == TOKEN_TEXT) {
            template_add_text(template, token, close == TOKEN_QUOTE_CLOSE);
        } else if (token.kind == TOKEN_INTERPOLATION || token.kind == TOKEN_DIRECTIVE) {
            template_add_sequence(template, token, close);
        } else {
            parse_unexpected(parse, token, "Unterminated template string",
                             close == TOKEN_QUOTE_CLOSE
                                 ? "Expected a closing quote for this string"
                                 : "Expected a line with only the marker of this heredoc");
            token = parse_recover(parse, close);
            break;
        }
    }
    template->close = parse_token_range(parse, token);
    template->count = parse->parts.count - template->base;
    template->parts = template->count ? &parse->parts.items[template->base] : NULL;
    parse->skips_newlines = outer;
}

/* Returns the indentation of a text in characters, or SIZE_MAX for a blank line, which does not
 * count. */
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

/* Removes the smallest indentation from every line. After a strip marker removed a newline, the
 * following text is not the start of a line. */
static void template_flush(Template *template) {
    VEC(Part *) lines = {0};
    size_t least = SIZE_MAX;
    bool begins_line = true;
    for (size_t i = 0; i < template->count; i++) {
        Part *part = &template->parts[i];
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

static const Expr *template_part(Template *template);

/* Returns the next part, or NULL at the end. */
static const Part *template_next(const Template *template) {
    return template->at < template->count ? &template->parts[template->at] : NULL;
}

static const Expr *template_refuse_at(Template *template, SourceRange range, const char *summary,
                                      const char *detail) {
    parse_error(template->parse, range, summary, detail);
    return parse_placeholder(template->parse, range.start);
}

static const Expr *template_unclosed(Template *template, const char *detail) {
    return template_refuse_at(template, template->close, "Unexpected end of template", detail);
}

static const Expr *template_stray(Template *template, const Part *part) {
    static const char *const summaries[] = {
        [PART_ELSE] = "Unexpected else directive",
        [PART_ENDIF] = "Unexpected endif directive",
        [PART_ENDFOR] = "Unexpected endfor directive",
    };
    static const char *const details[] = {
        [PART_ELSE] = "This %{else} has no %{if}.",
        [PART_ENDIF] = "This %{endif} has no %{if}.",
        [PART_ENDFOR] = "This %{endfor} has no %{for}.",
    };
    return template_refuse_at(template, part->range, summaries[part->kind], details[part->kind]);
}

static bool ends_sequence(const Part *part) {
    return !part || part->kind == PART_ELSE || part->kind == PART_ENDIF ||
           part->kind == PART_ENDFOR;
}

static Expr *template_node(Template *template, const ExprVec *items, SourceRange range) {
    Expr *expr = arena_new(template->parse->arena, Expr);
    expr->kind = EXPR_TEMPLATE;
    expr->range = range;
    if (items->count)
        expr->range = source_range_join(items->items[0]->range, vec_last(items)->range);
    expr->as.parts.items = items->items;
    expr->as.parts.count = items->count;
    return expr;
}

/* Reads parts up to a directive that ends a sequence, or to the end. */
static const Expr *template_sequence(Template *template, SourceRange range) {
    ExprVec items = {0};
    while (!ends_sequence(template_next(template)))
        vec_push(template->parse->arena, &items, template_part(template));
    return template_node(template, &items, range);
}

static const Expr *template_if(Template *template, const Part *open) {
    Expr *expr = arena_new(template->parse->arena, Expr);
    expr->kind = EXPR_TEMPLATE_IF;
    expr->as.conditional.condition = open->expr;
    expr->as.conditional.if_true = template_sequence(template, open->range);
    const Part *end = template_next(template);
    if (end && end->kind == PART_ELSE) {
        template->at++;
        expr->as.conditional.if_false = template_sequence(template, open->range);
        end = template_next(template);
    }
    if (!end)
        return template_unclosed(template, "An %{if} of this text has no %{endif}.");
    template->at++;
    if (end->kind != PART_ENDIF)
        return template_stray(template, end);
    expr->range = source_range_join(open->range, end->range);
    return expr;
}

static const Expr *template_for(Template *template, const Part *open) {
    Expr *expr = arena_new(template->parse->arena, Expr);
    expr->kind = EXPR_TEMPLATE_FOR;
    expr->as.loop.key_name = open->key_name;
    expr->as.loop.value_name = open->value_name;
    expr->as.loop.collection = open->expr;
    expr->as.loop.value = template_sequence(template, open->range);
    const Part *end = template_next(template);
    if (!end)
        return template_unclosed(template, "A %{for} of this text has no %{endfor}.");
    template->at++;
    if (end->kind != PART_ENDFOR)
        return template_stray(template, end);
    expr->range = source_range_join(open->range, end->range);
    return expr;
}

static const Expr *template_nested(Template *template, const Part *part) {
    Parse *parse = template->parse;
    Token place = {.start = part->range.start, .end = part->range.end};
    const Expr *expr = NULL;
    if (parse_enter(parse, place))
        expr = part->kind == PART_IF ? template_if(template, part) : template_for(template, part);
    else
        template->at = template->count;
    parse_leave(parse);
    return expr ? expr : parse_placeholder(parse, part->range.start);
}

static const Expr *template_part(Template *template) {
    const Part *part = template_next(template);
    template->at++;
    switch (part->kind) {
    case PART_TEXT:
        return expr_literal(value_from_str(part->text), part->range, template->parse->arena);
    case PART_EXPR: return part->expr;
    case PART_IF:
    case PART_FOR: return template_nested(template, part);
    case PART_ELSE:
    case PART_ENDIF:
    case PART_ENDFOR: return template_stray(template, part);
    }
    CHECK(false);
}

/* Reads all parts. A directive that ends a sequence is an error here. */
static const Expr *template_tree(Template *template, SourceRange range) {
    ExprVec items = {0};
    while (template_next(template))
        vec_push(template->parse->arena, &items, template_part(template));
    Expr *expr = template_node(template, &items, range);
    expr->range = range;
    return expr;
}

/* Returns a literal if the template is text only. */
static const Expr *template_literal(const Template *template, SourceRange range) {
    Arena *arena = template->parse->arena;
    StrBuf buf = strbuf_new(arena);
    for (size_t i = 0; i < template->count; i++)
        if (template->parts[i].kind != PART_TEXT)
            return NULL;
    if (template->count == 1)
        return expr_literal(value_string(template->parts[0].text, arena), range, arena);
    for (size_t i = 0; i < template->count; i++)
        strbuf_add(&buf, template->parts[i].text);
    return expr_literal(value_string(strbuf_str(&buf), arena), range, arena);
}

const Expr *parse_template(Parse *parse, Token open, TokenKind close) {
    Template template = {.parse = parse, .base = parse->parts.count};
    template_read_parts(&template, close);
    if (open.kind == TOKEN_HEREDOC_OPEN && open.is_trimming)
        template_flush(&template);
    SourceRange range = parse_range(parse, open.start, parse->end);
    const Expr *expr = template_literal(&template, range);
    if (!expr)
        expr = template_tree(&template, range);
    parse->parts.count = template.base;
    return expr;
}
