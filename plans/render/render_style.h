/* render_style: markup and colours of a rendering, and the secrets that it hides. */
#pragma once

#include "map.h"

typedef enum RenderMarkup {
    MARKUP_NONE,
    MARKUP_HTML,  /* escaped; colours are classes of <i> elements */
    MARKUP_SIGNS, /* as in a diff: the first column of a line is +, -, or ! for another change */
} RenderMarkup;

/* The program whose texts loam writes, because it was called by its name. */
typedef struct RenderPeer {
    const char *title;   /* "Terraform" */
    const char *command; /* "terraform" */
    bool is_terraform;
} RenderPeer;

/* How much of the objects a plan shows. */
typedef enum RenderDetails {
    DETAILS_FULL,
    DETAILS_SHORT,   /* without the contents of parts, if an object changes many of them */
    DETAILS_TITLES,  /* only the titles of objects, and the reasons */
    DETAILS_SUMMARY, /* only the number of objects, by action and type */
} RenderDetails;

typedef struct RenderStyle {
    const RenderPeer *peer; /* NULL: loam's own texts */
    bool in_automation;     /* texts of the peer: no advice about commands */
    bool color;
    bool unicode;
    uint32_t width;     /* columns; 0: do not wrap */
    uint32_t paragraph; /* columns of an explaining text; 0: not wrapped */
    uint32_t columns;   /* of a text of the peer, which wraps in files too */
    bool show_sensitive;
    RenderMarkup markup;
    RenderDetails details;
    bool is_past;       /* of a run that has ended: unknown values stay unknown */
    bool is_shared;     /* for several objects: their IDs are omitted */
    const Map *secrets; /* hidden in every object: render_secret_of_plan; NULL: none */
} RenderStyle;

static inline bool render_style_is_opentofu(RenderStyle style) {
    return style.peer && !style.peer->is_terraform;
}

/* "(known after apply)". */
static inline const char *render_style_unknown(RenderStyle style) {
    return style.is_past ? "(unknown)" : "(known after apply)";
}

/* Receives the next piece of a long text. */
typedef void RenderPiece(Str text);
