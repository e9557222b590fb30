/* parser: parses expressions by recursive descent and binary operators by precedence climbing.
 * Literal steps after a name become its traversal. */
#include "parser.h"

#include "parse.h"
#include "utf8.h"

static const Expr *parse_name(Parse *parse, Token token) {
    Str name = utf8_nfc(parse_text(parse, token), parse->arena);
    Expr *expr = parse_node(parse, EXPR_LITERAL, token.start);
    if (str_equal(name, STR("true"))) {
        expr->as.literal = value_bool(true);
    } else if (str_equal(name, STR("false"))) {
        expr->as.literal = value_bool(false);
    } else if (str_equal(name, STR("null"))) {
        expr->as.literal = value_null(&TYPE_DYNAMIC);
    } else {
        expr->kind = EXPR_TRAVERSAL;
        expr->as.traversal = arena_new(parse->arena, Traversal);
        expr->as.traversal->root = name;
        expr->as.traversal->root_range = parse_token_range(parse, token);
        expr->as.traversal->range = expr->range;
    }
    return expr;
}

static const Expr *parse_number(Parse *parse, Token token) {
    const Number *number = NULL;
    Expr *expr = parse_node(parse, EXPR_LITERAL, token.start);
    expr->as.literal = value_null(&TYPE_DYNAMIC);
    if (number_from_text(parse_text(parse, token), &number, parse->arena))
        expr->as.literal = value_from_number(number);
    else
        parse_error(parse, parse_token_range(parse, token), "Invalid number literal",
                    "This is not a valid number: it must have at most one decimal point, and an "
                    "exponent in range.");
    return expr;
}

/* Reads name::space::function and the opening parenthesis. */
static bool parse_call_name(Parse *parse, Token *name) {
    Token open = parse_read(parse);
    while (open.kind == TOKEN_DOUBLE_COLON) {
        Token next = parse_read(parse);
        if (next.kind != TOKEN_IDENTIFIER) {
            parse_error(parse, parse_token_range(parse, next), "Missing function name",
                        "Expected the rest of the function's name after the double colon.");
            return false;
        }
        name->end = next.end;
        open = parse_read(parse);
    }
    if (open.kind == TOKEN_PAREN_OPEN)
        return true;
    parse_error(parse, parse_token_range(parse, open), "Missing open parenthesis",
                "Expected an opening parenthesis after the name of a function.");
    return false;
}

/* Reads `)` after the ellipsis. Returns false if another token follows. */
static bool parse_expansion_end(Parse *parse, Token ellipsis) {
    if (parse_skip(parse, TOKEN_PAREN_CLOSE))
        return true;
    if (!parse->recovers)
        parse_error(parse, parse_token_range(parse, ellipsis), "Missing closing parenthesis",
                    "An expanded argument (with ...) must be the last one: expected a closing "
                    "parenthesis.");
    return false;
}

static void report_argument_end(Parse *parse, Token name, Token token) {
    if (token.kind == TOKEN_END)
        parse_error(parse, parse_token_range(parse, name), "Unterminated function call",
                    "There is no closing parenthesis for this call before the end of the text.");
    else
        parse_found(parse, token, "Missing argument separator",
                    "Expected a comma to separate this argument from the next one");
}

/* Returns false if the caller must skip the rest of the arguments. */
static bool parse_arguments(Parse *parse, Token name, ExprVec *arguments, bool *expands) {
    while (!parse_skip(parse, TOKEN_PAREN_CLOSE)) {
        size_t mark = parse_mark(parse);
        const Expr *argument = parse_expression(parse);
        vec_push(parse->arena, arguments, argument);
        if (parse_is_lost(parse, mark))
            return false;
        Token end = parse_read(parse);
        if (end.kind == TOKEN_PAREN_CLOSE)
            return true;
        if (end.kind == TOKEN_ELLIPSIS) {
            *expands = true;
            return parse_expansion_end(parse, end);
        }
        if (end.kind != TOKEN_COMMA) {
            report_argument_end(parse, name, end);
            return false;
        }
    }
    return true;
}

