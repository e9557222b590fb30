/* s3_xml: what S3 answers in XML: a page of names, or an error. */
#pragma once

#include "vec.h"

typedef struct S3Page {
    StrVec keys; /* decoded */
    Str next;    /* token of the next page; empty: this was the last */
} S3Page;

/* False: not what a list looks like. Names are taken as url-encoded if the answer says so. */
MUST_USE bool s3_xml_page(Str text, S3Page *out, Arena *arena);
/* Code and message of an error; both empty if it is none. */
void s3_xml_error(Str text, Str *code, Str *message, Arena *arena);
