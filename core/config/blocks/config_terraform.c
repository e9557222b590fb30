/* Decodes terraform and loam blocks: required version, providers, backend. Both have the same
 * content, but required_version constrains different programs. */
#include "body_merge.h"
#include "config_block.h"
#include "config_read.h"
#include "eval.h"

/* Decodes encryption blocks. Names must be unique and references must be declared. `method`
 * encrypts; each fallback is used for decryption only. */

#define FALLBACK_LIMIT 16

static const EncryptionPart *encryption_find_part(const EncryptionParts *parts, Str type,
                                                  Str name) {
    vec_each(parts, part) {
        if (str_equal(part->type, type) && str_equal(part->name, name))
            return part;
    }
    return NULL;
}

static bool encryption_add_part(ConfigLoading *loading, const BodyBlock *block,
                                EncryptionParts *parts) {
    EncryptionPart part = {block->labels[0], block->labels[1], block->body, block->range};
    const EncryptionPart *before = encryption_find_part(parts, part.type, part.name);
    if (before) {
        Str place = config_read_place(before->range, loading->arena);
        Str summary = str_format(loading->arena, "Duplicate encryption %.*s", STR_ARG(block->type));
        return diags_fail(loading->diags, block->range, str_to_cstr(summary, loading->arena),
                          "\"%.*s\" \"%.*s\" is already declared at %.*s.", STR_ARG(part.type),
                          STR_ARG(part.name), STR_ARG(place));
    }
    vec_push(loading->arena, parts, part);
    return config_read_identifier(part.name, block->label_ranges[1], "name in the encryption block",
                                  loading->diags);
}

typedef struct EncryptionReader {
    ConfigLoading *loading;
    Encryption *out;
    uint32_t depth;
} EncryptionReader;

static bool encryption_read_target(EncryptionReader *reader, const BodyBlock *block, Str name,
                                   const EncryptionTarget **out);

static bool read_fallbacks(EncryptionReader *reader, const BodyContent *content,
                           EncryptionTarget *target) {
    bool ok = true;
    vec_each(&content->blocks, inner) {
        if (target->fallback || reader->depth >= FALLBACK_LIMIT) {
            ok = diags_fail(
                reader->loading->diags, inner->range, "Too many fallback blocks",
                "Each method supports one fallback. Nest further fallbacks inside it, at "
                "most %d levels deep.",
                FALLBACK_LIMIT);
            continue;
        }
        reader->depth++;
        ok &= encryption_read_target(reader, inner, target->name, &target->fallback);
        reader->depth--;
    }
    return ok;
}

static bool encryption_read_target(EncryptionReader *reader, const BodyBlock *block, Str name,
                                   const EncryptionTarget **out) {
    static const BodyAttributeSchema attributes[] = {
        {"method", false, BODY_CODE, CONFIG_EXPR(EncryptionTarget, method)},
        {"enforced", false, BODY_LITERAL, CONFIG_FLAG(EncryptionTarget, enforced)},
    };
    static const BodyBlockSchema blocks[] = {{"fallback", 0}};
    BodySchema schema = {
        .attributes = attributes,
        .attribute_count = reader->depth ? 1 : 2, /* `enforced` is not allowed in a fallback */
        BODY_BLOCKS(blocks),
    };
    ConfigLoading *loading = reader->loading;
    BodyContent content;
    EncryptionTarget *target = arena_new(loading->arena, EncryptionTarget);
    target->name = name;
    target->range = block->range;
    bool ok = config_block_read(loading, block->body, &schema, &content, NULL, target);
    ok &= read_fallbacks(reader, &content, target);
    *out = target;
    return ok;
}

static bool encryption_report_second(EncryptionReader *reader, const BodyBlock *block) {
    return diags_fail(reader->loading->diags, block->range, "Duplicate encryption block",
                      "Only one \"%.*s\" block is allowed.", STR_ARG(block->type));
}

static bool read_remotes(EncryptionReader *reader, const BodyBlock *block) {
    static const BodyBlockSchema blocks[] = {
        {"default", 0},
        {"remote_state_data_source", 1},
    };
    static const BodySchema schema = {BODY_BLOCKS(blocks)};
    Arena *arena = reader->loading->arena;
    BodyContent content;
    bool ok = body_content(block->body, &schema, &content, NULL, arena, reader->loading->diags);
    vec_each(&content.blocks, inner) {
        const EncryptionTarget *target = NULL;
        bool is_default = str_equal_cstr(inner->type, "default");
        if (is_default && reader->out->remote_default) {
            ok = encryption_report_second(reader, inner);
            continue;
        }
        ok &= encryption_read_target(reader, inner, inner->labels[0], &target);
        if (is_default)
            reader->out->remote_default = target;
        else
            vec_push(arena, &reader->out->remotes, target);
    }
    return ok;
}

