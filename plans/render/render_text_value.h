/* render_text_value: a value as `output` and `console` print it. */
#pragma once

#include "render_style.h"
#include "value.h"

/* A sensitive value is written as (sensitive value), unless style.show_sensitive is set. */
void render_text_value(Value v, uint32_t indent, RenderStyle style, StrBuf *out, Arena *scratch);
