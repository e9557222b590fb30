/* regex_scanner: the position in the text of a regular expression, shared by the parsers. */
#pragma once

#include "str.h"

typedef struct RegexScanner {
    Str text;
    size_t at;
    Str *error;
    Arena *arena;
} RegexScanner;

/* Sets the error to a phrase that quotes the invalid part. Always returns false. */
bool regex_scanner_fail(RegexScanner *scanner, const char *what, Str part);
/* Returns the text from `start` to the position. */
Str regex_scanner_part(const RegexScanner *scanner, size_t start);
/* Returns the byte `ahead` bytes after the position, or NUL beyond the end. */
char regex_scanner_peek(const RegexScanner *scanner, size_t ahead);
bool regex_scanner_is_at_end(const RegexScanner *scanner);
/* Moves over `text` if it is at the position; otherwise returns false. */
bool regex_scanner_accept(RegexScanner *scanner, Str text);
/* Returns the code point at the position and moves over it. */
uint32_t regex_scanner_next(RegexScanner *scanner);