static bool encryption_read_inner(EncryptionReader *reader, const BodyBlock *block) {
    Encryption *out = reader->out;
    if (str_equal_cstr(block->type, "key_provider"))
        return encryption_add_part(reader->loading, block, &out->key_providers);
    if (str_equal_cstr(block->type, "method"))
        return encryption_add_part(reader->loading, block, &out->methods);
    if (str_equal_cstr(block->type, "remote_state_data_sources"))
        return read_remotes(reader, block);
    bool is_state = str_equal_cstr(block->type, "state");
    const EncryptionTarget **target = is_state ? &out->state : &out->plan;
    return *target ? encryption_report_second(reader, block)
                   : encryption_read_target(reader, block, block->type, target);
}

static bool report_method(SourceRange range, Diags *diags) {
    return diags_fail(diags, range, "Invalid encryption method",
                      "\"method\" must refer to a method block of this encryption block, such as "
                      "\"method.aes_gcm.main\".");
}

static bool encryption_is_unencrypted(const Expr *expr) {
    const Traversal *traversal = config_read_traversal(expr);
    return traversal && traversal->step_count == 2 &&
           str_equal_cstr(traversal->steps[0].name, "unencrypted");
}

static bool check_method(const Encryption *encryption, const EncryptionTarget *target,
                         bool enforced, Diags *diags) {
    const Expr *expr = target->method;
    const Traversal *traversal = expr ? config_read_traversal(expr) : NULL;
    if (!expr)
        return report_method(target->range, diags);
    if (!traversal || !str_equal_cstr(traversal->root, "method") || traversal->step_count != 2 ||
        !encryption_find_part(&encryption->methods, traversal->steps[0].name,
                              traversal->steps[1].name))
        return report_method(expr->range, diags);
    if (!enforced || !encryption_is_unencrypted(expr))
        return true;
    return diags_fail(
        diags, expr->range, "Unencrypted method is forbidden",
        "\"enforced\" forbids unencrypted data. Remove \"unencrypted\", also where it is a "
        "fallback.");
}

static bool check_target(const Encryption *encryption, const EncryptionTarget *target,
                         Diags *diags) {
    bool ok = true;
    bool enforced = target && target->enforced;
    for (const EncryptionTarget *at = target; at; at = at->fallback)
        ok &= check_method(encryption, at, enforced, diags);
    return ok;
}

static bool encryption_check_targets(const Encryption *encryption, Diags *diags) {
    bool ok = check_target(encryption, encryption->state, diags);
    ok &= check_target(encryption, encryption->plan, diags);
    ok &= check_target(encryption, encryption->remote_default, diags);
    vec_each(&encryption->remotes, remote) {
        ok &= check_target(encryption, *remote, diags);
    }
    return ok;
}

static bool encryption_read_encryption(ConfigLoading *loading, const BodyBlock *block,
                                       const Encryption **out) {
    static const BodyBlockSchema blocks[] = {
        {"key_provider", 2},
        {"method", 2},
        {"state", 0},
        {"plan", 0},
        {"remote_state_data_sources", 0},
    };
    static const BodySchema schema = {BODY_BLOCKS(blocks)};
    BodyContent content;
    Encryption *encryption = arena_new(loading->arena, Encryption);
    EncryptionReader reader = {.loading = loading, .out = encryption};
    encryption->range = block->range;
    bool ok = body_content(block->body, &schema, &content, NULL, loading->arena, loading->diags);
    vec_each(&content.blocks, inner) {
        ok &= encryption_read_inner(&reader, inner);
    }
    *out = encryption;
    return ok;
}

static void merge_parts(EncryptionParts *out, const EncryptionParts *above, Arena *arena) {
    EncryptionParts merged = {0};
    vec_each(out, part) {
        EncryptionPart one = *part;
        const EncryptionPart *other = encryption_find_part(above, part->type, part->name);
        if (other) {
            one.body = body_merge(part->body, other->body, NULL, arena);
            one.range = other->range;
        }
        vec_push(arena, &merged, one);
    }
    vec_each(above, part) {
        if (!encryption_find_part(out, part->type, part->name))
            vec_push(arena, &merged, *part);
    }
    *out = merged;
}

static const EncryptionTarget *merge_target(const EncryptionTarget *below,
                                            const EncryptionTarget *above, Arena *arena) {
    if (!below || !above)
        return below ? below : above;
    EncryptionTarget *merged = arena_new(arena, EncryptionTarget);
    *merged = *above;
    merged->enforced |= below->enforced;
    if (!merged->method)
        merged->method = below->method;
    if (!merged->fallback)
        merged->fallback = below->fallback;
    return merged;
}

static const EncryptionTarget **find_remote(Encryption *encryption, Str name) {
    vec_each(&encryption->remotes, remote) {
        if (str_equal((*remote)->name, name))
            return remote;
    }
    return NULL;
}

/* Merges two encryption blocks; either may be NULL. Arguments of `above` take precedence one by
 * one; `enforced` holds if either sets it. */
