/* render_text: a Plan, a state object or a value for people, in the form that Terraform's users
 * know (spec: symbols, hidden unchanged attributes, forces replacement, JSON strings, heredocs,
 * sets). */
#pragma once

#include "render_drift.h"
#include "schema.h"

typedef enum RenderMarkup {
    MARKUP_NONE,
    MARKUP_HTML,  /* escaped; inks are spans */
    MARKUP_SIGNS, /* a line's + or - stands in its first column, ! for other changes: as diffs have
                     it */
} RenderMarkup;

typedef struct RenderStyle {
    bool color;
    bool unicode;
    uint32_t width; /* columns; 0: do not wrap */
    bool show_sensitive;
    RenderMarkup markup;
    bool is_past;       /* of a run that has ended: unknown values stay unknown */
    bool is_shared;     /* for several objects: what each has for itself does not show */
    const Map *secrets; /* of parts of a plan: render_secret_of_plan; NULL: none */
} RenderStyle;

/* "(known after apply)". */
static inline const char *render_text_unknown(RenderStyle style) {
    return style.is_past ? "(unknown)" : "(known after apply)";
}

/* Legend, changes, summary line, output changes; or "No changes. …". */
void render_text_plan(const Plan *plan, RenderStyle style, StrBuf *out, Arena *scratch);
/* The same, handed over in pieces, as it is written: it may be much. */
typedef void RenderPiece(Str text);
void render_text_plan_in_pieces(const Plan *plan,
                                RenderStyle style,
                                RenderPiece *piece,
                                Arena *scratch);
/* Parts of it: what stands below the title line of a change (or its object alone), of drift; an
 * output's line. */
void render_text_body(const ResourceChange *change, RenderStyle style, StrBuf *out, Arena *scratch);
void render_text_change(const ResourceChange *change,
                        RenderStyle style,
                        StrBuf *out,
                        Arena *scratch);
void render_text_drift(const RenderDrift *drift, RenderStyle style, StrBuf *out, Arena *scratch);
void render_text_output(const OutputChange *output, RenderStyle style, StrBuf *out, Arena *scratch);
/* One resource as `state show` and `show` print it. */
void render_text_object(ResourceAddr address,
                        Str note, /* "(tainted)", empty */
                        Value object,
                        const Schema *schema,
                        RenderStyle style,
                        StrBuf *out,
                        Arena *scratch);
/* A value as `output` and `console` print it; sensitive as (sensitive value). */
void render_text_value(Value v, uint32_t indent, RenderStyle style, StrBuf *out, Arena *scratch);
