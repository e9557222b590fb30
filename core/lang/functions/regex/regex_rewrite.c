/* regex_rewrite: converts a tree of RE2's syntax to an equivalent PCRE2 pattern. */
#include "regex_rewrite.h"

enum { PATTERN_SIZE_MAX = 1 << 20 };

typedef struct Rewriting {
    StrBuf text;
    uint32_t group_count;
    RegexRewrite *out;
    Arena *arena;
} Rewriting;

static void write_node(Rewriting *rewriting, const RegexNode *node);

static void write_children(Rewriting *rewriting, const RegexNode *node, const char *separator) {
    for (size_t i = 0; i < node->children.count; i++) {
        if (i)
            strbuf_add_cstr(&rewriting->text, separator);
        write_node(rewriting, node->children.items[i]);
    }
}

static void write_grouped(Rewriting *rewriting, const RegexNode *node, const char *opening) {
    strbuf_add_cstr(&rewriting->text, opening);
    write_children(rewriting, node, "|");
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
    write_children(rewriting, node, "|");
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
        write_node(rewriting, body);
    else
        write_grouped(rewriting, node, "(?:");
    write_counts(rewriting, node->min, node->max, node->is_lazy);
}

static void write_node(Rewriting *rewriting, const RegexNode *node) {
    if (rewriting->text.len > PATTERN_SIZE_MAX)
        return;
    switch (node->kind) {
    case REGEX_CHARACTER:
    case REGEX_ASSERTION: strbuf_add(&rewriting->text, node->text); return;
    case REGEX_SEQUENCE: write_children(rewriting, node, ""); return;
    case REGEX_CHOICE:
        if (node->children.count == 1)
            write_children(rewriting, node, "");
        else
            write_grouped(rewriting, node, "(?:");
        return;
    case REGEX_CAPTURE: write_capture(rewriting, node); return;
    case REGEX_REPEAT: write_repeat(rewriting, node); return;
    }
    CHECK(false);
}

bool regex_rewrite(const RegexSyntax *syntax, RegexRewrite *out, Arena *arena) {
    *out = (RegexRewrite){.capture_count = syntax->names.count};
    out->groups = arena_new_array(arena, RegexGroupVec, out->capture_count);
    Rewriting rewriting = {.text = strbuf_new(arena), .out = out, .arena = arena};
    write_node(&rewriting, syntax->root);
    out->pattern = strbuf_str(&rewriting.text);
    return out->pattern.len <= PATTERN_SIZE_MAX;
}

bool regex_rewrite_allows(size_t loop_start, size_t round_start, size_t at) {
    return at != round_start || round_start == loop_start;
}
