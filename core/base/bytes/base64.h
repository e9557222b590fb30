/* base64: the encodings of RFC 4648. */
#pragma once

#include "str.h"

Str base64_encode(Str bytes, Arena *arena);
Str base64_url_encode(Str bytes, Arena *arena); /* without padding */
/* Decodes the standard alphabet of RFC 4648 section 4; padding is required. */
MUST_USE bool base64_decode(Str text, Str *out, Arena *arena);
/* Decodes the alphabet of base64_url_encode; padding is optional. Leaves no copy of the text. */
MUST_USE bool base64_url_decode(Str text, Str *out, Arena *arena);