/* Finds the next opening parenthesis, then reads up to and including its closing one. */
static void recover_over_arguments(Parse *parse) {
    while (!parse_is_next(parse, TOKEN_PAREN_OPEN) && !parse_is_next(parse, TOKEN_END))
        parse_read(parse);
    parse_read(parse);
    parse_recover(parse, TOKEN_PAREN_CLOSE);
}

/* Reads a call after the function name. */
static const Expr *parse_call(Parse *parse, Token name) {
    bool outer = parse->skips_newlines;
    ExprVec arguments = {0};
    bool expands = false;
    if (!parse_call_name(parse, &name)) {
        recover_over_arguments(parse);
        return parse_placeholder(parse, name.start);
    }
    parse->skips_newlines = true;
    if (!parse_arguments(parse, name, &arguments, &expands))
        parse_recover(parse, TOKEN_PAREN_CLOSE);
    parse->skips_newlines = outer;
    Expr *expr = parse_node(parse, EXPR_CALL, name.start);
    expr->as.call.name = str_clone(parse_text(parse, name), parse->arena);
    expr->as.call.name_range = parse_token_range(parse, name);
    expr->as.call.close_range = parse_range(parse, parse->end - 1, parse->end);
    expr->as.call.arguments = arguments.items;
    expr->as.call.count = arguments.count;
    expr->as.call.expands_last = expands;
    /* eval resolves provider functions, because their provider name depends on the module. */
    if (parse->functions && !str_starts_with(expr->as.call.name, STR("provider::")))
        expr->as.call.function = function_table_find(parse->functions, expr->as.call.name);
    return expr;
}

static const Expr *parse_operand(Parse *parse);

static const Expr *parse_unary(Parse *parse, Token token) {
    const Expr *operand = parse_operand(parse);
    Expr *expr = parse_node(parse, EXPR_UNARY, token.start);
    expr->as.operation.operator= token.kind == TOKEN_MINUS ? OPERATOR_NEGATE : OPERATOR_NOT;
    expr->as.operation.left = operand;
    return expr;
}

static const Expr *parse_parens(Parse *parse, Token open) {
    bool outer = parse->skips_newlines;
    size_t mark = parse_mark(parse);
    parse->skips_newlines = true;
    const Expr *inner = parse_expression(parse);
    if (parse_mark(parse) > mark) {
        parse_recover(parse, TOKEN_PAREN_CLOSE);
    } else if (!parse_is_next(parse, TOKEN_PAREN_CLOSE)) {
        parse_error(parse, parse_token_range(parse, parse_read(parse)), "Unbalanced parentheses",
                    "Expected a closing parenthesis to end the expression.");
        parse->recovers = true;
    } else {
        parse_read(parse);
    }
    parse->skips_newlines = outer;
    Expr *expr = parse_node(parse, EXPR_PARENS, open.start);
    expr->as.inner = inner;
    return expr;
}

static void parser_report_start(Parse *parse, Token token) {
    SourceRange range = parse_token_range(parse, token);
    if (parse->recovers)
        return;
    if (token.kind == TOKEN_END)
        parse_error(parse, range, "Missing expression",
                    "Expected the start of an expression, but found the end of the text.");
    else if (str_starts_with(str_after(range.source->bytes, token.start), STR("<<")))
        parse_error(parse, range, "Invalid expression",
                    "A heredoc begins with << or <<-, directly followed by a marker name and the "
                    "end of the line.");
    else
        parse_unexpected(parse, token, "Invalid expression", "Expected the start of an expression");
}

static const Expr *parse_bad_start(Parse *parse, Token token) {
    parser_report_start(parse, token);
    parse->recovers = true;
    return parse_placeholder(parse, token.start);
}

/* The steps read so far. */
typedef struct Chain {
    const Expr *expr;
    VEC(TraversalStep) steps; /* not yet part of a traversal */
    uint32_t length;
} Chain;

static void parser_parse_chain(Parse *parse, Chain *chain);

