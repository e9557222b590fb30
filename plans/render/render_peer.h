/* render_peer: the sentences of a plan's text as Terraform and OpenTofu write them, for a program
 * that is called by their name: tools recognize a plan by these texts. Each function requires
 * style.peer. */
#pragma once

#include "plan.h"
#include "render_pen.h"

/* Writes paragraphs, broken between words at style.columns. Keeps newlines and indented lines. */
void render_peer_wrapped(RenderPen *pen, const char *format, ...) PRINTF_LIKE(2, 3);
/* A line across the output, between empty lines. */
void render_peer_rule(RenderPen *pen);
void render_peer_drift_begin(RenderPen *pen);
void render_peer_drift_end(RenderPen *pen, PlanMode mode);
/* What the symbols of the actions mean. Nothing for a plan that only moves or imports. */
void render_peer_legend(RenderPen *pen, const Plan *plan);
/* The line above the changes. */
void render_peer_intent(RenderPen *pen, const Plan *plan);
/* For a plan without changes and outputs. */
void render_peer_no_changes(RenderPen *pen, const Plan *plan, bool has_drift);
/* After the outputs of a plan without other changes. */
void render_peer_only_outputs(RenderPen *pen);
