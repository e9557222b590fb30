/* s3_answer: reads the XML of S3 stores, in a plugin. */
#pragma once

#include "vec.h"

/* A part of a list of names. */
typedef struct S3Page {
    StrVec keys; /* decoded */
    Str next;    /* token of the next page; empty: this was the last */
} S3Page;

typedef struct S3Answers {
    /* Returns false if the text is not a list. Names are URL-decoded if the reply is marked as
     * encoded. */
    bool (*parse_page)(Str text, S3Page *out, Arena *arena);
    /* Sets the code and message of an error; both are empty if the text is no error. */
    void (*parse_error)(Str text, Str *code, Str *message, Arena *arena);
} S3Answers;

#define S3_PLUGIN "loam-s3.so" /* exports the symbol s3_answers */
/* The functions in that plugin. A test program may contain them; then it loads nothing. */
extern const S3Answers s3_answers __attribute__((weak));
