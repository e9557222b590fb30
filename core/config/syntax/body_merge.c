/* Combines two bodies: a base and its override, or two parts. Both are read with the same schema
 * and the contents are merged. The caller checks required arguments in the merged content. */
#include "body_merge.h"

typedef struct MergedBody {
    Body base;
    const Body *below;
    const Body *above;
    const char *merged_block;
    bool is_sum; /* body_join: an argument set twice is an error */
} MergedBody;

static BodyAttribute *body_merge_find_attribute(BodyContent *content, Str name) {
    vec_each(&content->attributes, attribute) {
        if (str_equal(attribute->name, name))
            return attribute;
    }
    return NULL;
}

static bool merge_attributes(const MergedBody *merged, BodyContent *out, const BodyContent *above) {
    Arena *arena = out->arena;
    bool ok = true;
    vec_each(&above->attributes, attribute) {
        BodyAttribute *replaced = body_merge_find_attribute(out, attribute->name);
        if (replaced && merged->is_sum)
            ok = diags_fail(out->diags, attribute->name_range, "Duplicate argument",
                            "The argument \"%.*s\" is already set in the other part of this block.",
                            STR_ARG(attribute->name));
        else if (replaced)
            *replaced = *attribute;
        else
            vec_push(arena, &out->attributes, *attribute);
    }
    vec_each(&above->failed, failed) {
        vec_push(arena, &out->failed, *failed);
    }
    vec_each(&above->misspelled, misspelled) {
        vec_push(arena, &out->misspelled, *misspelled);
    }
    return ok;
}

static const BodyBlock *body_merge_find_block(const BodyContent *content, Str type) {
    vec_each(&content->blocks, block) {
        if (str_equal(block->type, type))
            return block;
    }
    return NULL;
}

static void merge_blocks(const MergedBody *merged, BodyContent *out, const BodyContent *above) {
    Arena *arena = out->arena;
    BodyContent below = *out;
    out->blocks.items = NULL;
    out->blocks.count = out->blocks.capacity = 0;
    vec_each(&below.blocks, block) {
        const BodyBlock *other = merged->is_sum ? NULL : body_merge_find_block(above, block->type);
        bool is_joined = merged->merged_block && str_equal_cstr(block->type, merged->merged_block);
        if (!other || is_joined)
            vec_push(arena, &out->blocks, *block);
        if (other && is_joined)
            vec_last(&out->blocks).body = body_merge(block->body, other->body, NULL, arena);
    }
    vec_each(&above->blocks, block) {
        bool is_joined = merged->merged_block &&
                         str_equal_cstr(block->type, merged->merged_block) &&
                         body_merge_find_block(&below, block->type);
        if (!is_joined)
            vec_push(arena, &out->blocks, *block);
    }
}

static const Body *new_merged(const Body *below, const Body *above, const char *merged_block,
                              bool is_sum, Arena *arena);

static bool merged_content(const Body *body, const BodySchema *schema, BodyContent *out,
                           const Body **rest) {
    const MergedBody *merged = (const MergedBody *)body;
    const Body *rest_below = NULL;
    const Body *rest_above = NULL;
    BodyContent above = {.arena = out->arena, .diags = out->diags};
    bool ok =
        merged->below->operations->content(merged->below, schema, out, rest ? &rest_below : NULL);
    ok &= merged->above->operations->content(merged->above, schema, &above,
                                             rest ? &rest_above : NULL);
    ok &= merge_attributes(merged, out, &above);
    merge_blocks(merged, out, &above);
    if (rest && rest_below && rest_above)
        *rest =
            new_merged(rest_below, rest_above, merged->merged_block, merged->is_sum, out->arena);
    return ok;
}

static bool merged_attributes(const Body *body, BodyForm form, BodyContent *out) {
    const MergedBody *merged = (const MergedBody *)body;
    BodyContent above = {.arena = out->arena, .diags = out->diags};
    bool ok = merged->below->operations->attributes(merged->below, form, out);
    ok &= merged->above->operations->attributes(merged->above, form, &above);
    return merge_attributes(merged, out, &above) && ok;
}

static const BodyOperations merged_operations = {
    .content = merged_content,
    .attributes = merged_attributes,
};

static const Body *new_merged(const Body *below, const Body *above, const char *merged_block,
                              bool is_sum, Arena *arena) {
    MergedBody *merged = arena_new(arena, MergedBody);
    *merged = (MergedBody){
        .base = *below,
        .below = below,
        .above = above,
        .merged_block = merged_block,
        .is_sum = is_sum,
    };
    merged->base.operations = &merged_operations;
    return &merged->base;
}

const Body *body_merge(const Body *base, const Body *override, const char *merged_block,
                       Arena *arena) {
    return new_merged(base, override, merged_block, false, arena);
}

const Body *body_join(const Body *first, const Body *second, Arena *arena) {
    return new_merged(first, second, NULL, true, arena);
}
