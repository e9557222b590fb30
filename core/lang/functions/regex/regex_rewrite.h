/* regex_rewrite: converts a tree of RE2's syntax to an equivalent PCRE2 pattern.
 *
 * Both engines prefer the leftmost match and the first alternative. They differ for an unlimited
 * repetition of a body that can be empty. RE2 allows only the first round to be empty, PCRE2 also
 * the last. Such a loop becomes
 *
 *     ()(?:()BODY(?C'n'))*
 *
 * Group n holds the start of the loop, group n + 1 the start of the round. The callout with text n
 * must fail unless regex_rewrite_allows. */
#pragma once

#include "regex_syntax.h"

typedef VEC(uint32_t) RegexGroupVec;

typedef struct RegexRewrite {
    Str pattern;
    size_t capture_count;
    RegexGroupVec
        *groups; /* of each capture: its groups in `pattern`; the latest that matched counts */
    bool has_callouts;
} RegexRewrite;

/* Returns false if the pattern is too large. */
MUST_USE bool regex_rewrite(const RegexSyntax *syntax, RegexRewrite *out, Arena *arena);
/* Returns true if a round may end at offset `at`. `loop_start` and `round_start` are offsets
 * too. */
bool regex_rewrite_allows(size_t loop_start, size_t round_start, size_t at);
