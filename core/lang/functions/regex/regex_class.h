/* regex_class: a character class of RE2's syntax as the text of one that PCRE2 takes.
 *
 * ASCII sets such as \s and [[:word:]] are written out, because PCRE2's hold other characters. */
#pragma once

#include "str.h"

typedef struct RegexClass {
    StrBuf members;
    bool is_negated;
    bool folds_case;
} RegexClass;

RegexClass regex_class_new(bool folds_case, Arena *arena);
/* The bounds are inclusive code points. */
void regex_class_add_range(RegexClass *set, uint32_t low, uint32_t high);
/* Adds what `\d`, `\S` and so on stand for. False: the letter names no set. */
bool regex_class_add_perl(RegexClass *set, char letter);
/* Adds what [:alpha:] or [:^alpha:] stands for, named without the colons. */
bool regex_class_add_posix(RegexClass *set, Str name);
/* Adds a general category or a script of Unicode. */
bool regex_class_add_unicode(RegexClass *set, Str name, bool is_negated);
/* One class that may be repeated as it stands. */
Str regex_class_text(const RegexClass *set, Arena *arena);
