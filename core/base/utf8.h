/* utf8: what text looks like to a person: code points, grapheme clusters, columns, normal form.
 * The tables are utf8proc's. */
#pragma once

#include "str.h"

/* Length of valid UTF-8 in bytes from the start; equals s.len when all of it is valid. */
size_t utf8_valid_prefix(Str s);
/* The code point at `offset` and its width in bytes; invalid bytes give U+FFFD, width 1. */
uint32_t utf8_decode(Str s, size_t offset, size_t *width);
/* Writes 1 to 4 bytes and says how many; what is no code point becomes U+FFFD. */
size_t utf8_encode(uint32_t codepoint, char out[4]);
size_t utf8_grapheme_count(Str s);
/* End offset of the grapheme cluster that starts at `offset`. */
size_t utf8_grapheme_end(Str s, size_t offset);
/* Columns on a terminal. */
size_t utf8_display_width(Str s);
/* Normal form C; the same view when it is one already. */
Str utf8_nfc(Str s, Arena *arena);
/* The part of a beginning that stays as it is whatever text follows, in normal form C: without the
 * last cluster, which a combining mark could change, unless that is a delimiter. */
Str utf8_settled_prefix(Str s, Arena *arena);
/* Unicode ID_Start and ID_Continue; what a language adds ('_' at the start, '-') is its own. */
bool utf8_is_id_start(uint32_t codepoint);
bool utf8_is_id_continue(uint32_t codepoint);
Str utf8_upper(Str s, Arena *arena);
Str utf8_lower(Str s, Arena *arena);
uint32_t utf8_to_title(uint32_t codepoint);
/* Unicode White_Space. */
bool utf8_is_space(uint32_t codepoint);
/* Text of more than `limit` bytes with "…" in place of its middle; for values in messages. */
Str utf8_shorten(Str s, size_t limit, Arena *arena);
/* Embeddings, overrides and isolates: they make text look like other text. */
bool utf8_is_bidi_control(uint32_t codepoint);
/* A character without a shape of its own (category Cf), such as a zero width space. */
bool utf8_is_format(uint32_t codepoint);
/* A copy in which terminal control characters, escapes and the controls of the direction of text
 * are gone (newline and tab stay). */
Str utf8_strip_controls(Str s, Arena *arena);