static void chain_flush(Parse *parse, Chain *chain) {
    if (!chain->steps.count)
        return;
    Expr *expr = parse_node(parse, EXPR_TRAVERSAL, chain->expr->range.start);
    Traversal *traversal = arena_new(parse->arena, Traversal);
    *traversal = *chain->expr->as.traversal;
    traversal->steps = chain->steps.items;
    traversal->step_count = chain->steps.count;
    expr->range.end = vec_last(&chain->steps).range.end;
    traversal->range = expr->range;
    expr->as.traversal = traversal;
    chain->expr = expr;
    memset(&chain->steps, 0, sizeof(chain->steps));
}

static bool chain_accepts_steps(const Chain *chain) {
    return chain->expr->kind == EXPR_TRAVERSAL && chain->expr->as.traversal->step_count == 0;
}

static void chain_add_attribute(Parse *parse, Chain *chain, Token dot, Token name) {
    Str text = utf8_nfc(parse_text(parse, name), parse->arena);
    if (chain_accepts_steps(chain)) {
        TraversalStep step = {.name = text, .range = parse_range(parse, dot.start, name.end)};
        vec_push(parse->arena, &chain->steps, step);
        return;
    }
    Expr *expr = parse_node(parse, EXPR_ATTRIBUTE, chain->expr->range.start);
    expr->as.attribute.object = chain->expr;
    expr->as.attribute.name = text;
    expr->as.attribute.name_range = parse_range(parse, dot.start, name.end);
    chain->expr = expr;
}

static void chain_add_index(Parse *parse, Chain *chain, Token open, const Expr *key) {
    bool is_literal =
        key->kind == EXPR_LITERAL && value_is_present(key->as.literal) &&
        (key->as.literal.type == &TYPE_STRING || key->as.literal.type == &TYPE_NUMBER);
    if (is_literal && chain_accepts_steps(chain)) {
        TraversalStep step = {.is_index = true, .key = key->as.literal};
        step.range = parse_range(parse, open.start, parse->end);
        vec_push(parse->arena, &chain->steps, step);
        return;
    }
    chain_flush(parse, chain);
    Expr *expr = parse_node(parse, EXPR_INDEX, chain->expr->range.start);
    expr->as.index.object = chain->expr;
    expr->as.index.key = key;
    expr->as.index.brackets = parse_range(parse, open.start, parse->end);
    chain->expr = expr;
}

static void chain_wrap_splat(Parse *parse, Chain *chain, Token marker, const Expr *each,
                             bool is_full) {
    Expr *expr = parse_node(parse, EXPR_SPLAT, chain->expr->range.start);
    expr->as.splat.object = chain->expr;
    expr->as.splat.each = each;
    expr->as.splat.marker = marker.start;
    expr->as.splat.is_full = is_full;
    chain->expr = expr;
}

/* Reads name.0, an old form of index. `place` is the token for errors. */
static void parse_legacy_index(Parse *parse, Chain *chain, Token dot, Token place) {
    Token number = parse_read(parse);
    if (str_find_char(parse_text(parse, number), '.', 0) == SIZE_MAX)
        chain_add_index(parse, chain, dot, parse_number(parse, number));
    else
        parse_error(parse, parse_token_range(parse, place), "Invalid legacy index syntax",
                    "An index after a dot must be an integer, and \"0.1\" is read as a fraction. "
                    "Use brackets: [0][1].");
}

static void report_splat_step(Parse *parse, Token star, Token token) {
    if (parse->recovers)
        return;
    if (token.kind == TOKEN_STAR)
        parse_error(parse, parse_token_range(parse, token), "Nested splat expression not allowed",
                    "A splat with .* cannot be followed by another one. Use the full form: [*].");
    else
        parse_error(parse, parse_token_range(parse, star), "Invalid attribute name",
                    "Expected an attribute name after each dot that follows.");
}

static bool chain_is_too_long(Parse *parse, Chain *chain, Token token) {
    if (++chain->length <= EXPR_DEPTH_MAX)
        return false;
    uint32_t depth = parse->depth;
    parse->depth = EXPR_DEPTH_MAX;
    bool is_good = parse_enter(parse, token); /* a long chain is a deep tree */
    parse->depth = depth;
    return !is_good;
}

