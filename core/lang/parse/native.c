/* native: parses bodies, blocks and arguments by recursive descent; the parser parses their
 * expressions. */
#include "native.h"

#include "parse.h"
#include "utf8.h"

static const NativeBody *native_read_body(Parse *parse, TokenKind end);

static NativeBody *native_new_body(Parse *parse, SourceRange range) {
    NativeBody *body = arena_new(parse->arena, NativeBody);
    body->attributes = map_new(parse->arena);
    body->range = range;
    return body;
}

static Str native_name_of(Parse *parse, Token token) {
    return utf8_nfc(parse_text(parse, token), parse->arena);
}

static SourceRange native_place_of(const Parse *parse, uint32_t start) {
    return parse_range(parse, start, start);
}

static void read_attribute_end(Parse *parse) {
    Token end = parse_peek(parse);
    if (end.kind == TOKEN_NEWLINE || end.kind == TOKEN_END) {
        parse_read(parse);
        return;
    }
    if (end.kind == TOKEN_COMMA)
        parse_unexpected(parse, end, "Unexpected comma after argument",
                         "Arguments are separated by new lines: expected the end of the line");
    else
        parse_unexpected(parse, end, "Missing newline after argument",
                         "An argument definition must end with its line: expected a newline");
    parse_recover_item(parse);
}

static void native_add_attribute(Parse *parse, NativeBody *body, const NativeAttribute *attribute) {
    const NativeAttribute *before = map_find(&body->attributes, attribute->name);
    if (!before) {
        map_set(&body->attributes, attribute->name, (void *)(uintptr_t)attribute);
        return;
    }
    SourcePos first = source_text_position(before->name_range.source, before->name_range.start);
    Str detail = str_format(parse->arena,
                            "The argument \"%.*s\" was set already at line %u. Each argument "
                            "may be set only once.",
                            STR_ARG(attribute->name), first.line);
    parse_error(parse, attribute->name_range, "Attribute redefined",
                str_to_cstr(detail, parse->arena));
}

/* The next token is the equals sign. `is_alone`: the only argument of a block on one line, which
 * the brace ends. */
static const NativeAttribute *native_read_attribute(Parse *parse, Token name, bool is_alone) {
    NativeAttribute *attribute = arena_new(parse->arena, NativeAttribute);
    size_t mark = parse_mark(parse);
    parse_read(parse);
    attribute->expr = parse_expression(parse);
    attribute->name = native_name_of(parse, name);
    attribute->name_range = parse_token_range(parse, name);
    attribute->range = parse_range(parse, name.start, parse->end);
    if (parse_is_lost(parse, mark))
        parse_recover_item(parse);
    else if (!is_alone)
        read_attribute_end(parse);
    return attribute;
}

/* Reports a token in a label that is not text. Returns false if it also ends the label. */
static bool read_label_other(Parse *parse, Token token) {
    SourceRange range = parse_token_range(parse, token);
    if (token.kind == TOKEN_INTERPOLATION || token.kind == TOKEN_DIRECTIVE) {
        parse_error(parse, range, "Invalid string literal",
                    "A block label must be literal text without ${ } and %{ }. For these "
                    "characters in it, double the first one.");
        parse_recover(parse, TOKEN_SEQUENCE_CLOSE);
        return true;
    }
    if (token.kind == TOKEN_END) {
        parse_error(parse, range, "Unterminated string literal",
                    "This label of a block has no closing quote.");
        return false;
    }
    parse_error(parse, range, "Invalid string literal",
                "A block label must end with a quote on the same line.");
    parse_recover(parse, TOKEN_QUOTE_CLOSE);
    return false;
}

static Str join(Str text, Str more, Arena *arena) {
    return text.len ? str_concat(text, more, arena) : more;
}

static NativeLabel read_quoted_label(Parse *parse) {
    Token open = parse_read(parse);
    NativeLabel label = {.text = STR_EMPTY};
    Token token;
    while ((token = parse_read(parse)).kind != TOKEN_QUOTE_CLOSE) {
        if (token.kind == TOKEN_TEXT) {
            label.text = join(label.text, parse_template_text(parse, token, true), parse->arena);
            continue;
        }
        if (!read_label_other(parse, token))
            break;
        /* So that the text cannot be a valid name. */
        label.text = join(label.text, STR("${ }"), parse->arena);
    }
    label.range = parse_range(parse, open.start, token.end);
    return label;
}

