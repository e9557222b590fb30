/* terraform and loam: what the configuration needs of the program: its version, providers, where
 * the state is. Both blocks hold the same; their required_version speaks of different programs. */
#include "config_block.h"
#include "config_legacy.h"
#include "config_read.h"
#include "version.h"
#include "version_constraint.h"

/* -- required_version --------------------------------------------------------------------- */

static bool check_version(const BodyBlock *block, Arena *arena, Diags *diags) {
    static const BodyAttributeSchema attributes[] = {
        {"required_version", false, BODY_LITERAL}
    };
    static const BodySchema schema = {.attributes = attributes, .attribute_count = 1};
    bool is_own = str_equal_cstr(block->type, "loam");
    const char *version = is_own ? VERSION_LOAM : VERSION_TERRAFORM;
    BodyContent content;
    const Body *rest;
    Str constraint = STR_EMPTY;
    bool is_satisfied = false;
    if (!body_content(block->body, &schema, &content, &rest, arena, diags) ||
        !config_read_string(&content, "required_version", &constraint, arena, diags))
        return false;
    if (!body_content_find(&content, "required_version"))
        return true;
    SourceRange range = content.attributes.items[0].expr->range;
    if (!version_constraint_check(constraint, str_from_cstr(version), &is_satisfied)) {
        diags_error(diags, range, "Invalid version constraint",
                    "\"%.*s\" is no version constraint. One looks like \">= 1.5, < 2.0\" or "
                    "\"~> 1.11\".",
                    STR_ARG(constraint));
        return false;
    }
    if (!is_satisfied)
        diags_error(diags, range, "Unsupported version",
                    "This module requires %s \"%.*s\", and this is %s%s.",
                    is_own ? "loam" : "version", STR_ARG(constraint),
                    is_own ? "loam " : "a program compatible with version ", version);
    return is_satisfied;
}

bool config_terraform_check_version(const Body *file, Arena *arena, Diags *diags) {
    static const BodyBlockSchema blocks[] = {
        {"terraform", 0},
        {"loam",      0}
    };
    static const BodySchema schema = {.blocks = blocks, .block_count = ARRAY_COUNT(blocks)};
    BodyContent content;
    const Body *rest;
    bool ok = true;
    if (!body_content(file, &schema, &content, &rest, arena, diags))
        return false;
    vec_each(&content.blocks, block) {
        ok &= check_version(block, arena, diags);
    }
    return ok;
}

/* -- required_providers ------------------------------------------------------------------- */

static bool read_requirement_text(
    const BodyAttribute *attribute, Str key, Value value, Str *out, Diags *diags) {
    if (value_is_present(value) && value.type == &TYPE_STRING) {
        *out = value_text(value);
        return true;
    }
    diags_error(diags, attribute->range, "Invalid provider requirement",
                "\"%.*s\" of the provider \"%.*s\" must be a text.", STR_ARG(key),
                STR_ARG(attribute->name));
    return false;
}

static bool read_aliases(const BodyAttribute *attribute,
                         Value list,
                         ProviderRequirement *out,
                         Arena *arena,
                         Diags *diags) {
    bool ok = value_is_present(list) && list.type->kind == KIND_TUPLE;
    for (size_t i = 0; ok && i < list.count; i++) {
        Value item = value_at(list, i);
        ok = value_is_present(item) && item.type == &TYPE_STRING;
        if (ok)
            vec_push(arena, &out->aliases, value_text(item));
    }
    if (!ok)
        diags_error(diags, attribute->range, "Invalid provider requirement",
                    "\"configuration_aliases\" of the provider \"%.*s\" must be a list of names "
                    "such as \"%.*s.east\".",
                    STR_ARG(attribute->name), STR_ARG(attribute->name));
    return ok;
}

static bool read_requirement_object(const BodyAttribute *attribute,
                                    Value object,
                                    ProviderRequirement *out,
                                    Arena *arena,
                                    Diags *diags) {
    bool ok = true;
    for (size_t i = 0; i < object.count; i++) {
        Str key = value_key_at(object, i);
        Value value = value_at(object, i);
        if (str_equal_cstr(key, "source")) {
            ok &= read_requirement_text(attribute, key, value, &out->source, diags);
        } else if (str_equal_cstr(key, "version")) {
            ok &= read_requirement_text(attribute, key, value, &out->version, diags);
        } else if (str_equal_cstr(key, "configuration_aliases")) {
            ok &= read_aliases(attribute, value, out, arena, diags);
        } else {
            diags_error(diags, attribute->range, "Invalid provider requirement",
                        "A provider requirement has \"source\", \"version\" and "
                        "\"configuration_aliases\"; \"%.*s\" is none of them.",
                        STR_ARG(key));
            ok = false;
        }
    }
    return ok;
}