/* Reads object.*.a.b: only attributes belong to each element. */
static void parse_attribute_splat(Parse *parse, Chain *chain, Token operator) {
    Token star = parse_read(parse);
    chain_flush(parse, chain);
    Chain each = {.expr = parse_node(parse, EXPR_SPLAT_ITEM, star.start)};
    while (parse_is_next(parse, TOKEN_DOT)) {
        Token dot = parse_read(parse);
        Token token = parse_peek(parse);
        if (chain_is_too_long(parse, &each, token))
            return;
        if (token.kind == TOKEN_NUMBER) {
            parse_legacy_index(parse, &each, dot, star);
        } else if (token.kind == TOKEN_IDENTIFIER) {
            chain_add_attribute(parse, &each, dot, parse_read(parse));
        } else {
            report_splat_step(parse, star, token);
            parse->recovers = true;
            return;
        }
    }
    chain_wrap_splat(parse, chain, operator, each.expr, false);
}

/* Reports a missing bracket at the end of the search for it. */
static void parse_index_end(Parse *parse, const char *summary) {
    if (parse_read(parse).kind == TOKEN_BRACKET_CLOSE || parse->recovers)
        return;
    Token close = parse_recover(parse, TOKEN_BRACKET_CLOSE);
    parse_error(parse, parse_token_range(parse, close), summary,
                "An index must end with a closing bracket.");
}

/* Reads object[*]: all following steps belong to each element. */
static void parse_full_splat(Parse *parse, Chain *chain, Token open) {
    parse_read(parse);
    parse_index_end(parse, "Missing close bracket on splat index");
    chain_flush(parse, chain);
    Chain each = {.expr = parse_node(parse, EXPR_SPLAT_ITEM, open.start)};
    if (parse_enter(parse, open))
        parser_parse_chain(parse, &each);
    parse_leave(parse);
    chain_wrap_splat(parse, chain, open, each.expr, true);
}

static void parse_dot_step(Parse *parse, Chain *chain) {
    Token dot = parse_read(parse);
    Token token = parse_peek(parse);
    if (token.kind == TOKEN_IDENTIFIER) {
        chain_add_attribute(parse, chain, dot, parse_read(parse));
    } else if (token.kind == TOKEN_NUMBER) {
        parse_legacy_index(parse, chain, dot, token);
    } else if (token.kind == TOKEN_STAR) {
        parse_attribute_splat(parse, chain, dot);
    } else {
        parse_error(parse, parse_token_range(parse, token), "Invalid attribute name",
                    "Expected an attribute name after the dot.");
        parse->recovers = true;
    }
}

static void parse_bracket_step(Parse *parse, Chain *chain) {
    Token open = parse_read(parse);
    if (parse_is_next(parse, TOKEN_STAR)) {
        parse_full_splat(parse, chain, open);
        return;
    }
    bool outer = parse->skips_newlines;
    size_t mark = parse_mark(parse);
    parse->skips_newlines = true;
    const Expr *key = parse_expression(parse);
    if (parse_is_lost(parse, mark))
        parse_recover(parse, TOKEN_BRACKET_CLOSE);
    else
        parse_index_end(parse, "Missing close bracket on index");
    parse->skips_newlines = outer;
    chain_add_index(parse, chain, open, key);
}

static void parser_parse_chain(Parse *parse, Chain *chain) {
    for (;;) {
        Token token = parse_peek(parse);
        bool is_dot = token.kind == TOKEN_DOT;
        if ((!is_dot && token.kind != TOKEN_BRACKET_OPEN) || chain_is_too_long(parse, chain, token))
            break;
        if (is_dot)
            parse_dot_step(parse, chain);
        else
            parse_bracket_step(parse, chain);
    }
    chain_flush(parse, chain);
}

/* Reads the steps after an expression: .name [index] [*] and so on. */
static const Expr *parse_steps(Parse *parse, const Expr *from) {
    Chain chain = {.expr = from};
    parser_parse_chain(parse, &chain);
    return chain.expr;
}

