/* parser: expressions by recursive descent, binary operators by precedence climbing. */
#include "parser.h"

#include "parse.h"
#include "utf8.h"

typedef VEC(const Expr *) ExprVec;

static const Expr *parse_error(Parse *parse,
                               SourceRange range,
                               const char *summary,
                               const char *detail) {
    diags_error(parse->diags, range, summary, "%s", detail);
    return NULL;
}

/* "Expected a comma, but found the end of the text." */
static const Expr *parse_unexpected(Parse *parse, const char *summary, const char *wanted) {
    Token token = parse_peek(parse);
    diags_error(parse->diags, parse_token_range(parse, token), summary, "%s, but found %s.", wanted,
                lexer_token_name(token.kind));
    return NULL;
}

/* -- names, steps, indexes ---------------------------------------------------------------- */

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

/* Steps under construction: literal ones into a name become part of its traversal. */
typedef struct Chain {
    const Expr *expr;
    VEC(TraversalStep) steps; /* not yet part of a traversal */
    uint32_t length;
} Chain;

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

static bool chain_takes_steps(const Chain *chain) {
    return chain->expr->kind == EXPR_TRAVERSAL && chain->expr->as.traversal->step_count == 0;
}

static void chain_add_attribute(Parse *parse, Chain *chain, Token dot, Token name) {
    Str text = utf8_nfc(parse_text(parse, name), parse->arena);
    if (chain_takes_steps(chain)) {
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
    if (is_literal && chain_takes_steps(chain)) {
        TraversalStep step = {.is_index = true, .key = key->as.literal};
        step.range = parse_range(parse, open.start, parse_end(parse));
        vec_push(parse->arena, &chain->steps, step);
        return;
    }
    chain_flush(parse, chain);
    Expr *expr = parse_node(parse, EXPR_INDEX, chain->expr->range.start);
    expr->as.index.object = chain->expr;
    expr->as.index.key = key;
    chain->expr = expr;
}

static bool parse_steps(Parse *parse, Chain *chain);

static const Expr *parse_number(Parse *parse, Token token) {
    const Number *number = NULL;
    if (!number_from_text(parse_text(parse, token), &number, parse->arena))
        return parse_error(parse, parse_token_range(parse, token), "Invalid number literal",
                           "This number is beyond what can be represented.");
    Expr *expr = parse_node(parse, EXPR_LITERAL, token.start);
    expr->as.literal = value_from_number(number);
    return expr;
}

/* name.0, as old configurations write it. */
static bool parse_legacy_index(Parse *parse, Chain *chain, Token dot) {
    Token number = parse_read(parse);
    Str text = parse_text(parse, number);
    for (size_t i = 0; i < text.len; i++) {
        if (isdigit((unsigned char)text.ptr[i]))
            continue;
        parse_error(
            parse, parse_token_range(parse, number), "Invalid legacy index syntax",
            "After a dot only a whole number can be an index, and \"0.1\" reads as a fraction. "
            "Use brackets: [0][1].");
        return false;
    }
    const Expr *key = parse_number(parse, number);
    if (!key)
        return false;
    chain_add_index(parse, chain, dot, key);
    return true;
}

static void chain_wrap_splat(Parse *parse, Chain *chain, const Expr *each, bool is_full) {
    Expr *expr = parse_node(parse, EXPR_SPLAT, chain->expr->range.start);
    expr->as.splat.object = chain->expr;
    expr->as.splat.each = each;
    expr->as.splat.is_full = is_full;
    chain->expr = expr;
}

/* object.*.a.b: attributes only belong to each element. */
static bool parse_attribute_splat(Parse *parse, Chain *chain) {
    Token star = parse_read(parse);
    chain_flush(parse, chain);
    Chain each = {.expr = parse_node(parse, EXPR_SPLAT_ITEM, star.start)};
    while (parse_is_next(parse, TOKEN_DOT)) {
        Token dot = parse_read(parse);
        Token token = parse_peek(parse);
        if (++each.length > PARSE_DEPTH_MAX)
            return parse_enter(parse, token) && false;
        if (token.kind == TOKEN_IDENTIFIER) {
            parse_read(parse);
            chain_add_attribute(parse, &each, dot, token);
        } else if (token.kind == TOKEN_NUMBER) {
            if (!parse_legacy_index(parse, &each, dot))
                return false;
        } else if (token.kind == TOKEN_STAR) {
            parse_error(
                parse, parse_token_range(parse, token), "Nested splat expression not allowed",
                "A splat of the form .* cannot be followed by another one. Use the full form: "
                "[*].");
            return false;
        } else {
            parse_unexpected(parse, "Invalid attribute name",
                             "Expected an attribute name after the dot");
            return false;
        }
    }
    chain_wrap_splat(parse, chain, each.expr, false);
    return true;
}

/* object[*]: all steps that follow belong to each element. */
static bool parse_full_splat(Parse *parse, Chain *chain, Token open) {
    chain_flush(parse, chain);
    Chain each = {.expr = parse_node(parse, EXPR_SPLAT_ITEM, open.start)};
    if (!parse_enter(parse, open) || !parse_steps(parse, &each))
        return false;
    parse_leave(parse);
    chain_wrap_splat(parse, chain, each.expr, true);
    return true;
}

static bool parse_dot_step(Parse *parse, Chain *chain) {
    Token dot = parse_read(parse);
    Token token = parse_peek(parse);
    if (token.kind == TOKEN_IDENTIFIER) {
        parse_read(parse);
        chain_add_attribute(parse, chain, dot, token);
        return true;
    }
    if (token.kind == TOKEN_NUMBER)
        return parse_legacy_index(parse, chain, dot);
    if (token.kind == TOKEN_STAR)
        return parse_attribute_splat(parse, chain);
    parse_unexpected(parse, "Invalid attribute name", "Expected an attribute name after the dot");
    return false;
}

static bool parse_bracket_step(Parse *parse, Chain *chain) {
    Token open = parse_read(parse);
    bool outer = parse->skips_newlines;
    parse->skips_newlines = true;
    bool is_splat = parse_skip(parse, TOKEN_STAR);
    const Expr *key = is_splat ? NULL : parse_expression(parse);
    if (!is_splat && !key)
        return false;
    if (!parse_is_next(parse, TOKEN_BRACKET_CLOSE)) {
        parse_unexpected(parse,
                         is_splat ? "Missing close bracket on splat index"
                                  : "Missing close bracket on index",
                         "Expected a closing bracket");
        return false;
    }
    parse_read(parse);
    parse->skips_newlines = outer;
    if (is_splat)
        return parse_full_splat(parse, chain, open);
    chain_add_index(parse, chain, open, key);
    return true;
}

static bool parse_steps(Parse *parse, Chain *chain) {
    for (;;) {
        Token token = parse_peek(parse);
        bool is_dot = token.kind == TOKEN_DOT;
        if (!is_dot && token.kind != TOKEN_BRACKET_OPEN)
            break;
        /* A long chain is a deep tree. */
        if (++chain->length > PARSE_DEPTH_MAX) {
            parse->depth = PARSE_DEPTH_MAX;
            return parse_enter(parse, token);
        }
        if (!(is_dot ? parse_dot_step(parse, chain) : parse_bracket_step(parse, chain)))
            return false;
    }
    chain_flush(parse, chain);
    return true;
}

/* -- terms -------------------------------------------------------------------------------- */

static const Expr *parse_parens(Parse *parse, Token open) {
    bool outer = parse->skips_newlines;
    parse->skips_newlines = true;
    const Expr *inner = parse_expression(parse);
    if (!inner)
        return NULL;
    if (!parse_is_next(parse, TOKEN_PAREN_CLOSE))
        return parse_unexpected(parse, "Unbalanced parentheses",
                                "Expected a closing parenthesis to end the expression");
    parse_read(parse);
    parse->skips_newlines = outer;
    Expr *expr = parse_node(parse, EXPR_PARENS, open.start);
    expr->as.inner = inner;
    return expr;
}

static const Expr *parse_tuple(Parse *parse, Token open) {
    bool outer = parse->skips_newlines;
    parse->skips_newlines = true;
    if (parse_is_keyword(parse, "for")) {
        const Expr *loop = parse_for(parse, open);
        parse->skips_newlines = outer;
        return loop;
    }
    ExprVec items = {0};
    while (!parse_skip(parse, TOKEN_BRACKET_CLOSE)) {
        const Expr *item = parse_expression(parse);
        if (!item)
            return NULL;
        vec_push(parse->arena, &items, item);
        if (parse_skip(parse, TOKEN_COMMA) || parse_is_next(parse, TOKEN_BRACKET_CLOSE))
            continue;
        return parse_unexpected(parse, "Missing item separator",
                                "Expected a comma or the closing bracket after this item");
    }
    parse->skips_newlines = outer;
    SourceRange range = parse_range(parse, open.start, parse_end(parse));
    return expr_tuple(items.items, items.count, range, parse->arena);
}

/* A bare name before `=` or `:` is that text, not a reference. */
static const Expr *parse_object_key(Parse *parse) {
    Token token = parse_peek(parse);
    if (token.kind == TOKEN_IDENTIFIER) {
        size_t mark = parse->at;
        parse_read(parse);
        if (parse_is_next(parse, TOKEN_ASSIGN) || parse_is_next(parse, TOKEN_COLON)) {
            Value name = value_string(parse_text(parse, token), parse->arena);
            return expr_literal(name, parse_token_range(parse, token), parse->arena);
        }
        parse->at = mark;
    }
    return parse_expression(parse);
}

static bool parse_object_item(Parse *parse, ExprItem *item) {
    item->key = parse_object_key(parse);
    if (!item->key)
        return false;
    Token token = parse_peek(parse);
    if (token.kind == TOKEN_NEWLINE || token.kind == TOKEN_COMMA ||
        token.kind == TOKEN_BRACE_CLOSE) {
        parse_unexpected(parse, "Missing attribute value",
                         "Expected an attribute value, introduced by an equals sign (\"=\")");
        return false;
    }
    if (token.kind != TOKEN_ASSIGN && token.kind != TOKEN_COLON) {
        parse_unexpected(parse, "Missing key/value separator",
                         "Expected an equals sign (\"=\") between the key and its value");
        return false;
    }
    parse_read(parse);
    item->value = parse_expression(parse);
    return item->value != NULL;
}

static const Expr *parse_object(Parse *parse, Token open) {
    bool outer = parse->skips_newlines;
    parse->skips_newlines = true;
    if (parse_is_keyword(parse, "for")) {
        const Expr *loop = parse_for(parse, open);
        parse->skips_newlines = outer;
        return loop;
    }
    parse->skips_newlines = false; /* here they separate attributes */
    VEC(ExprItem) items = {0};
    for (;;) {
        while (parse_skip(parse, TOKEN_NEWLINE))
            continue;
        if (parse_skip(parse, TOKEN_BRACE_CLOSE))
            break;
        ExprItem item = {0};
        if (!parse_object_item(parse, &item))
            return NULL;
        vec_push(parse->arena, &items, item);
        if (parse_skip(parse, TOKEN_BRACE_CLOSE))
            break;
        if (parse_skip(parse, TOKEN_COMMA) || parse_skip(parse, TOKEN_NEWLINE))
            continue;
        return parse_unexpected(parse, "Missing attribute separator",
                                "Expected a newline or a comma to mark the beginning of the next "
                                "attribute");
    }
    parse->skips_newlines = outer;
    SourceRange range = parse_range(parse, open.start, parse_end(parse));
    return expr_object(items.items, items.count, range, parse->arena);
}

bool parse_for_names(Parse *parse, Str *key, Str *value) {
    *key = STR_EMPTY;
    for (int count = 0; count < 2; count++) {
        if (!parse_is_next(parse, TOKEN_IDENTIFIER)) {
            parse_unexpected(parse, "Invalid 'for' expression",
                             "Expected the name of a variable after 'for'");
            return false;
        }
        *value = utf8_nfc(parse_text(parse, parse_read(parse)), parse->arena);
        if (count == 1 || !parse_skip(parse, TOKEN_COMMA))
            break;
        *key = *value;
    }
    if (!parse_is_keyword(parse, "in")) {
        parse_unexpected(parse, "Invalid 'for' expression",
                         "Expected the keyword 'in' after the variables");
        return false;
    }
    parse_read(parse);
    return true;
}

/* `key => value... if condition`, up to the bracket. */
static bool parse_for_body(Parse *parse, Expr *expr, bool is_object) {
    expr->as.loop.value = parse_expression(parse);
    if (!expr->as.loop.value)
        return false;
    if (parse_is_next(parse, TOKEN_FAT_ARROW) != is_object) {
        parse_unexpected(parse, "Invalid 'for' expression",
                         is_object ? "An object needs a key for each value: expected an arrow (=>)"
                                   : "A tuple has no keys: expected the end of the value");
        return false;
    }
    if (is_object) {
        parse_read(parse);
        expr->as.loop.key = expr->as.loop.value;
        expr->as.loop.value = parse_expression(parse);
        if (!expr->as.loop.value)
            return false;
    }
    if (parse_is_next(parse, TOKEN_ELLIPSIS)) {
        if (!is_object) {
            parse_unexpected(
                parse, "Invalid 'for' expression",
                "The grouping operator (...) is for objects only: expected the end of the "
                "value");
            return false;
        }
        parse_read(parse);
        expr->as.loop.groups = true;
    }
    if (parse_is_keyword(parse, "if")) {
        parse_read(parse);
        expr->as.loop.condition = parse_expression(parse);
        if (!expr->as.loop.condition)
            return false;
    }
    return true;
}

const Expr *parse_for(Parse *parse, Token open) {
    bool is_object = open.kind == TOKEN_BRACE_OPEN;
    Expr *expr = parse_node(parse, EXPR_FOR, open.start);
    parse_read(parse);
    if (!parse_for_names(parse, &expr->as.loop.key_name, &expr->as.loop.value_name))
        return NULL;
    expr->as.loop.collection = parse_expression(parse);
    if (!expr->as.loop.collection)
        return NULL;
    if (!parse_skip(parse, TOKEN_COLON))
        return parse_unexpected(parse, "Invalid 'for' expression",
                                "Expected a colon after the collection");
    if (!parse_for_body(parse, expr, is_object))
        return NULL;
    if (!parse_skip(parse, is_object ? TOKEN_BRACE_CLOSE : TOKEN_BRACKET_CLOSE))
        return parse_unexpected(parse, "Invalid 'for' expression",
                                is_object
                                    ? "Expected a closing brace at the end of the 'for' expression"
                                    : "Expected a closing bracket at the end of the 'for' "
                                      "expression");
    expr->range.end = parse_end(parse);
    return expr;
}

/* -- calls -------------------------------------------------------------------------------- */

/* name::space::function */
static bool parse_call_name(Parse *parse, Token *name) {
    while (parse_skip(parse, TOKEN_DOUBLE_COLON)) {
        if (!parse_is_next(parse, TOKEN_IDENTIFIER)) {
            parse_unexpected(parse, "Missing function name",
                             "Expected the rest of the function's name after the double colon");
            return false;
        }
        name->end = parse_read(parse).end;
    }
    if (parse_is_next(parse, TOKEN_PAREN_OPEN))
        return true;
    parse_unexpected(parse, "Missing open parenthesis",
                     "Expected an opening parenthesis after the name of a function");
    return false;
}

static bool parse_arguments(Parse *parse, ExprVec *arguments, bool *expands) {
    while (!parse_skip(parse, TOKEN_PAREN_CLOSE)) {
        const Expr *argument = parse_expression(parse);
        if (!argument)
            return false;
        vec_push(parse->arena, arguments, argument);
        if (parse_skip(parse, TOKEN_ELLIPSIS)) {
            *expands = true;
            if (parse_skip(parse, TOKEN_PAREN_CLOSE))
                return true;
            parse_unexpected(parse, "Missing closing parenthesis",
                             "An expanded argument (with ...) is the last one: expected a closing "
                             "parenthesis");
            return false;
        }
        if (parse_skip(parse, TOKEN_COMMA) || parse_is_next(parse, TOKEN_PAREN_CLOSE))
            continue;
        parse_unexpected(parse, "Missing argument separator",
                         "Expected a comma to separate this argument from the next one");
        return false;
    }
    return true;
}

const Expr *parse_call(Parse *parse, Token name) {
    Token first = name;
    bool outer = parse->skips_newlines;
    if (!parse_call_name(parse, &name))
        return NULL;
    parse_read(parse);
    parse->skips_newlines = true;
    ExprVec arguments = {0};
    bool expands = false;
    if (!parse_arguments(parse, &arguments, &expands))
        return NULL;
    parse->skips_newlines = outer;
    Expr *expr = parse_node(parse, EXPR_CALL, first.start);
    expr->as.call.name = str_clone(parse_text(parse, name), parse->arena);
    expr->as.call.name_range = parse_token_range(parse, name);
    expr->as.call.arguments = arguments.items;
    expr->as.call.count = arguments.count;
    expr->as.call.expands_last = expands;
    if (parse->functions)
        expr->as.call.function = function_table_find(parse->functions, expr->as.call.name);
    return expr;
}

/* -- operators ---------------------------------------------------------------------------- */

static const Expr *parse_operand(Parse *parse);

static const Expr *parse_unary(Parse *parse, Token token) {
    const Expr *operand = parse_operand(parse);
    if (!operand)
        return NULL;
    Expr *expr = parse_node(parse, EXPR_UNARY, token.start);
    expr->as.operation.operator= token.kind == TOKEN_MINUS ? OPERATOR_NEGATE : OPERATOR_NOT;
    expr->as.operation.left = operand;
    return expr;
}

static const Expr *parse_bad_start(Parse *parse, Token token) {
    Str text = parse_text(parse, token);
    if (token.kind == TOKEN_BAD && (str_equal(text, STR("'")) || str_equal(text, STR("`"))))
        return parse_error(parse, parse_token_range(parse, token), "Invalid character",
                           "Strings are written in double quotes (\").");
    if (token.kind == TOKEN_BAD && str_starts_with(text, STR("<<")))
        return parse_error(
            parse, parse_token_range(parse, token), "Invalid heredoc",
            "A heredoc begins with << or <<-, directly followed by a marker name and the "
            "end of the line.");
    diags_error(parse->diags, parse_token_range(parse, token), "Invalid expression",
                "Expected the start of an expression, but found %s.", lexer_token_name(token.kind));
    return NULL;
}

static const Expr *parse_term(Parse *parse) {
    Token token = parse_peek(parse);
    switch ((int)token.kind) {
    case TOKEN_PAREN_OPEN: return parse_parens(parse, parse_read(parse));
    case TOKEN_NUMBER: return parse_number(parse, parse_read(parse));
    case TOKEN_BRACKET_OPEN: return parse_tuple(parse, parse_read(parse));
    case TOKEN_BRACE_OPEN: return parse_object(parse, parse_read(parse));
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

/* A term with its steps. */
static const Expr *parse_operand(Parse *parse) {
    Token token = parse_peek(parse);
    if (!parse_enter(parse, token))
        return NULL;
    Chain chain = {.expr = parse_term(parse)};
    /* The steps of a negated term are its own already. */
    bool is_unary = token.kind == TOKEN_MINUS || token.kind == TOKEN_BANG;
    if (!chain.expr || (!is_unary && !parse_steps(parse, &chain)))
        return NULL;
    parse_leave(parse);
    return chain.expr;
}

typedef struct BinaryOperator {
    uint8_t precedence; /* 0: no binary operator */
    uint8_t operator;
} BinaryOperator;

static const BinaryOperator binary_operators[TOKEN_COMMENT + 1] = {
    [TOKEN_OR] = {1, OPERATOR_OR           },
      [TOKEN_AND] = {2, OPERATOR_AND          },
    [TOKEN_EQUAL] = {3, OPERATOR_EQUAL        },
      [TOKEN_NOT_EQUAL] = {3, OPERATOR_NOT_EQUAL    },
    [TOKEN_LESS] = {4, OPERATOR_LESS         },
      [TOKEN_LESS_EQUAL] = {4, OPERATOR_LESS_EQUAL   },
    [TOKEN_GREATER] = {4, OPERATOR_GREATER      },
      [TOKEN_GREATER_EQUAL] = {4, OPERATOR_GREATER_EQUAL},
    [TOKEN_PLUS] = {5, OPERATOR_ADD          },
      [TOKEN_MINUS] = {5, OPERATOR_SUBTRACT     },
    [TOKEN_STAR] = {6, OPERATOR_MULTIPLY     },
      [TOKEN_SLASH] = {6, OPERATOR_DIVIDE       },
    [TOKEN_PERCENT] = {6, OPERATOR_MODULO       },
};

/* Operators of at least this precedence, all of them binding to the left. */
static const Expr *parse_binary(Parse *parse, uint8_t least) {
    const Expr *left = parse_operand(parse);
    while (left) {
        BinaryOperator binary = binary_operators[parse_peek(parse).kind];
        if (binary.precedence == 0 || binary.precedence < least)
            return left;
        parse_read(parse);
        const Expr *right = parse_binary(parse, (uint8_t)(binary.precedence + 1));
        if (!right)
            return NULL;
        Expr *expr = parse_node(parse, EXPR_BINARY, left->range.start);
        expr->as.operation.operator=(ExprOperator) binary.operator;
        expr->as.operation.left = left;
        expr->as.operation.right = right;
        left = expr;
    }
    return NULL;
}

static const Expr *parse_conditional(Parse *parse, const Expr *condition) {
    parse_read(parse);
    const Expr *if_true = parse_expression(parse);
    if (!if_true)
        return NULL;
    if (!parse_skip(parse, TOKEN_COLON))
        return parse_unexpected(
            parse, "Missing false expression in conditional",
            "The conditional operator (... ? ... : ...) needs a second expression, "
            "after a colon");
    const Expr *if_false = parse_expression(parse);
    if (!if_false)
        return NULL;
    Expr *expr = parse_node(parse, EXPR_CONDITIONAL, condition->range.start);
    expr->as.conditional.condition = condition;
    expr->as.conditional.if_true = if_true;
    expr->as.conditional.if_false = if_false;
    return expr;
}

const Expr *parse_expression(Parse *parse) {
    if (!parse_enter(parse, parse_peek(parse)))
        return NULL;
    const Expr *expr = parse_binary(parse, 1);
    if (expr && parse_is_next(parse, TOKEN_QUESTION))
        expr = parse_conditional(parse, expr);
    parse_leave(parse);
    return expr;
}

/* -- whole texts -------------------------------------------------------------------------- */

bool parser_parse_expression(const Source *source,
                             const FunctionTable *functions,
                             const Expr **out,
                             Arena *arena,
                             Diags *diags) {
    Parse parse = parse_new(source, 0, LEXER_NORMAL, functions, arena, diags);
    const Expr *expr = parse_expression(&parse);
    if (!expr)
        return false;
    if (!parse_is_next(&parse, TOKEN_END)) {
        parse_unexpected(&parse, "Extra characters after expression",
                         "The expression is complete, and nothing may follow it");
        return false;
    }
    *out = expr;
    return true;
}

bool parser_parse_expression_at(const Source *source,
                                uint32_t start,
                                const FunctionTable *functions,
                                const Expr **out,
                                uint32_t *end,
                                Arena *arena,
                                Diags *diags) {
    Parse parse = parse_new(source, start, LEXER_NORMAL, functions, arena, diags);
    parse.skips_newlines = false;
    const Expr *expr = parse_expression(&parse);
    if (!expr)
        return false;
    Token next = parse_peek(&parse);
    if (next.kind != TOKEN_NEWLINE && next.kind != TOKEN_END && next.kind != TOKEN_BRACE_CLOSE) {
        parse_unexpected(&parse, "Missing newline after argument",
                         "An argument definition ends with its line");
        return false;
    }
    *end = next.start;
    *out = expr;
    return true;
}

bool parser_parse_template(const Source *source,
                           const FunctionTable *functions,
                           const Expr **out,
                           Arena *arena,
                           Diags *diags) {
    Parse parse = parse_new(source, 0, LEXER_BARE, functions, arena, diags);
    Token open = {.kind = TOKEN_END};
    const Expr *expr = parse_template(&parse, open, TOKEN_END);
    if (!expr)
        return false;
    *out = expr;
    return true;
}

bool parser_parse_traversal(const Source *source, Traversal **out, Arena *arena, Diags *diags) {
    const Expr *expr = NULL;
    if (!parser_parse_expression(source, NULL, &expr, arena, diags))
        return false;
    if (expr->kind != EXPR_TRAVERSAL) {
        diags_error(diags, expr->range, "Invalid reference",
                    "A reference is required here: a name, followed by attribute names and literal "
                    "indexes, like aws_instance.web[0].id.");
        return false;
    }
    *out = expr->as.traversal;
    return true;
}
