/* regex_rewrite: a tree of RE2's syntax → a pattern for PCRE2 that means the same.
 *
 * Both take the leftmost match and prefer the first alternative. They differ where what is repeated
 * without an upper limit can be empty: in RE2 only the first round may be, in PCRE2 also the last.
 * Such a loop becomes
 *
 *     ()(?:()BODY(?C'n'))*
 *
 * where group n holds where the loop begins, group n + 1 where the round does: a callout with text
 * n has to fail unless regex_rewrite_allows. */
#pragma once

#include "regex_syntax.h"

typedef VEC(uint32_t) RegexGroupVec;

typedef struct RegexRewrite {
    Str pattern;
    size_t capture_count;
    RegexGroupVec
        *groups; /* of each capture: its groups in `pattern`, the latest of which counts */
    bool has_callouts;
} RegexRewrite;

/* False: too big. */
MUST_USE bool regex_rewrite(const RegexSyntax *syntax, RegexRewrite *out, Arena *arena);
/* May the round of a loop end at offset `at`? `starts` are of loop and round. */
bool regex_rewrite_allows(size_t loop_start, size_t round_start, size_t at);
