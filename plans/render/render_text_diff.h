/* render_text_diff: a tree of differences as lines of text. Strings with JSON or YAML are shown as
 * structured data. */
#pragma once

#include "render_diff.h"
#include "render_pen.h"

typedef struct RenderLook {
    bool show_unchanged; /* also unchanged parts */
    bool no_null;        /* within a deleted container: without "-> null" */
    bool is_extract;     /* hidden attributes and blocks may differ too */
} RenderLook;

/* Writes the difference that follows "name = ", at `level`, without the final newline. */
void render_text_diff(RenderPen *pen, const RenderDiff *diff, uint32_t level, RenderLook look);
/* The columns that `name` needs before " = ". The peers count bytes there, and code points where
 * they write: names with other letters stand further to the left. */
size_t render_text_name_width(const RenderPen *pen, Str name);
/* Writes the name and the spaces up to `width`. */
void render_text_name(RenderPen *pen, Str name, size_t width);
