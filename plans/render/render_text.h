/* render_text: a Plan or a state object for people, in the form that Terraform's users know:
 * symbols, hidden unchanged attributes, forces replacement, JSON strings, heredocs, sets. */
#pragma once

#include "render_drift.h"
#include "render_style.h"
#include "schema.h"

/* Drift, legend, changes, summary line, output changes; or "No changes. …". Sets style.secrets
 * itself. */
void render_text_plan(const Plan *plan, RenderStyle style, StrBuf *out, Arena *scratch);
/* The same in pieces, each passed on as soon as it is written, since a plan may be large. */
void render_text_plan_in_pieces(const Plan *plan, RenderStyle style, RenderPiece *piece,
                                Arena *scratch);
/* The lines below the title of a change: its reasons and its object. */
void render_text_change(const ResourceChange *change, RenderStyle style, StrBuf *out,
                        Arena *scratch);
/* The object of a drift. */
void render_text_drift(const RenderDrift *drift, RenderStyle style, StrBuf *out, Arena *scratch);
/* The line of an output. */
void render_text_output(const OutputChange *output, RenderStyle style, StrBuf *out, Arena *scratch);
/* A value as `show` prints outputs. */
void render_text_nested(Value value, RenderStyle style, StrBuf *out, Arena *scratch);
typedef struct RenderObject {
    ResourceAddr address;
    Str note; /* "(tainted)", empty */
    Value value;
    const Schema *schema; /* NULL: the types of the values decide */
} RenderObject;

/* One resource as `state show` and `show` print it. */
void render_text_object(const RenderObject *object, RenderStyle style, StrBuf *out, Arena *scratch);
/* A value as the configuration writes it. A sensitive value is written as (sensitive value), unless
 * style.show_sensitive is set. */
void render_text_value(Value v, uint32_t indent, RenderStyle style, StrBuf *out, Arena *scratch);
