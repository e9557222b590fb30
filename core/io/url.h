/* url: absolute addresses (scheme://user:password@host:port/path?query#fragment) as their parts,
 * and what of them may be shown.
 *
 * Parts are views of the text, as written: url_decode undoes percent signs. */
#pragma once

#include "str.h"

typedef struct Url {
    Str scheme;
    Str userinfo; /* "user:password"; empty without */
    Str host;     /* with its port: "example.com:8443", "[::1]:80" */
    Str path;
    Str query;    /* without the question mark */
    Str fragment; /* without the hash */
} Url;

/* False: no "scheme://" at its beginning. */
MUST_USE bool url_parse(Str text, Url *out);
Str url_to_str(const Url *url, Arena *arena);
/* The host without its port. */
Str url_host_name(const Url *url);
/* What `reference` means on the page `base`: another address, a path, a path beside it. */
Str url_resolve(Str base, Str reference, Arena *arena);
/* False when text stands at a "%" that is not followed by two digits of base 16. */
MUST_USE bool url_decode(Str text, Str *out, Arena *arena);

/* Percent signs for all but letters, digits and "-._~"; "/" too unless it is to stay. */
Str url_encode(Str text, bool keeps_slashes, Arena *arena);

/* The value, as written, of the first parameter of that name. */
bool url_query_find(Str query, Str name, Str *out);
/* The query without the parameters of that name. */
Str url_query_without(Str query, Str name, Arena *arena);

/* Any text that holds an address (behind "git::" too), fit to be shown and kept: without user and
 * password (of ssh, the user stays), and with the values of parameters that sound like secrets
 * covered. */
Str url_redact(Str text, Arena *arena);
/* A program's message about this address, in which whatever url_redact takes out is covered. */
Str url_scrub(Str message, Str address, Arena *arena);
