/* render_align: which members of two sequences belong together.
 *
 * What both have in common, in order, stays in place. Between, members go and come, but objects
 * that meet there are compared with each other. Where both are of one length and something of the
 * first is nowhere in the second, members were changed in place: each is compared with the one at
 * its position. */
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

void render_align(RenderAlignSide before,
                  RenderAlignSide after,
                  RenderAlignPairs *out,
                  Arena *arena);
