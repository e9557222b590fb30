/* render_text_string: a difference between strings: quoted, line by line, or as the JSON or YAML
 * that they hold. */
#pragma once

#include "render_text_diff.h"

/* Is a side of this leaf a string (and none of another type)? */
bool render_text_string_is_one(const RenderDiff *leaf);
void render_text_string(RenderPen *pen, const RenderDiff *leaf, uint32_t level, RenderLook look);
/* As Go's %q writes it. */
Str render_text_string_quote(Str text, Arena *arena);
