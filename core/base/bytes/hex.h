/* hex: bytes as hexadecimal text. */
#pragma once

#include "str.h"

Str hex_encode(Str bytes, Arena *arena); /* in lower case */
/* Returns false if the text is not pairs of digits; accepts both cases. */
MUST_USE bool hex_decode(Str text, Str *out, Arena *arena);
