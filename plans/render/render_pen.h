/* render_pen: writes text, symbols and colours of a rendering. */
#pragma once

#include "action.h"
#include "render_style.h"

#define RENDER_PEN_LEVEL 4 /* columns */

typedef struct RenderPen {
    StrBuf *out;
    RenderPiece *piece; /* receives the text in pieces; NULL: all text stays in `out` */
    Arena *scratch;
    RenderStyle style;
    bool hide_symbols; /* for an object without changes */
} RenderPen;

typedef enum RenderInk {
    INK_BOLD,
    INK_BOLD_RED,
    INK_RED,
    INK_GREEN,
    INK_YELLOW,
    INK_CYAN,
    INK_GRAY,
} RenderInk;

/* Writes text, coloured if the style has colours. */
void render_pen_ink(RenderPen *pen, RenderInk ink, const char *text);
void render_pen_text(RenderPen *pen, const char *text);
void render_pen_str(RenderPen *pen, Str text);
void render_pen_format(RenderPen *pen, const char *format, ...) PRINTF_LIKE(2, 3);
/* "  + ", four columns, none when symbols are hidden. */
void render_pen_symbol(RenderPen *pen, Action action);
/* The start of a line: RENDER_PEN_LEVEL columns a level, then the symbol. */
void render_pen_line(RenderPen *pen, uint32_t level, Action action);
