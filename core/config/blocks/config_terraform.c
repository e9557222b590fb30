/* Decodes terraform and loam blocks: required version, providers, backend. Both have the same
 * content, but required_version constrains different programs. */
#include "config_block.h"
#include "config_encryption.h"
#include "config_read.h"
#include "config_requirement.h"
#include "eval.h"

static bool terraform_read_backend(ConfigLoading *loading, const BodyBlock *block,
                                   bool is_override) {
    const BackendConfig *before = loading->module->backend;
    if (before && !is_override) {
        Str place = config_read_place(before->range, loading->arena);
        diags_error(loading->diags, block->range, "Duplicate backend configuration",
                    "The module already has a backend at %.*s.", STR_ARG(place));
        return false;
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
static bool read_cloud(ConfigLoading *loading, const BodyBlock *block, bool is_override) {
    SourceRange before = loading->module->cloud_range;
    if (before.source && !is_override) {
        Str place = config_read_place(before, loading->arena);
        diags_error(loading->diags, block->range, "Duplicate cloud configuration",
                    "The module already has a \"cloud\" block at %.*s. Remove one of them.",
                    STR_ARG(place));
        return false;
    }
    if (loading->module->parent)
        diags_warning(loading->diags, block->range, "Cloud configuration ignored",
                      "Only the \"cloud\" block of the root module is used. Remove this block, "
                      "unless the module is also used as a root module.");
    loading->module->cloud_range = block->range;
    return true;
}

static bool terraform_check_experiments(ConfigLoading *loading, const BodyContent *content) {
    const BodyAttribute *attribute = body_content_find(content, "experiments");
    if (!attribute)
        return true;
    diags_error(loading->diags, attribute->name_range, "Module uses experimental features",
                "loam has no experimental features. Remove the argument.");
    return false;
}

static bool check_language(ConfigLoading *loading, const BodyContent *content) {
    const Expr *edition = config_read_expr(content, "language");
    const Traversal *word = edition ? config_read_traversal(edition) : NULL;
    Str name = word && !word->step_count ? word->root : STR_EMPTY;
    if (!edition || str_equal_cstr(name, "TF2021") || str_equal_cstr(name, "tofu2024"))
        return true;
    diags_error(loading->diags, edition->range, "Unsupported language edition",
                "\"language\" requires the name of an edition. The only edition is TF2021.");
    return false;
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

static bool add_provider_meta(ConfigLoading *loading, const BodyBlock *block) {
    ProviderMeta *meta = arena_new(loading->arena, ProviderMeta);
    *meta = (ProviderMeta){block->labels[0], block->body, block->label_ranges[0]};
    if (!terraform_check_constants(loading, block))
        return false;
    const ProviderMeta *before =
        map_put(loading->arena, &loading->module->provider_metas, meta->provider, meta);
    if (!before)
        return true;
    Str place = config_read_place(before->range, loading->arena);
    diags_error(loading->diags, block->range, "Duplicate provider_meta block",
                "This provider already has one at %.*s.", STR_ARG(place));
    return false;
}

typedef struct SettingsBlock {
    const char *type;
    bool (*read)(ConfigLoading *loading, const BodyBlock *block, bool is_override);
} SettingsBlock;

static bool provider_meta_read(ConfigLoading *loading, const BodyBlock *block, bool is_override) {
    (void)is_override;
    return add_provider_meta(loading, block);
}

static const SettingsBlock settings_blocks[] = {
    {"required_providers", config_requirement_read},
    {"backend", terraform_read_backend},
    {"cloud", read_cloud},
    {"encryption", config_encryption_decode},
    {"provider_meta", provider_meta_read},
};

static bool terraform_read_settings(ConfigLoading *loading, const BodyBlock *block,
                                    bool is_override) {
    for (size_t i = 0; i < ARRAY_COUNT(settings_blocks); i++)
        if (str_equal_cstr(block->type, settings_blocks[i].type))
            return settings_blocks[i].read(loading, block, is_override);
    return true;
}

static bool terraform_decode(ConfigLoading *loading, const BodyBlock *block, bool is_override) {
    static const BodyAttributeSchema attributes[] = {
        {"required_version", false, BODY_LITERAL},
        {"experiments", false, BODY_LITERAL},
        {"language", false, BODY_CODE},
    };
    static const BodyBlockSchema blocks[] = {
        {"required_providers", 0}, {"backend", 1},       {"cloud", 0},
        {"encryption", 0},         {"provider_meta", 1},
    };
    static const BodySchema schema = {
        .attributes = attributes,
        .attribute_count = ARRAY_COUNT(attributes),
        .blocks = blocks,
        .block_count = ARRAY_COUNT(blocks),
    };
    BodyContent content;
    bool ok = body_content(block->body, &schema, &content, NULL, loading->arena, loading->diags);
    ok &= terraform_check_experiments(loading, &content);
    ok &= check_language(loading, &content);
    vec_each(&content.blocks, inner) {
        ok &= terraform_read_settings(loading, inner, is_override);
    }
    return ok;
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
