/* RegexProgram: a compiled regular expression with RE2's syntax and meaning, run by PCRE2. One
 * thread at a time may search with it. */
#pragma once

#include "regex_rewrite.h"

typedef struct RegexProgram {
    struct pcre2_real_code_8 *code;
    struct pcre2_real_match_context_8 *context; /* NULL: the default */
    struct pcre2_real_match_data_8 *data;       /* of the latest search */
    size_t start;                               /* offsets of the latest match */
    size_t end;
    RegexRewrite rewrite;
    Str *names; /* of the captures; empty: unnamed */
    size_t capture_count;
    bool has_names;
    bool has_unnamed;
} RegexProgram;

typedef enum RegexResult {
    REGEX_FOUND,
    REGEX_NOT_FOUND,
    REGEX_FAILED, /* the search exceeds PCRE2's limits */
} RegexResult;

/* On failure returns false and sets *error to a phrase, which quotes the invalid part if the syntax
 * is invalid. */
MUST_USE bool regex_program_compile(Str pattern, RegexProgram *out, Str *error, Arena *arena);
void regex_program_release(RegexProgram *program);
SCOPED_TYPE(RegexProgram, regex_program_release);

/* Searches `text`, UTF-8, from an offset on. On failure sets *error. */
RegexResult regex_program_search(RegexProgram *program, Str text, size_t from, Str *error);
/* Gets the text of a capture of the latest search, from 1 on; 0 is the whole match. `text` is that
 * of the search. Returns false if the capture took no part. */
bool regex_program_capture(const RegexProgram *program, Str text, size_t capture, Str *out);
