/* render_title: the comment lines above a change: object, action and reason. */
#pragma once

#include "plan.h"
#include "render_pen.h"

/* "  # ADDRESS will be created" */
void render_title_change(RenderPen *pen, const ResourceChange *change);
/* "  # ADDRESS is deferred", and the reason. */
void render_title_deferred(RenderPen *pen, const DeferredChange *deferred);
/* The same for a module call or an ephemeral resource, without a reason. */
void render_title_deferred_block(RenderPen *pen, Str address);
/* "  # (because …)": zero or more lines. */
void render_title_reasons(RenderPen *pen, const ResourceChange *change);
/* The addresses of all changes but the first; nothing if there is only one. */
void render_title_others(RenderPen *pen, const ResourceChange *const *changes, size_t count);
void render_title_drift(RenderPen *pen, const Drift *drift);
/* The same words without "  # ", for headings elsewhere. */
Str render_title_of_change(const ResourceChange *change, Arena *arena);
Str render_title_of_drift(const Drift *drift, Arena *arena);
