/* render_align: pairs the members of two sequences for a diff.
 *
 * The longest common subsequence is unchanged. Between its members, members of `before` are deleted
 * and those of `after` created, except that members at the same place are paired if the rule finds
 * them alike. By the rule of Terraform, all are paired by position if both have the same length and
 * `after` lacks a member of `before`. By that of OpenTofu, a created member is also paired with a
 * common one that it is inserted before. */
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
    size_t count;
} RenderAlignSide;

typedef struct RenderAlignRule {
    bool is_opentofu;
    bool (*is_alike)(const void *self, size_t before, size_t after); /* NULL: none are */
    const void *self;
} RenderAlignRule;

void render_align(RenderAlignSide before, RenderAlignSide after, RenderAlignRule rule,
                  RenderAlignPairs *out, Arena *arena);
