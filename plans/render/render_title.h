/* render_title: the comment lines above a change: what happens to which object, and why. */
#pragma once

#include "plan.h"
#include "render_pen.h"

/* "  # ADDRESS will be created" */
void render_title_change(RenderPen *pen, const ResourceChange *change);
/* "  # (because …)" and its like: no line, or several. */
void render_title_reasons(RenderPen *pen, const ResourceChange *change);
/* To which objects but the first the same happens; nothing for one alone. */
void render_title_others(RenderPen *pen, const ResourceChange *const *changes, size_t count);
void render_title_drift(RenderPen *pen, const Drift *drift);
/* The same words without "  # ", for headings elsewhere. */
Str render_title_of_change(const ResourceChange *change, Arena *arena);
Str render_title_of_drift(const Drift *drift, Arena *arena);
