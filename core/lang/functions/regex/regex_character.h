/* regex_character: the parts of a regular expression that match one character, in RE2's syntax, as
 * PCRE2 patterns to which a repetition may be appended. */
#pragma once

#include "regex_scanner.h"

/* Reads a class in brackets, a backslash sequence, or a character that stands for itself. */
MUST_USE bool regex_character_parse(RegexScanner *scanner, bool folds_case, Str *out);
/* Returns the pattern that matches this character. */
Str regex_character_literal(uint32_t code_point, bool folds_case, Arena *arena);
