/* Str: a view of bytes, by value. StrBuf: a text under construction in an arena.
 *
 * Text is UTF-8 and may hold NUL; a NUL need not follow it. A view owns nothing and is valid as
 * long as the bytes under it. Print with "%.*s", STR_ARG(s). */
#pragma once

#include "arena.h"

#include <stdarg.h>

typedef struct Str {
    const char *ptr;
    size_t len;
} Str;

#define STR(literal) ((Str){"" literal, sizeof(literal) - 1})
#define STR_CONST(literal)                                                                         \
    { "" literal, sizeof(literal) - 1 } /* for static initialisers */
#define STR_ARG(s) (int)(s).len, (s).ptr
#define STR_EMPTY  ((Str){"", 0})

Str str_from_cstr(const char *text); /* NULL gives the empty string */
Str str_from_range(const char *start, const char *end);
Str str_clone(Str s, Arena *arena);
/* Returns a NUL-terminated copy, for C libraries. */
const char *str_to_cstr(Str s, Arena *arena);
Str str_format(Arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
Str str_vformat(Arena *arena, const char *format, va_list args) PRINTF_LIKE(2, 0);
Str str_join(const Str *parts, size_t count, Str separator, Arena *arena);
Str str_concat(Str a, Str b, Arena *arena);

bool str_equal(Str a, Str b);
bool str_equal_cstr(Str a, const char *b);
/* Compares bytes, the order of all names in loam. Returns <0, 0 or >0. */
int str_compare(Str a, Str b);
/* Sorts in the order of str_compare. */
void str_sort(Str *items, size_t count);
/* Returns true if the items are in the order of str_compare without duplicates. */
bool str_is_strictly_sorted(const Str *items, size_t count);
bool str_is_among(Str s, const Str *items, size_t count);
bool str_starts_with(Str s, Str prefix);
bool str_ends_with(Str s, Str suffix);
/* Return the offset of the first occurrence at or after `from` (str_rfind_char: of the last one),
 * or SIZE_MAX. */
size_t str_find(Str s, Str needle, size_t from);
size_t str_find_char(Str s, char c, size_t from);
size_t str_rfind_char(Str s, char c);
/* Offsets beyond the end count as the end. */
Str str_slice(Str s, size_t start, size_t end);
Str str_after(Str s, size_t start);
Str str_trim(Str s); /* removes ASCII white space at both ends */
/* Splits `*rest` at the first separator and sets `*field` to the part before it; returns false if
 * no field is left. */
bool str_next_field(Str *rest, char separator, Str *field);
uint64_t str_hash(Str s);
/* Returns whether each byte is an ASCII letter, a digit, or one of `signs`. */
bool str_has_only(Str s, const char *signs);
/* Returns whether the text is a DNS label as Kubernetes has them (RFC 1123): at most 63 lower-case
 * letters, digits and hyphens, with no hyphen at either end. */
#define STR_DNS_LABEL_MAX 63
bool str_is_dns_label(Str s);
/* Parse the whole text as a decimal integer. */
MUST_USE bool str_to_int64(Str s, int64_t *out);
MUST_USE bool str_to_uint64(Str s, uint64_t *out);
/* Parses the whole text as one to ten octal digits: the mode of a file. */
MUST_USE bool str_octal_to_uint32(Str s, uint32_t *out);
/* Returns the offset after the decimal digits that start at `at`. */
size_t str_skip_digits(Str s, size_t at);
/* Returns the edit distance, for suggestions, or `limit` if the distance is at least `limit`. */
size_t str_distance(Str a, Str b, size_t limit);
/* Returns the nearest candidate if it is close enough for a typing error, else empty text. */
Str str_suggest(Str word, const Str *candidates, size_t count);
/* Returns ` Did you mean "x"?` with the candidate of str_suggest, or empty text. */
Str str_did_you_mean(Str word, const Str *candidates, size_t count, Arena *arena);

typedef struct StrBuf {
    Arena *arena;
    char *ptr;
    size_t len;
    size_t capacity;
} StrBuf;

StrBuf strbuf_new(Arena *arena);
/* Reserves room for `more` bytes. For texts of megabytes: each doubling would leave the old copy in
 * the arena. */
void strbuf_reserve(StrBuf *buf, size_t more);
void strbuf_add(StrBuf *buf, Str s);
void strbuf_add_cstr(StrBuf *buf, const char *text);
void strbuf_add_char(StrBuf *buf, char c);
void strbuf_add_repeat(StrBuf *buf, char c, size_t count);
void strbuf_add_format(StrBuf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
/* Returns the text so far; more may be added later. */
Str strbuf_str(const StrBuf *buf);
