/* render_group: shows equal changes of a block's instances once, with all their addresses.
 *
 * Equal changes have the same block, action, reason and text; unchanged attributes and IDs are not
 * part of that text. A group is shown at the place of its first change. */
#pragma once

#include "plan.h"
#include "render_style.h"

typedef struct RenderGroup {
    const ResourceChange *first;
    Str text;                            /* of the object; empty: not kept */
    bool is_shared;                      /* the text is valid for all changes */
    VEC(const ResourceChange *) changes; /* all of them, in the plan's order */
} RenderGroup;

typedef VEC(RenderGroup *) RenderGroups;

/* Returns the changes that are shown. One or two equal changes, and moved, imported or deposed
 * objects, are groups of one each. */
RenderGroups render_group_find(const Plan *plan, RenderStyle style, Arena *arena);
/* Writes the object that the group shows. */
void render_group_text(const RenderGroup *group, RenderStyle style, StrBuf *out, Arena *scratch);
