/* render_align: pairs the members of two sequences for a diff.
 *
 * The longest common subsequence is unchanged. Between its members, members of `before` are deleted
 * and those of `after` created, except that objects at the same place are paired. If both have the
 * same length and `after` lacks a member of `before`, all are paired by position instead. */
#pragma once

#include "vec.h"

#define RENDER_ALIGN_NONE SIZE_MAX

typedef struct RenderAlignPair {
    size_t before; /* index, or RENDER_ALIGN_NONE */
    size_t after;
} RenderAlignPair;

typedef VEC(RenderAlignPair) RenderAlignPairs;

/* Members with equal ids are equal; ids start at 1. */
typedef struct RenderAlignSide {
    const uint32_t *ids;
    const bool *is_object; /* NULL: none is */
    size_t count;
} RenderAlignSide;

void render_align(RenderAlignSide before, RenderAlignSide after, RenderAlignPairs *out,
                  Arena *arena);