static const Encryption *encryption_merge(const Encryption *below, const Encryption *above,
                                          Arena *arena) {
    if (!below || !above)
        return below ? below : above;
    Encryption *merged = arena_new(arena, Encryption);
    *merged = *below;
    merge_parts(&merged->key_providers, &above->key_providers, arena);
    merge_parts(&merged->methods, &above->methods, arena);
    merged->state = merge_target(below->state, above->state, arena);
    merged->plan = merge_target(below->plan, above->plan, arena);
    merged->remote_default = merge_target(below->remote_default, above->remote_default, arena);
    merged->remotes.items = NULL;
    merged->remotes.count = merged->remotes.capacity = 0;
    vec_each(&below->remotes, remote) {
        vec_push(arena, &merged->remotes, *remote);
    }
    vec_each(&above->remotes, remote) {
        const EncryptionTarget **other = find_remote(merged, (*remote)->name);
        if (other)
            *other = merge_target(*other, *remote, arena);
        else
            vec_push(arena, &merged->remotes, *remote);
    }
    return merged;
}

/* Decodes the block into loading->module; merges it if it is an override. */
static bool config_encryption_decode(ConfigLoading *loading, const BodyBlock *block, void *) {
    const Encryption *before = loading->module->encryption;
    if (before && !loading->is_override) {
        Str place = config_read_place(before->range, loading->arena);
        return diags_fail(loading->diags, block->range, "Duplicate encryption configuration",
                          "The module already has an encryption block at %.*s.", STR_ARG(place));
    }
    const Encryption *own;
    if (!encryption_read_encryption(loading, block, &own))
        return false;
    loading->module->encryption = encryption_merge(before, own, loading->arena);
    return true;
}

static bool encryption_read_given(ConfigLoading *loading, const Encryption **out) {
    const ConfigRequest *request = loading->request;
    Arena *arena = loading->arena;
    const SourceText *source =
        source_text_new_private(request->encryption_name, request->encryption, arena);
    bool is_json = str_starts_with(str_trim(request->encryption), STR("{"));
    BodyBlock block = {.type = STR("encryption"), .range = {source, 0, 0}};
    bool ok = is_json
                  ? body_json_parse(source, request->functions, &block.body, arena, loading->diags)
                  : body_hcl_parse(source, request->functions, &block.body, arena, loading->diags);
    return ok && encryption_read_encryption(loading, &block, out);
}

static void warn_of_plain(const Encryption *encryption, Diags *diags) {
    vec_each(&encryption->methods, part) {
        if (!str_equal_cstr(part->type, "unencrypted"))
            continue;
        diags_warning(diags, part->range, "Unencrypted method configured",
                      "Use the method \"unencrypted\" only to introduce or to remove encryption. "
                      "Remove it after everything was rewritten once.");
    }
}

bool config_terraform_finish_encryption(ConfigLoading *loading) {
    Module *module = loading->module;
    const Encryption *given;
    if (!module->parent && loading->request->encryption.len > 0) {
        if (!encryption_read_given(loading, &given))
            return false;
        module->encryption = encryption_merge(module->encryption, given, loading->arena);
    }
    if (!module->encryption)
        return true;
    warn_of_plain(module->encryption, loading->diags);
    return encryption_check_targets(module->encryption, loading->diags);
}

static bool report_second_backend(const ConfigLoading *loading, const BackendConfig *before,
                                  const BackendConfig *backend) {
    Str place = config_read_place(before->range, loading->arena);
    if (before->has_own_block != backend->has_own_block)
        return diags_fail(loading->diags, backend->range,
                          "Both a backend and cloud configuration are present",
                          "A module may have one block \"cloud\" or one block \"backend\", and "
                          "%.*s has the other one. Remove one of them.",
                          STR_ARG(place));
    if (backend->has_own_block)
        return diags_fail(loading->diags, backend->range, "Duplicate cloud configuration",
                          "The module already has a \"cloud\" block at %.*s. Remove one of them.",
                          STR_ARG(place));
    return diags_fail(loading->diags, backend->range, "Duplicate backend configuration",
                      "The module already has a backend at %.*s.", STR_ARG(place));
}

/* Stores the block, which may replace that of another file if it is an override. */
static bool store_backend(ConfigLoading *loading, BackendConfig backend) {
    const BackendConfig *before = loading->module->backend;
    if (before && !loading->is_override)
        return report_second_backend(loading, before, &backend);
    if (loading->module->parent && backend.has_own_block)
        diags_warning(loading->diags, backend.range, "Cloud configuration ignored",
                      "Only the \"cloud\" block of the root module is used. Remove this block, "
                      "unless the module is also used as a root module.");
    else if (loading->module->parent)
        diags_warning(loading->diags, backend.range, "Backend configuration ignored",
                      "Only the backend of the root module is used. Remove this block, unless the "
                      "module is also used as a root module.");
    BackendConfig *stored = arena_new(loading->arena, BackendConfig);
    *stored = backend;
    loading->module->backend = stored;
    return true;
}

static bool terraform_read_backend(ConfigLoading *loading, const BodyBlock *block, void *) {
    return store_backend(loading, (BackendConfig){block->labels[0], block->body, block->range,
                                                  block->label_ranges[0]});
}

static bool read_cloud(ConfigLoading *loading, const BodyBlock *block, void *) {
    return store_backend(loading, (BackendConfig){STR("cloud"), block->body, block->range,
                                                  block->range, .has_own_block = true});
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
