/* Decodes check blocks: assertions whose failures are warnings, and an optional data source. */
#include "config_block.h"
#include "config_read.h"

static bool config_check_read_data(ConfigLoading *loading, const BodyContent *content,
                                   Check *check) {
    bool ok = true;
    vec_each(&content->blocks, block) {
        if (!str_equal_cstr(block->type, "data"))
            continue;
        if (check->data) {
            Str place = config_read_place(check->data->range, loading->arena);
            ok = diags_fail(loading->diags, block->range, "Multiple data resource blocks",
                            "A check block supports one data source. The first one is at %.*s.",
                            STR_ARG(place));
            continue;
        }
        ok &= config_resource_decode(loading, block, MODE_DATA, check, &check->data);
    }
    return ok;
}

static size_t count_asserts(const Check *check) {
    size_t count = 0;
    vec_each(&check->asserts, assertion) {
        count += assertion->is_sound;
    }
    return count;
}

static bool check_decode(ConfigLoading *loading, const BodyBlock *block) {
    static const BodyBlockSchema blocks[] = {{"data", 2}, {"assert", 0}};
    static const BodySchema schema = {BODY_BLOCKS(blocks)};
    BodyContent content;
    Check *check = arena_new(loading->arena, Check);
    check->name = block->labels[0];
    check->range = block->range;
    map_put(loading->arena, &loading->module->checks, check->name, check);
    bool ok = body_content(block->body, &schema, &content, NULL, loading->arena, loading->diags);
    ok &= config_check_read_data(loading, &content, check);
    ok &= config_read_conditions(&content, "assert", &check->asserts);
    if (count_asserts(check) > 0)
        return ok;
    return diags_fail(loading->diags, block->range, "Zero assert blocks",
                      "A check block must have at least one \"assert\" block.");
}

const ConfigBlock config_check = {
    .name = "check",
    .labels = 1,
    .noun = "check",
    .label_nouns = {"check block name"},
    .decode = check_decode,
    .is_final = true,
};