static bool check_requirement_version(const BodyAttribute *attribute, Str version, Diags *diags) {
    bool is_satisfied;
    if (!version.len || version_constraint_check(version, STR("1.0.0"), &is_satisfied))
        return true;
    diags_error(
        diags, attribute->range, "Invalid version constraint",
        "\"%.*s\" is no version constraint. One looks like \">= 1.5, < 2.0\" or \"~> 1.11\".",
        STR_ARG(version));
    return false;
}

static bool read_requirement(ConfigLoading *loading,
                             const BodyAttribute *attribute,
                             bool is_override) {
    Arena *arena = loading->arena;
    Diags *diags = loading->diags;
    Value value;
    ProviderRequirement *requirement = arena_new(arena, ProviderRequirement);
    BodyAttribute plain = *attribute;
    plain.expr = config_legacy_aliases(attribute->expr, arena);
    requirement->name = attribute->name;
    requirement->range = attribute->range;
    if (!config_read_identifier(attribute->name, attribute->name_range, "provider name", diags) ||
        !config_read_literal(&plain, &TYPE_DYNAMIC, &value, arena, diags))
        return false;
    bool is_object = value_is_present(value) && value.type->kind == KIND_OBJECT;
    bool ok = is_object ? read_requirement_object(attribute, value, requirement, arena, diags)
                        : read_requirement_text(attribute, STR("version"), value,
                                                &requirement->version, diags);
    ok = ok && check_requirement_version(attribute, requirement->version, diags);
    if (!map_has(&loading->module->requirements, attribute->name) || is_override) {
        map_set(&loading->module->requirements, requirement->name, requirement);
        return ok;
    }
    diags_error(diags, attribute->name_range, "Duplicate required provider",
                "The module requires the provider \"%.*s\" already, in another required_providers "
                "block.",
                STR_ARG(attribute->name));
    return false;
}

static bool read_requirements(ConfigLoading *loading, const BodyBlock *block, bool is_override) {
    BodyContent content;
    bool ok = body_attributes(block->body, BODY_LITERAL, &content, loading->arena, loading->diags);
    vec_each(&content.attributes, attribute) {
        ok &= read_requirement(loading, attribute, is_override);
    }
    return ok;
}

/* -- backend ------------------------------------------------------------------------------ */

static bool read_backend(ConfigLoading *loading, const BodyBlock *block, bool is_override) {
    const BackendConfig *before = loading->module->backend;
    if (before && !is_override) {
        Str place = config_read_place(before->range, loading->arena);
        diags_error(loading->diags, block->range, "Duplicate backend configuration",
                    "The module has a backend already, at %.*s.", STR_ARG(place));
        return false;
    }
    BackendConfig *backend = arena_new(loading->arena, BackendConfig);
    *backend = (BackendConfig){block->labels[0], block->body, block->range};
    loading->module->backend = backend;
    return true;
}

static bool refuse_block(ConfigLoading *loading, const BodyBlock *block) {
    diags_error(loading->diags, block->range, "Unsupported block type",
                "Blocks of type \"%.*s\" are part of the language, but this version of loam does "
                "not know them.",
                STR_ARG(block->type));
    return false;
}

static bool terraform_decode(ConfigLoading *loading, const BodyBlock *block, bool is_override) {
    static const BodyAttributeSchema attributes[] = {
        {"required_version", false, BODY_LITERAL}
    };
    static const BodyBlockSchema blocks[] = {
        {"required_providers", 0},
        {"backend",            1},
        {"cloud",              0},
        {"encryption",         0},
        {"provider_meta",      1},
    };
    static const BodySchema schema = {
        .attributes = attributes,
        .attribute_count = ARRAY_COUNT(attributes),
        .blocks = blocks,
        .block_count = ARRAY_COUNT(blocks),
    };
    BodyContent content;
    bool ok = body_content(block->body, &schema, &content, NULL, loading->arena, loading->diags);
    vec_each(&content.blocks, inner) {
        if (str_equal_cstr(inner->type, "required_providers"))
            ok &= read_requirements(loading, inner, is_override);
        else if (str_equal_cstr(inner->type, "backend"))
            ok &= read_backend(loading, inner, is_override);
        else
            ok = refuse_block(loading, inner);
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
