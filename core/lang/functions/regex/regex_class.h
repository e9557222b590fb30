/* regex_class: writes a character class of RE2's syntax as one for PCRE2.
 *
 * ASCII sets such as \s and [[:word:]] are written as ranges, because PCRE2's sets contain other
 * characters. */
#pragma once

#include "str.h"

typedef struct RegexClass {
    StrBuf members;
    bool is_negated;
    bool folds_case;
} RegexClass;

RegexClass regex_class_new(bool folds_case, Arena *arena);
/* Adds a range; both bounds are inclusive code points. */
void regex_class_add_range(RegexClass *set, uint32_t low, uint32_t high);
/* Adds the set of `\d`, `\S` and so on. Returns false if the letter names no set. */
bool regex_class_add_perl(RegexClass *set, char letter);
/* Adds the set of [:alpha:] or [:^alpha:]; `name` has no colons. */
bool regex_class_add_posix(RegexClass *set, Str name);
/* Adds a Unicode general category or script. */
bool regex_class_add_unicode(RegexClass *set, Str name, bool is_negated);
/* Returns one class, to which a repetition may be appended. */
Str regex_class_text(const RegexClass *set, Arena *arena);
