/* render_style: markup and colours of a rendering, and the secrets that it hides. */
#pragma once

#include "map.h"

typedef enum RenderMarkup {
    MARKUP_NONE,
    MARKUP_HTML,  /* escaped; colours are classes of <i> elements */
    MARKUP_SIGNS, /* as in a diff: the first column of a line is +, -, or ! for another change */
} RenderMarkup;

typedef struct RenderStyle {
    bool color;
    bool unicode;
    uint32_t width;     /* columns; 0: do not wrap */
    uint32_t paragraph; /* columns of an explaining text; 0: not wrapped */
    bool show_sensitive;
    RenderMarkup markup;
    bool is_past;       /* of a run that has ended: unknown values stay unknown */
    bool is_shared;     /* for several objects: their IDs are omitted */
    const Map *secrets; /* hidden in every object: render_secret_of_plan; NULL: none */
} RenderStyle;

/* "(known after apply)". */
static inline const char *render_style_unknown(RenderStyle style) {
    return style.is_past ? "(unknown)" : "(known after apply)";
}

/* Receives the next piece of a long text. */
typedef void RenderPiece(Str text);
