/* render_text: a Plan, a state object or a value for people, in the form that Terraform's users
 * know (spec: symbols, hidden unchanged attributes, forces replacement, JSON strings, heredocs,
 * sets). */
#pragma once

#include "plan.h"
#include "schema.h"

typedef struct RenderStyle {
    bool color;
    bool unicode;
    uint32_t width; /* columns; 0: do not wrap */
    bool show_sensitive;
} RenderStyle;

/* Legend, changes, summary line, output changes; or "No changes. …". */
void render_text_plan(const Plan *plan, RenderStyle style, StrBuf *out, Arena *scratch);
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
