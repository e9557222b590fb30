/* parse_collection: parses tuples, objects and for expressions. */
#include "parse.h"
#include "utf8.h"

static bool is_keyword(Parse *parse, const char *word) {
    Token token = parse_peek(parse);
    return token.kind == TOKEN_IDENTIFIER && str_equal_cstr(parse_text(parse, token), word);
}

bool parse_for_names(Parse *parse, const char *summary, Str *key, Str *value) {
    *key = STR_EMPTY;
    for (int count = 0; count < 2; count++) {
        Token token = parse_peek(parse);
        if (token.kind != TOKEN_IDENTIFIER) {
            parse_unexpected(parse, token, summary, "Expected the name of a variable after 'for'");
            return false;
        }
        *value = utf8_nfc(parse_text(parse, parse_read(parse)), parse->arena);
        if (count == 1 || !parse_skip(parse, TOKEN_COMMA))
            break;
        *key = *value;
    }
    if (!is_keyword(parse, "in")) {
        parse_unexpected(parse, parse_peek(parse), summary,
                         "Expected the keyword 'in' after the variables");
        return false;
    }
    parse_read(parse);
    return true;
}

#define FOR_SUMMARY "Invalid 'for' expression"

/* Reads `names in collection :`. */
static bool parse_for_head(Parse *parse, Expr *expr) {
    size_t mark = parse_mark(parse);
    if (!parse_for_names(parse, FOR_SUMMARY, &expr->as.loop.key_name, &expr->as.loop.value_name))
        return false;
    expr->as.loop.collection = parse_expression(parse);
    if (parse_is_lost(parse, mark))
        return false;
    if (parse_skip(parse, TOKEN_COLON))
        return true;
    parse_unexpected(parse, parse_peek(parse), FOR_SUMMARY,
                     "Expected a colon after the collection");
    return false;
}

/* Reads `key => value... if condition`; *group is the ellipsis. */
static bool parse_for_body(Parse *parse, Expr *expr, Token *group) {
    size_t mark = parse_mark(parse);
    expr->as.loop.value = parse_expression(parse);
    if (parse_skip(parse, TOKEN_FAT_ARROW)) {
        expr->as.loop.key = expr->as.loop.value;
        expr->as.loop.value = parse_expression(parse);
    }
    if (parse_is_lost(parse, mark))
        return false;
    if (parse_is_next(parse, TOKEN_ELLIPSIS)) {
        *group = parse_read(parse);
        expr->as.loop.groups = true;
    }
    if (is_keyword(parse, "if")) {
        parse_read(parse);
        expr->as.loop.condition = parse_expression(parse);
    }
    return !parse_is_lost(parse, mark);
}

static void check_for(Parse *parse, const Expr *expr, bool is_object, Token group) {
    const Expr *key = expr->as.loop.key;
    if (is_object && !key)
        parse_error(parse, expr->as.loop.value->range, FOR_SUMMARY,
                    "An object requires a key for each value: \"key => value\".");
    if (!is_object && key)
        parse_error(parse, key->range, FOR_SUMMARY,
                    "A tuple has no keys. Remove the key and the arrow (=>).");
    if (!is_object && expr->as.loop.groups)
        parse_error(parse, parse_token_range(parse, group), FOR_SUMMARY,
                    "Only objects support the grouping operator (...).");
}

/* The next token is `for`. */
static const Expr *parse_for(Parse *parse, Token open) {
    bool is_object = open.kind == TOKEN_BRACE_OPEN;
    TokenKind close = is_object ? TOKEN_BRACE_CLOSE : TOKEN_BRACKET_CLOSE;
    Expr *expr = parse_node(parse, EXPR_FOR, open.start);
    Token group = open;
    parse_read(parse);
    if (!parse_for_head(parse, expr) || !parse_for_body(parse, expr, &group)) {
        parse_recover(parse, close);
        return parse_placeholder(parse, open.start);
    }
    if (!parse_skip(parse, close)) {
        parse_unexpected(parse, parse_peek(parse), FOR_SUMMARY,
                         is_object
                             ? "Expected a closing brace at the end of the 'for' expression"
                             : "Expected a closing bracket at the end of the 'for' expression");
        parse_recover(parse, close);
    }
    check_for(parse, expr, is_object, group);
    expr->range.end = parse->end;
    return expr;
}

static void parse_collection_report_end(Parse *parse, Token open, const char *summary,
                                        const char *detail) {
    if (!parse->recovers)
        parse_error(parse, parse_token_range(parse, open), summary, detail);
}

/* Reads the comma after an item; returns false if it is missing. */
static bool parse_item_end(Parse *parse, Token open) {
    Token token = parse_peek(parse);
    if (token.kind == TOKEN_BRACKET_CLOSE || parse_skip(parse, TOKEN_COMMA))
        return true;
    if (token.kind == TOKEN_END)
        parse_collection_report_end(
            parse, open, "Unterminated tuple constructor expression",
            "There is no closing bracket (\"]\") for this one before the end of the text.");
    else
        parse_unexpected(parse, token, "Missing item separator",
                         "Expected a comma or the closing bracket after this item");
    return false;
}