static NativeLabel read_bare_label(Parse *parse) {
    Token token = parse_read(parse);
    return (NativeLabel){.text = native_name_of(parse, token),
                         .range = parse_token_range(parse, token)};
}

static void report_header(Parse *parse, Token token) {
    SourceRange range = parse_token_range(parse, token);
    if (token.kind == TOKEN_ASSIGN)
        parse_error(parse, range, "Invalid block definition",
                    "An equals sign sets an argument. A block has an opening brace after its "
                    "labels, without an equals sign.");
    else if (token.kind == TOKEN_NEWLINE)
        parse_error(parse, range, "Invalid block definition",
                    "The opening brace of a block must be on the line of its type and labels.");
    else
        parse_unexpected(parse, token, "Invalid block definition",
                         "Expected a label in quotes or the opening brace of the block");
}

/* Reads the labels and the opening brace. Returns false if no block follows. */
static bool read_header(Parse *parse, NativeBlock *block) {
    for (;;) {
        Token token = parse_peek(parse);
        if (token.kind == TOKEN_BRACE_OPEN) {
            block->open = parse_token_range(parse, parse_read(parse));
            return true;
        }
        if (token.kind == TOKEN_QUOTE_OPEN) {
            vec_push(parse->arena, &block->labels, read_quoted_label(parse));
        } else if (token.kind == TOKEN_IDENTIFIER) {
            vec_push(parse->arena, &block->labels, read_bare_label(parse));
        } else {
            report_header(parse, token);
            parse_recover_item(parse);
            return false;
        }
    }
}

/* Reads the only argument of a block on one line. */
static const NativeBody *native_read_single(Parse *parse, SourceRange open) {
    Token name = parse_read(parse);
    SourceRange range = parse_token_range(parse, name);
    Token next = parse_peek(parse);
    bool is_name = name.kind == TOKEN_IDENTIFIER;
    if (is_name && next.kind == TOKEN_ASSIGN) {
        NativeBody *body = native_new_body(parse, native_place_of(parse, name.start));
        native_add_attribute(parse, body, native_read_attribute(parse, name, true));
        return body;
    }
    if (is_name && (next.kind == TOKEN_QUOTE_OPEN || next.kind == TOKEN_BRACE_OPEN ||
                    next.kind == TOKEN_IDENTIFIER))
        parse_error(parse, range, "Argument definition required",
                    "A block on a single line contains a single argument. To nest a block in it, "
                    "write each block on its own lines.");
    else
        parse_error(parse, range, "Argument or block definition required",
                    "An argument or a block is required here. An argument is set with the equals "
                    "sign: name = value.");
    parse_recover_item(parse);
    return native_new_body(parse, open);
}

static void native_report_end(Parse *parse, SourceRange open) {
    if (!parse->recovers)
        parse_error(parse, open, "Unclosed configuration block",
                    "There is no closing brace for this block before the end of the file. The "
                    "missing brace may also be further below, if another brace closed this block.");
}

static void read_single_end(Parse *parse, SourceRange open) {
    Token end = parse_peek(parse);
    SourceRange range = parse_token_range(parse, end);
    if (parse_skip(parse, TOKEN_BRACE_CLOSE))
        return;
    if (end.kind == TOKEN_COMMA || end.kind == TOKEN_NEWLINE)
        parse_error(parse, range, "Invalid single-argument block definition",
                    "A block on a single line contains a single argument and must end on that "
                    "line. For more arguments, write each on its own line.");
    else if (end.kind == TOKEN_END)
        native_report_end(parse, open);
    else
        parse_unexpected(parse, end, "Invalid single-argument block definition",
                         "A block on a single line ends after its argument: expected a closing "
                         "brace");
    parse_recover(parse, TOKEN_BRACE_CLOSE);
}

