/* regex_syntax: parses a regular expression of RE2's syntax into a tree.
 *
 * The parser resolves flags such as (?i). Each node holds the PCRE2 pattern for one character or
 * assertion, independent of its context. Captures are numbered from 0 in the order of their
 * parentheses. */
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

/* On failure returns false and sets *error to a phrase that quotes the invalid part. */
MUST_USE bool regex_syntax_parse(Str pattern, RegexSyntax *out, Str *error, Arena *arena);
