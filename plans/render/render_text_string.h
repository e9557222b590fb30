/* render_text_string: the content of strings, quoted or line by line. */
#pragma once

#include "render_pen.h"
#include "value.h"

/* One side of a difference between strings. */
typedef struct RenderStringSide {
    bool is_null;
    bool is_json;
    bool is_multiline;
    Str text;   /* of multi-line text without the white space around it */
    Value json; /* object or tuple */
} RenderStringSide;

/* Each line of the text, one level below `level`. */
void render_text_string_lines(RenderPen *pen, uint32_t level, Str text);
/* The same of two texts: removed and added lines, and those near them. */
void render_text_string_diff(RenderPen *pen, uint32_t level, Str before, Str after);
/* Returns the text in quotes. Escapes quotes, backslashes and characters that are not printable,
 * but not "${". */
Str render_text_string_quote(Str text, Arena *arena);

/* Reads multi-line strings that are compared as YAML. Returns true if each text is one YAML
 * document with more than words, their data differs and their comments do not. All other texts are
 * compared line by line. */
MUST_USE bool render_yaml_read(Str before, Str after, Value *out_before, Value *out_after,
                               Arena *arena);
