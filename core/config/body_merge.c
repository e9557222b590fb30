/* Override bodies. Both are asked with the same schema and the answers are joined. Required
 * arguments are checked by the asker, over the joined answer. */
#include "body_merge.h"

typedef struct MergedBody {
    Body base;
    const Body *below;
    const Body *above;
    const char *joined;
} MergedBody;

static BodyAttribute *find_attribute(BodyContent *content, Str name) {
    vec_each(&content->attributes, attribute) {
        if (str_equal(attribute->name, name))
            return attribute;
    }
    return NULL;
}

static void merge_attributes(BodyContent *out, const BodyContent *above, Arena *arena) {
    vec_each(&above->attributes, attribute) {
        BodyAttribute *replaced = find_attribute(out, attribute->name);
        if (replaced)
            *replaced = *attribute;
        else
            vec_push(arena, &out->attributes, *attribute);
    }
    vec_each(&above->failed, failed) {
        vec_push(arena, &out->failed, *failed);
    }
}

static const BodyBlock *find_block(const BodyContent *content, Str type) {
    vec_each(&content->blocks, block) {
        if (str_equal(block->type, type))
            return block;
    }
    return NULL;
}

static void merge_blocks(const MergedBody *merged,
                         BodyContent *out,
                         const BodyContent *above,
                         Arena *arena) {
    BodyContent below = *out;
    out->blocks.items = NULL;
    out->blocks.count = out->blocks.capacity = 0;
    vec_each(&below.blocks, block) {
        const BodyBlock *other = find_block(above, block->type);
        bool is_joined = merged->joined && str_equal_cstr(block->type, merged->joined);
        if (!other || is_joined)
            vec_push(arena, &out->blocks, *block);
        if (other && is_joined)
            vec_last(&out->blocks).body = body_merge(block->body, other->body, NULL, arena);
    }
    vec_each(&above->blocks, block) {
        bool is_joined = merged->joined && str_equal_cstr(block->type, merged->joined) &&
                         find_block(&below, block->type);
        if (!is_joined)
            vec_push(arena, &out->blocks, *block);
    }
}

static bool merged_content(const Body *body,
                           const BodySchema *schema,
                           BodyContent *out,
                           const Body **rest,
                           Arena *arena,
                           Diags *diags) {
    const MergedBody *merged = (const MergedBody *)body;
    const Body *rest_below = NULL;
    const Body *rest_above = NULL;
    BodyContent above = {0};
    bool ok = merged->below->operations->content(merged->below, schema, out,
                                                 rest ? &rest_below : NULL, arena, diags);
    ok &= merged->above->operations->content(merged->above, schema, &above,
                                             rest ? &rest_above : NULL, arena, diags);
    merge_attributes(out, &above, arena);
    merge_blocks(merged, out, &above, arena);
    if (rest && rest_below && rest_above)
        *rest = body_merge(rest_below, rest_above, merged->joined, arena);
    return ok;
}

static bool merged_attributes(
    const Body *body, BodyForm form, BodyContent *out, Arena *arena, Diags *diags) {
    const MergedBody *merged = (const MergedBody *)body;
    BodyContent above = {0};
    bool ok = merged->below->operations->attributes(merged->below, form, out, arena, diags);
    ok &= merged->above->operations->attributes(merged->above, form, &above, arena, diags);
    merge_attributes(out, &above, arena);
    return ok;
}

static const BodyOperations merged_operations = {
    .content = merged_content,
    .attributes = merged_attributes,
};

const Body *body_merge(const Body *base, const Body *override, const char *joined, Arena *arena) {
    MergedBody *merged = arena_new(arena, MergedBody);
    *merged = (MergedBody){
        .base = *base,
        .below = base,
        .above = override,
        .joined = joined,
    };
    merged->base.operations = &merged_operations;
    return &merged->base;
}
