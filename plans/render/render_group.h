/* render_group: changes of a block's instances that read alike are shown once, with all their
 * addresses.
 *
 * Alike: same block, same action, same reason, and not one character of the objects' text differs,
 * but for what stays as it is and for the id of each. A group stands where its first change would.
 */
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

/* Returns the changes that are shown. One or two equal changes are groups of one each. */
RenderGroups render_group_find(const Plan *plan, RenderStyle style, Arena *arena);
/* Writes the object that the group shows. */
void render_group_text(const RenderGroup *group, RenderStyle style, StrBuf *out, Arena *scratch);
