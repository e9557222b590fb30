/* format_number: numbers as the verbs of format() write them. */
#pragma once

#include "functions.h"

typedef struct FormatVerb {
    Str raw;         /* "%5.1f" */
    size_t offset;   /* of it in the format */
    size_t argument; /* from 1 on; 0: the next one */
    char mode;
    bool zero, sharp, plus, minus, space;
    bool has_width, has_precision;
    uint32_t width;
    uint32_t precision;
} FormatVerb;

/* d b o x X: of a whole number. */
Str format_number_integer(const FormatVerb *verb, Value number, Arena *arena);
/* e E f g G */
Str format_number_float(const FormatVerb *verb, Value number, Arena *arena);
/* The shortest digits, with an exponent where that is shorter: %v. */
Str format_number_shortest(Value number, bool is_upper, Arena *arena);
