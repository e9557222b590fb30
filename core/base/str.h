/* Str: a view of bytes, by value. StrBuf: text under construction in an arena.
 *
 * Text is UTF-8 and may hold NUL; a Str need not end with one. Views cost nothing and live as long
 * as what they look at. Print with "%.*s", STR_ARG(s). */
#pragma once

#include "arena.h"

#include <stdarg.h>

typedef struct Str {
    const char *ptr;
    size_t len;
} Str;

#define STR(literal) ((Str){"" literal, sizeof(literal) - 1})
#define STR_CONST(literal)                                                                         \
    { "" literal, sizeof(literal) - 1 } /* in a static initialiser */
#define STR_ARG(s) (int)(s).len, (s).ptr
#define STR_EMPTY  ((Str){"", 0})

Str str_from_cstr(const char *text); /* NULL gives the empty string */
Str str_from_range(const char *start, const char *end);
Str str_clone(Str s, Arena *arena);
/* NUL-terminated copy, for a foreign call. */
const char *str_to_cstr(Str s, Arena *arena);
Str str_format(Arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
Str str_vformat(Arena *arena, const char *format, va_list args) PRINTF_LIKE(2, 0);
Str str_join(const Str *parts, size_t count, Str separator, Arena *arena);
Str str_concat(Str a, Str b, Arena *arena);

bool str_equal(Str a, Str b);
bool str_equal_cstr(Str a, const char *b);
/* By bytes, as every order of names in loam. <0, 0, >0. */
int str_compare(Str a, Str b);
/* In the order of str_compare. */
void str_sort(Str *items, size_t count);
/* In that order, and none twice. */
bool str_is_strictly_sorted(const Str *items, size_t count);
bool str_is_among(Str s, const Str *items, size_t count);
bool str_starts_with(Str s, Str prefix);
bool str_ends_with(Str s, Str suffix);
/* Offset of the first occurrence at or after `from`, or SIZE_MAX. */
size_t str_find(Str s, Str needle, size_t from);
size_t str_find_char(Str s, char c, size_t from);
size_t str_rfind_char(Str s, char c);
/* Clamped to the string. */
Str str_slice(Str s, size_t start, size_t end);
Str str_after(Str s, size_t start);
Str str_trim(Str s); /* ASCII white space on both ends */
/* Cuts `*rest` at the first separator; false when nothing is left. */
bool str_next_field(Str *rest, char separator, Str *field);
uint64_t str_hash(Str s);
/* Whole text as a decimal integer. */
MUST_USE bool str_to_int64(Str s, int64_t *out);
MUST_USE bool str_to_uint64(Str s, uint64_t *out);
/* Whole text as one to ten octal digits: the mode of a file. */
MUST_USE bool str_octal_to_uint32(Str s, uint32_t *out);
/* Where the decimal digits from `at` on end. */
size_t str_skip_digits(Str s, size_t at);
/* Edit distance, for suggestions; stops counting at `limit`: that many, or more. */
size_t str_distance(Str a, Str b, size_t limit);
/* The nearest of the candidates if one is near enough to be a slip of the hand, else empty. */
Str str_suggest(Str word, const Str *candidates, size_t count);
/* Quoted with escapes, as the expression language writes it ("a\nb"). */
Str str_quote(Str s, Arena *arena);

typedef struct StrBuf {
    Arena *arena;
    char *ptr;
    size_t len;
    size_t capacity;
} StrBuf;

StrBuf strbuf_new(Arena *arena);
/* Room for so many bytes more: a text of megabytes that grows by doubling leaves as much behind. */
void strbuf_reserve(StrBuf *buf, size_t more);
void strbuf_add(StrBuf *buf, Str s);
void strbuf_add_cstr(StrBuf *buf, const char *text);
void strbuf_add_char(StrBuf *buf, char c);
void strbuf_add_repeat(StrBuf *buf, char c, size_t count);
void strbuf_add_format(StrBuf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
void strbuf_add_codepoint(StrBuf *buf, uint32_t codepoint);
/* What stands in it so far; the buffer may go on. */
Str strbuf_str(const StrBuf *buf);
