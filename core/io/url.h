/* url: parses absolute URLs (scheme://user:password@host:port/path?query#fragment), and removes
 * secrets from them.
 *
 * Parts are views of the text, still encoded: url_decode decodes percent signs. */
#pragma once

#include "vec.h"

typedef struct Url {
    Str scheme;
    Str userinfo; /* "user:password"; empty: none */
    Str host;     /* with its port: "example.com:8443", "[::1]:80" */
    Str path;
    Str query;    /* without the question mark */
    Str fragment; /* without the hash */
} Url;

/* Returns false if the text does not begin with "scheme://". */
MUST_USE bool url_parse(Str text, Url *out);
Str url_to_str(const Url *url, Arena *arena);
/* Returns the host without its port. */
Str url_host_name(const Url *url);
/* Returns whether the host is this computer: localhost, 127.0.0.0/8 or ::1. */
bool url_is_loopback(const Url *url);
/* Resolves `reference` relative to the URL `base` (RFC 3986, section 5.2): another URL, or a path,
 * query and fragment. Without a path, the path of `base` stays. Returns `reference` if `base` is
 * not a URL. */
Str url_resolve(Str base, Str reference, Arena *arena);
/* Decodes percent signs; returns false if two hexadecimal digits do not follow one. */
MUST_USE bool url_decode(Str text, Str *out, Arena *arena);

/* Encodes all but letters, digits and "-._~"; "/" too unless keeps_slashes. */
Str url_encode(Str text, bool keeps_slashes, Arena *arena);

/* Finds the first parameter of that name; `*out` is its value, still encoded. */
bool url_query_find(Str query, Str name, Str *out);
/* Returns the query without the parameters of that name. */
Str url_query_without(Str query, Str name, Arena *arena);

/* Removes secrets from a URL or an scp-style address (git@host:path?sshkey=…), also after "git::":
 * user and password (ssh addresses keep the user), values of parameters with suspicious names. */
Str url_redact(Str text, Arena *arena);
/* Returns the parts of the address that url_redact removes, encoded and decoded. */
StrVec url_secrets(Str address, Arena *arena);
/* Covers each of the url_secrets of the address wherever the message repeats it. */
Str url_scrub(Str message, Str address, Arena *arena);