static const Expr *parse_tuple_items(Parse *parse, Token open) {
    ExprVec items = {0};
    while (!parse_skip(parse, TOKEN_BRACKET_CLOSE)) {
        size_t mark = parse_mark(parse);
        const Expr *item = parse_expression(parse);
        vec_push(parse->arena, &items, item);
        if (!parse_is_lost(parse, mark) && parse_item_end(parse, open))
            continue;
        parse_recover(parse, TOKEN_BRACKET_CLOSE);
        break;
    }
    SourceRange range = parse_range(parse, open.start, parse->end);
    return expr_tuple(items.items, items.count, range, parse->arena);
}

static void report_object_end(Parse *parse, Token open) {
    parse_collection_report_end(
        parse, open, "Unterminated object constructor expression",
        "There is no closing brace (\"}\") for this one before the end of the text.");
}

/* Turns a bare name into that text, because as a key it is not a reference. */
static const Expr *parse_collection_read_key(Parse *parse, const Expr *key) {
    if (key->kind != EXPR_TRAVERSAL && key->kind != EXPR_LITERAL)
        return key;
    Str text = source_range_text(key->range);
    if (key->kind == EXPR_LITERAL)
        return lexer_is_identifier(text)
                   ? expr_literal(value_string(text, parse->arena), key->range, parse->arena)
                   : key;
    if (key->as.traversal->step_count == 0)
        return expr_literal(value_from_str(key->as.traversal->root), key->range, parse->arena);
    return key; /* evaluation rejects it; callers that read syntax only may allow it */
}

static bool parse_key_end(Parse *parse, Token open) {
    Token token = parse_peek(parse);
    if (parse_skip(parse, TOKEN_ASSIGN) || parse_skip(parse, TOKEN_COLON))
        return true;
    if (token.kind == TOKEN_END)
        report_object_end(parse, open);
    else if (token.kind == TOKEN_NEWLINE || token.kind == TOKEN_COMMA)
        parse_unexpected(parse, token, "Missing attribute value",
                         "Expected an attribute value, introduced by an equals sign (\"=\")");
    else
        parse_unexpected(parse, token, "Missing key/value separator",
                         "Expected an equals sign (\"=\") between the key and its value");
    return false;
}

static bool parse_value_end(Parse *parse, Token open) {
    Token token = parse_peek(parse);
    if (token.kind == TOKEN_BRACE_CLOSE || parse_skip(parse, TOKEN_COMMA) ||
        parse_skip(parse, TOKEN_NEWLINE))
        return true;
    if (token.kind == TOKEN_END)
        report_object_end(parse, open);
    else
        parse_unexpected(parse, token, "Missing attribute separator",
                         "Expected a newline or a comma to mark the beginning of the next "
                         "attribute");
    return false;
}

/* Sets item->value only if the whole item could be read. */
static bool parse_object_item(Parse *parse, Token open, ExprItem *item) {
    size_t mark = parse_mark(parse);
    const Expr *key = parse_expression(parse);
    if (parse_is_lost(parse, mark))
        return false;
    item->key = parse_collection_read_key(parse, key);
    if (!parse_key_end(parse, open))
        return false;
    mark = parse_mark(parse);
    const Expr *value = parse_expression(parse);
    if (parse_is_lost(parse, mark))
        return false;
    item->value = value;
    return parse_value_end(parse, open);
}

/* Newlines separate attributes. */
static const Expr *parse_object_items(Parse *parse, Token open) {
    VEC(ExprItem) items = {0};
    parse->skips_newlines = false;
    for (;;) {
        ExprItem item = {0};
        if (parse_skip(parse, TOKEN_NEWLINE))
            continue;
        if (parse_skip(parse, TOKEN_BRACE_CLOSE))
            break;
        bool is_good = parse_object_item(parse, open, &item);
        if (item.value)
            vec_push(parse->arena, &items, item);
        if (!is_good) {
            parse_recover(parse, TOKEN_BRACE_CLOSE);
            break;
        }
    }
    SourceRange range = parse_range(parse, open.start, parse->end);
    return expr_object(items.items, items.count, range, parse->arena);
}

const Expr *parse_collection(Parse *parse, Token open) {
    bool outer = parse->skips_newlines;
    parse->skips_newlines = true;
    const Expr *expr = is_keyword(parse, "for")          ? parse_for(parse, open)
                       : open.kind == TOKEN_BRACKET_OPEN ? parse_tuple_items(parse, open)
                                                         : parse_object_items(parse, open);
    parse->skips_newlines = outer;
    return expr;
}
