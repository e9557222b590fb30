/* sts_answer: reads the XML of the security token service, in a plugin. */
#pragma once

#include "str.h"

typedef struct StsKeys {
    Str access_key;
    Str secret_key;
    Str token;
    Str expiration; /* RFC 3339 */
} StsKeys;

typedef struct StsAnswers {
    /* Reads the credentials of any AssumeRole… response; returns false if it has none. */
    bool (*parse_keys)(Str text, StsKeys *out, Arena *arena);
    /* Returns the account of a GetCallerIdentity response; empty if it has none. */
    Str (*parse_account)(Str text, Arena *arena);
    /* Sets the code and message of an error; both are empty if the text is no error. */
    void (*parse_error)(Str text, Str *code, Str *message, Arena *arena);
} StsAnswers;

#define STS_PLUGIN "loam-sts.so" /* exports the symbol sts_answers */
/* The functions in that plugin. A test program may contain them; then it loads nothing. */
extern const StsAnswers sts_answers __attribute__((weak));
