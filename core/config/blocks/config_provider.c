/* Decodes provider blocks: the default configuration of a provider, or one with an alias. */
#include "config_block.h"
#include "config_provider_ref.h"
#include "config_read.h"
#include "eval.h"
#include "lexer.h"
#include "static_eval.h"

static bool config_provider_read_version(ConfigLoading *loading, const BodyAttribute *attribute,
                                         void *member) {
    Str *out = member;
    Value value;
    diags_warning(loading->diags, attribute->expr->range,
                  "Version constraints inside provider configuration blocks are deprecated",
                  "Move the version constraint to required_providers of a terraform block.")
        ->is_deprecation = true;
    if (!eval_constant(attribute->expr, &value, loading->arena, loading->diags))
        return false;
    return value_is_null(value) ||
           (config_read_text(attribute, out, loading->arena, loading->diags) &&
            config_requirement_check_version(*out, attribute->expr->range, loading->diags) &&
            config_requirement_check_provider(*out, attribute->expr->range, loading->diags));
}

static const BodyAttributeSchema provider_attributes[] = {
    {"alias", false, BODY_VALUE, CONFIG_TEXT(ProviderConfig, alias)},
    {"version", false, BODY_VALUE, config_provider_read_version,
     CONFIG_MEMBER(ProviderConfig, version, Str)},
    {"for_each", false, BODY_EXPRESSION},
};
static const BodySchema provider_schema = {BODY_ATTRIBUTES(provider_attributes)};

/* Reads `alias`. The error for an invalid alias has no position in JSON output. */
static bool config_provider_read_alias(ConfigLoading *loading, const BodyContent *content,
                                       Str *out) {
    const BodyAttribute *alias = body_content_find(content, "alias");
    if (!alias)
        return true;
    bool ok = config_read_text(alias, out, loading->arena, loading->diags);
    if (ok && lexer_is_identifier(*out))
        return true;
    diags_error(loading->diags, alias->range, "Invalid provider alias",
                "An alias must begin with a letter or an underscore and may contain letters, "
                "digits, underscores and dashes.")
        ->subject = DIAG_RELATION;
    return false;
}

static bool provider_identify(ConfigLoading *loading, const BodyBlock *block, Str *key) {
    Arena *arena = loading->arena;
    BodyContent content;
    const Body *rest;
    Str alias = STR_EMPTY;
    Str name = block->labels[0];
    bool ok = config_provider_ref_check_name(name, block->range, loading->diags);
    ok &= body_content(block->body, &provider_schema, &content, &rest, arena, loading->diags);
    ok &= config_provider_read_alias(loading, &content, &alias);
    *key = str_concat(STR("provider."), config_provider_key(name, alias, arena), arena);
    return ok;
}

/* Rejects names that have a meaning in other blocks, which the provider would receive as its
 * arguments. */
static bool config_provider_report_reserved(ConfigLoading *loading, const Body *body) {
    static const BodyAttributeSchema reserved[] = {
        {"count", false, BODY_EXPRESSION},
        {"depends_on", false, BODY_CODE},
        {"source", false, BODY_LITERAL},
    };
    static const BodyBlockSchema blocks[] = {{"lifecycle", 0}, {"locals", 0}};
    static const BodySchema reserved_schema = {BODY_ATTRIBUTES(reserved), BODY_BLOCKS(blocks)};
    BodyContent content;
    const Body *rest;
    bool ok = body_content(body, &reserved_schema, &content, &rest, loading->arena, loading->diags);
    vec_each(&content.attributes, attribute) {
        ok = diags_fail(loading->diags, attribute->name_range, "Reserved argument name",
                        "A provider block does not support the argument \"%.*s\".",
                        STR_ARG(attribute->name));
    }
    vec_each(&content.blocks, block) {
        ok = diags_fail(loading->diags, block->range, "Reserved block type",
                        "A provider block does not support \"%.*s\" blocks.", STR_ARG(block->type));
    }
    return ok;
}

/* Warns about empty provider blocks in child modules, an old way to require a provider from the
 * caller. */
static void warn_of_empty(ConfigLoading *loading, const ProviderConfig *provider,
                          const BodyBlock *block) {
    if (!loading->module->parent || !config_provider_is_empty(provider, loading->arena))
        return;
    diags_warning(loading->diags, block->range, "Redundant empty provider block",
                  "To use a provider configuration of its caller, a module declares it under "
                  "required_providers of a terraform block, with \"configuration_aliases\" for "
                  "aliases. Remove this block.");
}

bool config_provider_is_empty(const ProviderConfig *provider, Arena *arena) {
    Diags ignored = diags_new(arena);
    BodyContent content = {0};
    return !provider->for_each &&
           body_attributes(provider->body, BODY_LITERAL, &content, arena, &ignored) &&
           !content.attributes.count;
}

bool config_provider_check_keys(const ProviderConfig *provider, SourceRange range, Diags *diags) {
    if (provider->alias.len > 0)
        return true;
    return diags_fail(
        diags, range, "Alias required when using \"for_each\"",
        "Only a provider configuration with an alias supports \"for_each\". Add an \"alias\".");
}

static bool provider_decode(ConfigLoading *loading, const BodyBlock *block) {
    Arena *arena = loading->arena;
    BodyContent content;
    ProviderConfig *provider = arena_new(arena, ProviderConfig);
    provider->name = block->labels[0];
    provider->range = block->range;
    bool ok = config_block_read(loading, block->body, &provider_schema, &content, &provider->body,
                                provider);
    warn_of_empty(loading, provider, block);
    provider->for_each = config_read_expr(&content, "for_each");
    if (provider->for_each)
        ok &= config_provider_check_keys(
            provider, body_content_find(&content, "for_each")->name_range, loading->diags);
    Str key = config_provider_key(provider->name, provider->alias, arena);
    map_put(loading->arena, &loading->module->providers, key, provider);
    return config_provider_report_reserved(loading, provider->body) && ok;
}

/* A default configuration exists without a block, so an override file may declare it:
 * "provider.NAME", without alias. */
static bool provider_is_implied(Str key) {
    return str_find_char(key, '.', 0) == str_rfind_char(key, '.');
}

const ConfigBlock config_provider = {
    .name = "provider",
    .labels = 1,
    .noun = "provider configuration",
    .identify = provider_identify,
    .decode = provider_decode,
    .is_implied = provider_is_implied,
};
