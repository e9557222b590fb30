/* Decodes terraform and loam blocks: required version, providers, backend. Both have the same
 * content, but required_version constrains different programs. */
#include "config_block.h"
#include "config_read.h"
#include "eval.h"

static bool terraform_read_backend(ConfigLoading *loading, const BodyBlock *block, void *) {
    const BackendConfig *before = loading->module->backend;
    if (before && !loading->is_override) {
        Str place = config_read_place(before->range, loading->arena);
        return diags_fail(loading->diags, block->range, "Duplicate backend configuration",
                          "The module already has a backend at %.*s.", STR_ARG(place));
    }
    if (loading->module->parent)
        diags_warning(loading->diags, block->range, "Backend configuration ignored",
                      "Only the backend of the root module is used. Remove this block, unless the "
                      "module is also used as a root module.");
    BackendConfig *backend = arena_new(loading->arena, BackendConfig);
    *backend = (BackendConfig){block->labels[0], block->body, block->range, block->label_ranges[0]};
    loading->module->backend = backend;
    return true;
}

/* Remembers the block. Commands that need the state reject it; others, such as validate and test,
 * succeed as in Terraform. */
static bool read_cloud(ConfigLoading *loading, const BodyBlock *block, void *) {
    SourceRange before = loading->module->cloud_range;
    if (before.source && !loading->is_override) {
        Str place = config_read_place(before, loading->arena);
        return diags_fail(loading->diags, block->range, "Duplicate cloud configuration",
                          "The module already has a \"cloud\" block at %.*s. Remove one of them.",
                          STR_ARG(place));
    }
    if (loading->module->parent)
        diags_warning(loading->diags, block->range, "Cloud configuration ignored",
                      "Only the \"cloud\" block of the root module is used. Remove this block, "
                      "unless the module is also used as a root module.");
    loading->module->cloud_range = block->range;
    return true;
}

static bool terraform_check_experiments(ConfigLoading *loading, const BodyAttribute *attribute,
                                        void *) {
    return diags_fail(loading->diags, attribute->name_range, "Module uses experimental features",
                      "loam has no experimental features. Remove the argument.");
}

static bool check_language(ConfigLoading *loading, const BodyAttribute *attribute, void *) {
    const Traversal *word = config_read_traversal(attribute->expr);
    Str name = word && !word->step_count ? word->root : STR_EMPTY;
    if (str_equal_cstr(name, "TF2021") || str_equal_cstr(name, "tofu2024"))
        return true;
    return diags_fail(loading->diags, attribute->expr->range, "Unsupported language edition",
                      "\"language\" requires the name of an edition. The only edition is TF2021.");
}

/* Requires constant arguments in provider_meta. */
static bool terraform_check_constants(ConfigLoading *loading, const BodyBlock *block) {
    BodyContent content = {0};
    Value ignored;
    bool ok = body_attributes(block->body, BODY_LITERAL, &content, loading->arena, loading->diags);
    vec_each(&content.attributes, attribute) {
        ok &= eval_constant(attribute->expr, &ignored, loading->arena, loading->diags);
    }
    return ok;
}

static bool add_provider_meta(ConfigLoading *loading, const BodyBlock *block, void *) {
    ProviderMeta *meta = arena_new(loading->arena, ProviderMeta);
    *meta = (ProviderMeta){block->labels[0], block->body, block->label_ranges[0]};
    if (!terraform_check_constants(loading, block))
        return false;
    const ProviderMeta *before =
        map_put(loading->arena, &loading->module->provider_metas, meta->provider, meta);
    if (!before)
        return true;
    Str place = config_read_place(before->range, loading->arena);
    return diags_fail(loading->diags, block->range, "Duplicate provider_meta block",
                      "This provider already has one at %.*s.", STR_ARG(place));
}

static bool terraform_decode(ConfigLoading *loading, const BodyBlock *block) {
    static const BodyAttributeSchema attributes[] = {
        {"required_version", false, BODY_LITERAL},
        {"experiments", false, BODY_LITERAL, terraform_check_experiments},
        {"language", false, BODY_CODE, check_language},
    };
    static const BodyBlockSchema blocks[] = {
        {"required_providers", 0, config_requirement_read},
        {"backend", 1, terraform_read_backend},
        {"cloud", 0, read_cloud},
        {"encryption", 0, config_encryption_decode},
        {"provider_meta", 1, add_provider_meta},
    };
    static const BodySchema schema = {BODY_ATTRIBUTES(attributes), BODY_BLOCKS(blocks)};
    BodyContent content;
    bool ok = config_block_read(loading, block->body, &schema, &content, NULL, loading->module);
    return config_block_read_inner(loading, &schema, &content, loading->module) && ok;
}

const ConfigBlock config_terraform = {
    .name = "terraform",
    .noun = "settings",
    .decode = terraform_decode,
};

const ConfigBlock config_loam = {
    .name = "loam",
    .noun = "settings",
    .decode = terraform_decode,
};
