/* parse_step: parses the steps after an expression. Literal steps after a name become its
 * traversal. */
#include "parse.h"
#include "utf8.h"

/* The steps read so far. */
typedef struct Chain {
    const Expr *expr;
    VEC(TraversalStep) steps; /* not yet part of a traversal */
    uint32_t length;
} Chain;

static void parse_chain(Parse *parse, Chain *chain);

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

static void chain_wrap_splat(
    Parse *parse, Chain *chain, Token marker, const Expr *each, bool is_full) {
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

static void refuse_splat_step(Parse *parse, Token star, Token token) {
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
            refuse_splat_step(parse, star, token);
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
        parse_chain(parse, &each);
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

static void parse_chain(Parse *parse, Chain *chain) {
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

const Expr *parse_steps(Parse *parse, const Expr *from) {
    Chain chain = {.expr = from};
    parse_chain(parse, &chain);
    return chain.expr;
}
