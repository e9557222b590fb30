/* utf8: code points, grapheme clusters, columns and normal form of text, with the tables of
 * utf8proc. */
#pragma once

#include "str.h"

/* Returns the length of the longest valid prefix in bytes; equals s.len if the whole text is
 * valid. */
size_t utf8_valid_prefix(Str s);
/* Returns the code point at `offset` and sets its width in bytes; an invalid byte gives U+FFFD,
 * width 1. */
uint32_t utf8_decode(Str s, size_t offset, size_t *width);
/* Writes 1 to 4 bytes and returns their number; an invalid code point becomes U+FFFD. */
size_t utf8_encode(uint32_t codepoint, char out[4]);
void utf8_add(StrBuf *buf, uint32_t codepoint);
size_t utf8_grapheme_count(Str s);
/* Returns the end offset of the grapheme cluster that starts at `offset`. */
size_t utf8_grapheme_end(Str s, size_t offset);
/* Returns the number of terminal columns. */
size_t utf8_display_width(Str s);
/* Returns normal form C; the same view if the text is already normal or not
 * valid UTF-8. */
Str utf8_nfc(Str s, Arena *arena);
/* Returns the part of `s`, in normal form C, that no following text can change. The last cluster is
 * dropped, because a combining mark could change it; a delimiter at the end is kept. */
Str utf8_settled_prefix(Str s, Arena *arena);
/* Unicode ID_Start and ID_Continue. A language that allows more ('_' at the start, '-') checks that
 * itself. */
bool utf8_is_id_start(uint32_t codepoint);
bool utf8_is_id_continue(uint32_t codepoint);
Str utf8_upper(Str s, Arena *arena);
Str utf8_lower(Str s, Arena *arena);
uint32_t utf8_to_title(uint32_t codepoint);
/* Unicode White_Space. */
bool utf8_is_space(uint32_t codepoint);
/* Returns a text of more than `limit` bytes with "…" in place of its middle; for values in
 * messages. */
Str utf8_shorten(Str s, size_t limit, Arena *arena);
/* True for embeddings, overrides and isolates, which make text look like other text. */
bool utf8_is_bidi_control(uint32_t codepoint);
/* True for an invisible character (category Cf), such as a zero width space. */
bool utf8_is_format(uint32_t codepoint);
/* Returns a copy without control characters (except newline and tab), escape sequences and bidi
 * controls. */
Str utf8_strip_controls(Str s, Arena *arena);
/* Text of another program or machine, for a message of loam: it cannot forge further lines of the
 * message. Returns it without control characters; white space around line feeds becomes one space.
 */
Str utf8_one_line(Str s, Arena *arena);
/* For the same purpose: a single line stays as it is, several lines begin on a new line, each after
 * four spaces. */
Str utf8_indented(Str s, Arena *arena);