static const Expr *parse_term(Parse *parse) {
    Token token = parse_peek(parse);
    switch ((int)token.kind) {
    case TOKEN_PAREN_OPEN: return parse_parens(parse, parse_read(parse));
    case TOKEN_NUMBER: return parse_number(parse, parse_read(parse));
    case TOKEN_BRACKET_OPEN:
    case TOKEN_BRACE_OPEN: return parse_collection(parse, parse_read(parse));
    case TOKEN_QUOTE_OPEN: return parse_template(parse, parse_read(parse), TOKEN_QUOTE_CLOSE);
    case TOKEN_HEREDOC_OPEN: return parse_template(parse, parse_read(parse), TOKEN_HEREDOC_CLOSE);
    case TOKEN_MINUS:
    case TOKEN_BANG: return parse_unary(parse, parse_read(parse));
    case TOKEN_IDENTIFIER:
        parse_read(parse);
        if (parse_is_next(parse, TOKEN_PAREN_OPEN) || parse_is_next(parse, TOKEN_DOUBLE_COLON))
            return parse_call(parse, token);
        return parse_name(parse, token);
    default: return parse_bad_start(parse, token);
    }
}

/* Reads a term and its steps. */
static const Expr *parse_operand(Parse *parse) {
    Token token = parse_peek(parse);
    const Expr *expr = NULL;
    if (parse_enter(parse, token)) {
        expr = parse_term(parse);
        /* parse_term has already read the steps of a negated term. */
        if (token.kind != TOKEN_MINUS && token.kind != TOKEN_BANG)
            expr = parse_steps(parse, expr);
    }
    parse_leave(parse);
    return expr ? expr : parse_placeholder(parse, token.start);
}

typedef struct BinaryOperator {
    uint8_t precedence; /* 0: not a binary operator */
    uint8_t operator;
} BinaryOperator;

static const BinaryOperator binary_operators[TOKEN_COMMENT + 1] = {
    [TOKEN_OR] = {1, OPERATOR_OR},           [TOKEN_AND] = {2, OPERATOR_AND},
    [TOKEN_EQUAL] = {3, OPERATOR_EQUAL},     [TOKEN_NOT_EQUAL] = {3, OPERATOR_NOT_EQUAL},
    [TOKEN_LESS] = {4, OPERATOR_LESS},       [TOKEN_LESS_EQUAL] = {4, OPERATOR_LESS_EQUAL},
    [TOKEN_GREATER] = {4, OPERATOR_GREATER}, [TOKEN_GREATER_EQUAL] = {4, OPERATOR_GREATER_EQUAL},
    [TOKEN_PLUS] = {5, OPERATOR_ADD},        [TOKEN_MINUS] = {5, OPERATOR_SUBTRACT},
    [TOKEN_STAR] = {6, OPERATOR_MULTIPLY},   [TOKEN_SLASH] = {6, OPERATOR_DIVIDE},
    [TOKEN_PERCENT] = {6, OPERATOR_MODULO},
};

/* Reads operators of at least this precedence. All are left-associative. */
static const Expr *parse_binary(Parse *parse, uint8_t least) {
    size_t mark = parse_mark(parse);
    const Expr *left = parse_operand(parse);
    while (!parse_is_lost(parse, mark)) {
        BinaryOperator binary = binary_operators[parse_peek(parse).kind];
        if (binary.precedence == 0 || binary.precedence < least)
            break;
        parse_read(parse);
        const Expr *right = parse_binary(parse, (uint8_t)(binary.precedence + 1));
        if (parse_is_lost(parse, mark))
            break;
        Expr *expr = parse_node(parse, EXPR_BINARY, left->range.start);
        expr->as.operation.operator=(ExprOperator) binary.operator;
        expr->as.operation.left = left;
        expr->as.operation.right = right;
        left = expr;
    }
    return left;
}

