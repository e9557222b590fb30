/* render_text_body: an object as a block of text, with the differences in it. */
#pragma once

#include "render_text_diff.h"

/* Writes the object of a change, then its parts. */
void render_text_body(const ResourceChange *change, RenderStyle style, StrBuf *out, Arena *scratch);
/* `action "TYPE" "NAME" {…}` with its address, indented. */
void render_text_body_invocation(RenderPen *pen, const ActionInvocation *invocation);
/* `+ resource "TYPE" "NAME" {…}`, from the differences of `input`. */
void render_text_body_object(RenderPen *pen, ResourceAddr address, Action action,
                             const RenderDiffInput *input, RenderLook look);