static const NativeBody *read_inside(Parse *parse, const NativeBlock *block) {
    Token next = parse_peek(parse);
    if (next.kind == TOKEN_NEWLINE || next.kind == TOKEN_END || next.kind == TOKEN_BRACE_CLOSE)
        return native_read_body(parse, TOKEN_BRACE_CLOSE);
    const NativeBody *body = native_read_single(parse, native_place_of(parse, block->open.start));
    read_single_end(parse, block->open);
    return body;
}

static void read_block_end(Parse *parse) {
    Token end = parse_peek(parse);
    if (end.kind == TOKEN_NEWLINE || end.kind == TOKEN_END) {
        parse_read(parse);
        return;
    }
    parse_unexpected(parse, end, "Missing newline after block definition",
                     "A block ends with its line: expected a newline");
    parse_recover_item(parse);
}

static const NativeBlock *native_read_block(Parse *parse, Token type) {
    NativeBlock *block = arena_new(parse->arena, NativeBlock);
    block->type = native_name_of(parse, type);
    block->type_range = parse_token_range(parse, type);
    block->open = block->type_range;
    bool has_brace = read_header(parse, block);
    block->end = parse->end;
    if (has_brace && parse_enter(parse, type))
        block->body = read_inside(parse, block);
    else
        block->body = native_new_body(parse, native_place_of(parse, type.start));
    if (!has_brace)
        return block;
    parse_leave(parse);
    block->end = parse->end;
    read_block_end(parse);
    return block;
}

static void native_read_item(Parse *parse, NativeBody *body) {
    Token name = parse_read(parse);
    Token next = parse_peek(parse);
    if (next.kind == TOKEN_ASSIGN) {
        native_add_attribute(parse, body, native_read_attribute(parse, name, false));
    } else if (next.kind == TOKEN_QUOTE_OPEN || next.kind == TOKEN_BRACE_OPEN ||
               next.kind == TOKEN_IDENTIFIER) {
        vec_push(parse->arena, &body->blocks, native_read_block(parse, name));
    } else {
        parse_error(parse, parse_token_range(parse, name), "Argument or block definition required",
                    "An argument or a block is required here. An argument is set with the equals "
                    "sign (name = value); the brace of a block stands on the line of its type.");
        parse_recover_item(parse);
    }
}

/* Reports a token that begins neither an argument nor a block; it ends the body. */
static void report_item(Parse *parse, Token bad, SourceRange open) {
    SourceRange range = parse_token_range(parse, bad);
    if (parse->recovers)
        return;
    if (bad.kind == TOKEN_QUOTE_OPEN)
        parse_error(parse, range, "Invalid argument name",
                    "Write the name of an argument, or the type of a block, without quotes.");
    else if (bad.kind == TOKEN_END)
        native_report_end(parse, open);
    else
        parse_error(parse, range, "Argument or block definition required",
                    "An argument (name = value) or a block (type \"label\" { … }) is required "
                    "here.");
}

static const NativeBody *native_read_body(Parse *parse, TokenKind end) {
    SourceRange open = parse_range(parse, parse->end ? parse->end - 1 : 0, parse->end);
    NativeBody *body = native_new_body(parse, native_place_of(parse, open.start));
    for (;;) {
        Token next = parse_peek(parse);
        if (next.kind == TOKEN_IDENTIFIER) {
            native_read_item(parse, body);
            continue;
        }
        parse_read(parse);
        if (next.kind == end)
            return body;
        if (next.kind == TOKEN_NEWLINE)
            continue;
        report_item(parse, next, open);
        parse_recover(parse, end);
        return body;
    }
}

bool native_parse(const SourceText *source, const FunctionTable *functions, const NativeBody **out,
                  Arena *arena, Diags *diags) {
    Parse parse = parse_new(source, 0, LEXER_NORMAL, functions, arena, diags);
    if (source->bytes.len > NATIVE_BYTES_MAX) {
        *out = native_new_body(&parse, native_place_of(&parse, 0));
        return diags_fail(
            diags, native_place_of(&parse, 0), "Configuration file too large",
            "The maximum size of a file in native syntax is %zu MiB. For larger data, use "
            "a file that file() or a function for its format reads.",
            NATIVE_BYTES_MAX >> 20);
    }
    parse.skips_newlines = false;
    *out = native_read_body(&parse, TOKEN_END);
    return parse_finish(&parse);
}
