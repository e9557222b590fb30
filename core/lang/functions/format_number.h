/* format_number: formats numbers for the verbs of format(). */
#pragma once

#include "functions.h"

typedef struct FormatVerb {
    Str raw;         /* source text, as "%5.1f" */
    size_t offset;   /* position of `raw` in the format */
    size_t argument; /* from 1; 0: the next argument */
    char mode;
    bool zero, sharp, plus, minus, space;
    bool has_width, has_precision;
    uint32_t width;
    uint32_t precision;
} FormatVerb;

/* Formats with v (the fewest digits, with an exponent if that is shorter), a whole number with
 * d b o x X, or any number with e E f g G. The result of v is not padded to the width. */
Str format_number(const FormatVerb *verb, Value number, Arena *arena);
