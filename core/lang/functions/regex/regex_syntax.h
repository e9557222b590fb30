/* regex_syntax: the text of a regular expression in RE2's syntax → a tree.
 *
 * Flags such as (?i) are resolved while parsing: nodes hold the text of the pattern that PCRE2
 * takes for one character or one assertion, independent of its surroundings. Captures are numbered
 * from 0 in the order of their parentheses. */
#pragma once

#include "vec.h"

typedef enum RegexKind {
    REGEX_CHARACTER, /* consumes exactly one character */
    REGEX_ASSERTION, /* consumes nothing */
    REGEX_SEQUENCE,
    REGEX_CHOICE,
    REGEX_CAPTURE, /* one child */
    REGEX_REPEAT,  /* one child */
} RegexKind;

typedef struct RegexNode RegexNode;
typedef VEC(const RegexNode *) RegexNodeVec;

#define REGEX_NO_MAX UINT32_MAX

struct RegexNode {
    RegexKind kind;
    bool is_nullable; /* can match the empty text */
    Str text;         /* of a character or assertion */
    RegexNodeVec children;
    size_t capture;
    uint32_t min; /* of a repetition */
    uint32_t max; /* REGEX_NO_MAX: none */
    bool is_lazy;
};

typedef struct RegexSyntax {
    const RegexNode *root;
    StrVec names; /* of the captures; empty: unnamed */
} RegexSyntax;

/* False: *error is a phrase that names the part that is wrong. */
MUST_USE bool regex_syntax_parse(Str pattern, RegexSyntax *out, Str *error, Arena *arena);