/* The next token is the question mark. */
static const Expr *parse_conditional(Parse *parse, const Expr *condition) {
    size_t mark = parse_mark(parse);
    parse_read(parse);
    const Expr *if_true = parse_expression(parse);
    if (parse_is_lost(parse, mark))
        return condition;
    Token colon = parse_peek(parse);
    if (colon.kind != TOKEN_COLON) {
        parse_error(parse, parse_token_range(parse, colon),
                    "Missing false expression in conditional",
                    "The conditional operator (... ? ... : ...) needs a second expression, after "
                    "a colon.");
        return condition;
    }
    parse_read(parse);
    const Expr *if_false = parse_expression(parse);
    if (parse_is_lost(parse, mark))
        return condition;
    Expr *expr = parse_node(parse, EXPR_CONDITIONAL, condition->range.start);
    expr->as.conditional.condition = condition;
    expr->as.conditional.if_true = if_true;
    expr->as.conditional.if_false = if_false;
    return expr;
}

const Expr *parse_expression(Parse *parse) {
    Token start = parse_peek(parse);
    size_t mark = parse_mark(parse);
    const Expr *expr = NULL;
    if (parse_enter(parse, start)) {
        expr = parse_binary(parse, 1);
        if (!parse_is_lost(parse, mark) && parse_is_next(parse, TOKEN_QUESTION))
            expr = parse_conditional(parse, expr);
    }
    parse_leave(parse);
    return expr ? expr : parse_placeholder(parse, start.start);
}

bool parser_check_text(const SourceText *source, Diags *diags) {
    size_t valid = utf8_valid_prefix(source->bytes);
    if (source->bytes.len > INT32_MAX)
        return diags_fail(diags, (SourceRange){source, 0, 0}, "Too large file",
                          "The maximum size of a configuration file is 2 GiB.");
    if (valid == source->bytes.len)
        return true;
    return diags_fail(diags, (SourceRange){source, (uint32_t)valid, (uint32_t)valid + 1},
                      "Invalid text encoding",
                      "Configuration files are UTF-8 text; this byte is not.");
}

bool parser_parse_expression(const SourceText *source, const FunctionTable *functions,
                             const Expr **out, Arena *arena, Diags *diags) {
    Parse parse = parse_new(source, 0, LEXER_NORMAL, functions, arena, diags);
    const Expr *expr = parse_expression(&parse);
    if (!parse_is_next(&parse, TOKEN_END))
        parse_unexpected(&parse, parse_peek(&parse), "Extra characters after expression",
                         "The expression is complete and must be followed by nothing else");
    if (!parse_finish(&parse))
        return false;
    *out = expr;
    return true;
}

bool parser_parse_expression_at(const SourceText *source, uint32_t start, const Expr **out,
                                uint32_t *end, Arena *arena, Diags *diags) {
    Parse parse = parse_new(source, start, LEXER_NORMAL, NULL, arena, diags);
    parse.skips_newlines = false;
    const Expr *expr = parse_expression(&parse);
    Token next = parse_peek(&parse);
    if (next.kind != TOKEN_NEWLINE && next.kind != TOKEN_END && next.kind != TOKEN_BRACE_CLOSE)
        parse_unexpected(&parse, next, "Missing newline after argument",
                         "An argument definition must end with its line: expected a newline");
    if (diags->error_count > parse.error_start)
        return false;
    *end = next.start;
    *out = expr;
    return true;
}

bool parser_parse_template(const SourceText *source, const FunctionTable *functions,
                           const Expr **out, Arena *arena, Diags *diags) {
    Parse parse = parse_new(source, 0, LEXER_BARE, functions, arena, diags);
    Token open = {.kind = TOKEN_END};
    const Expr *expr = parse_template(&parse, open, TOKEN_END);
    if (!parse_finish(&parse))
        return false;
    *out = expr;
    return true;
}

bool parser_parse_traversal(const SourceText *source, Traversal **out, Arena *arena, Diags *diags) {
    const Expr *expr = NULL;
    if (!parser_parse_expression(source, NULL, &expr, arena, diags))
        return false;
    if (expr->kind != EXPR_TRAVERSAL)
        return diags_fail(
            diags, expr->range, "Invalid reference",
            "A reference is required here: a name, followed by attribute names and literal "
            "indexes, such as aws_instance.web[0].id.");
    *out = expr->as.traversal;
    return true;
}
