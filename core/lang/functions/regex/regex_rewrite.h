/* regex_rewrite: converts a regular expression of RE2's syntax to an equivalent PCRE2 pattern.
 *
 * Both engines prefer the leftmost match and the first alternative. They differ for an unlimited
 * repetition of a body that can be empty. RE2 allows only the first round to be empty, PCRE2 also
 * the last. Such a loop becomes
 *
 *     ()(?:()BODY(?C'n'))*
 *
 * Group n holds the start of the loop, group n + 1 the start of the round. The callout with text n
 * must fail if the round is empty, unless it is the first. */
#pragma once

#include "vec.h"

typedef VEC(uint32_t) RegexGroupVec;

typedef struct RegexRewrite {
    Str pattern;
    StrVec names; /* of the captures, in the order of their parentheses; empty: unnamed */
    RegexGroupVec
        *groups; /* of each capture: its groups in `pattern`; the latest that matched counts */
    bool has_callouts;
} RegexRewrite;

/* On failure returns false and sets *error to a phrase that quotes the invalid part, or says that
 * the expression is too large. */
MUST_USE bool regex_rewrite(Str pattern, RegexRewrite *out, Str *error, Arena *arena);
