/* provider: a configuration of a provider, the default one or one under an alias. */
#include "config_block.h"
#include "config_read.h"

static const BodyAttributeSchema attributes[] = {
    {"alias",    false, BODY_LITERAL   },
    {"version",  false, BODY_LITERAL   },
    {"for_each", false, BODY_EXPRESSION},
};
static const BodySchema schema = {
    .attributes = attributes,
    .attribute_count = ARRAY_COUNT(attributes),
};

static bool provider_identify(ConfigLoading *loading, const BodyBlock *block, Str *key) {
    Arena *arena = loading->arena;
    BodyContent content;
    const Body *rest;
    Str alias = STR_EMPTY;
    Str name = block->labels[0];
    bool ok = config_read_identifier(name, block->label_ranges[0], "provider name", loading->diags);
    ok &= body_content(block->body, &schema, &content, &rest, arena, loading->diags);
    ok &= config_read_string(&content, "alias", &alias, arena, loading->diags);
    if (ok && alias.len)
        ok = config_read_identifier(alias, body_content_find(&content, "alias")->range,
                                    "provider alias", loading->diags);
    *key = alias.len ? str_format(arena, "provider.%.*s.%.*s", STR_ARG(name), STR_ARG(alias))
                     : str_format(arena, "provider.%.*s", STR_ARG(name));
    return ok;
}

/* Arguments that have a meaning in other blocks and would be taken for the provider's here. */
static bool refuse_reserved(ConfigLoading *loading, const Body *body) {
    static const BodyAttributeSchema reserved[] = {
        {"count",      false, BODY_EXPRESSION},
        {"depends_on", false, BODY_CODE      },
        {"source",     false, BODY_LITERAL   },
    };
    static const BodyBlockSchema blocks[] = {
        {"lifecycle", 0},
        {"locals",    0}
    };
    static const BodySchema reserved_schema = {
        .attributes = reserved,
        .attribute_count = ARRAY_COUNT(reserved),
        .blocks = blocks,
        .block_count = ARRAY_COUNT(blocks),
    };
    BodyContent content;
    const Body *rest;
    bool ok = body_content(body, &reserved_schema, &content, &rest, loading->arena, loading->diags);
    vec_each(&content.attributes, attribute) {
        diags_error(loading->diags, attribute->name_range, "Reserved argument name",
                    "\"%.*s\" means nothing in a provider block.", STR_ARG(attribute->name));
        ok = false;
    }
    vec_each(&content.blocks, block) {
        diags_error(loading->diags, block->range, "Reserved block type",
                    "A \"%.*s\" block means nothing in a provider block.", STR_ARG(block->type));
        ok = false;
    }
    return ok;
}

static bool provider_decode(ConfigLoading *loading, const BodyBlock *block, bool is_override) {
    (void)is_override;
    Arena *arena = loading->arena;
    BodyContent content;
    ProviderConfig *provider = arena_new(arena, ProviderConfig);
    provider->name = block->labels[0];
    provider->range = block->range;
    bool ok = body_content(block->body, &schema, &content, &provider->body, arena, loading->diags);
    ok &= config_read_string(&content, "alias", &provider->alias, arena, loading->diags);
    if (body_content_find(&content, "version"))
        diags_warning(loading->diags, body_content_find(&content, "version")->name_range,
                      "Version constraints inside provider blocks are deprecated",
                      "State the version under required_providers of a terraform block. Here it "
                      "is ignored.");
    provider->for_each = config_read_expr(&content, "for_each");
    if (provider->for_each && !provider->alias.len) {
        diags_error(loading->diags, body_content_find(&content, "for_each")->name_range,
                    "Alias required when using \"for_each\"",
                    "Only a provider configuration with an alias can be repeated: the default one "
                    "has no key to be named by.");
        ok = false;
    }
    Str key = provider->alias.len ? str_format(arena, "%.*s.%.*s", STR_ARG(provider->name),
                                               STR_ARG(provider->alias))
                                  : provider->name;
    map_set(&loading->module->providers, key, provider);
    return refuse_reserved(loading, provider->body) && ok;
}

const ConfigBlock config_provider = {
    .name = "provider",
    .labels = 1,
    .noun = "provider configuration",
    .identify = provider_identify,
    .decode = provider_decode,
};
