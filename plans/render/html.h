/* html: text within HTML and SVG, in the content of an element or in a quoted attribute. */
#pragma once

#include "str.h"

/* Writes & < > " ' as references, and control characters, which HTML forbids, as U+FFFD. */
void html_add(StrBuf *out, Str text);
Str html_of(Str text, Arena *arena);
