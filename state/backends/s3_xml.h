/* s3_xml: parses XML replies of S3: a page of names, or an error. */
#pragma once

#include "vec.h"

typedef struct S3Page {
    StrVec keys; /* decoded */
    Str next;    /* token of the next page; empty: this was the last */
} S3Page;

/* Returns false if the text is not a list. Names are URL-decoded if the reply is marked as
 * encoded. */
MUST_USE bool s3_xml_page(Str text, S3Page *out, Arena *arena);
/* Code and message of an error; both empty if the text is no error. */
void s3_xml_error(Str text, Str *code, Str *message, Arena *arena);
