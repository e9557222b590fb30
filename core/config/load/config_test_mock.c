/* Decodes mock_provider and override blocks. */
#include "config_address.h"
#include "config_newer.h"
#include "config_read.h"
#include "config_test_load.h"
#include "eval.h"
#include "front_end.h"

/* Reads an object of constants; an absent or null argument gives an empty object. */
static bool test_mock_read_object(ConfigLoading *loading, const BodyBlock *block,
                                  const BodyAttribute *attribute, Value *out) {
    Value value;
    *out = value_object(NULL, NULL, 0, loading->arena);
    if (!attribute)
        return true;
    if (!eval_constant(attribute->expr, &value, loading->arena, loading->diags))
        return false;
    if (value_is_null(value))
        return true;
    if (value_is_known(value) && type_is_mapping(value.type)) {
        *out = value;
        return true;
    }
    Str summary = str_format(loading->arena, "Invalid %.*s attribute", STR_ARG(attribute->name));
    return diags_fail(
        loading->diags, attribute->range, str_to_cstr(summary, loading->arena),
        "\"%.*s\" of a \"%.*s\" block must be an object: names and values in braces { }.",
        STR_ARG(attribute->name), STR_ARG(block->type));
}

static bool read_during(ConfigLoading *loading, const BodyContent *content, bool *is_plan) {
    static const char *const words[] = {"apply", "plan"};
    const Expr *expr = config_read_expr(content, "override_during");
    return config_read_keyword(expr, "override_during", words, is_plan, loading->diags);
}

typedef struct OverrideType {
    const char *name;
    const char *values; /* name of the argument with the values */
    const char *noun;
} OverrideType;

static const OverrideType override_types[] = {
    [OVERRIDE_RESOURCE] = {"override_resource", "values", "resources"},
    [OVERRIDE_DATA] = {"override_data", "values", "data sources"},
    [OVERRIDE_MODULE] = {"override_module", "outputs", "modules"},
};

static bool test_mock_find_kind(Str type, OverrideKind *out) {
    for (size_t i = 0; i < ARRAY_COUNT(override_types); i++) {
        if (!str_equal_cstr(type, override_types[i].name))
            continue;
        *out = (OverrideKind)i;
        return true;
    }
    return false;
}

static bool is_of_kind(const AddressTarget *target, OverrideKind kind) {
    switch (kind) {
    case OVERRIDE_RESOURCE: return target->is_resource && target->resource.mode == MODE_MANAGED;
    case OVERRIDE_DATA: return target->is_resource && target->resource.mode == MODE_DATA;
    case OVERRIDE_MODULE: return !target->is_resource;
    }
    return false;
}

static bool test_mock_read_target(ConfigLoading *loading, const BodyBlock *block,
                                  const BodyContent *content, TestOverride *out) {
    const OverrideType *type = &override_types[out->kind];
    const BodyAttribute *attribute = body_content_find(content, "target");
    ConfigAddress address = {0};
    if (!attribute)
        return diags_fail(loading->diags, block->range, "Missing target attribute",
                          "\"target\" is required: the address of one of the %s.", type->noun);
    out->target_range = attribute->range;
    if (!config_address_read(attribute->expr, &address, loading->arena, loading->diags))
        return false;
    out->target = address.target;
    if (is_of_kind(&address.target, out->kind) && address.keys.count == 0)
        return true;
    return diags_fail(loading->diags, attribute->range, "Invalid override target",
                      "\"%s\" blocks apply to %s, with literal keys if any. \"%.*s\" is not one.",
                      type->name, type->noun,
                      STR_ARG(config_address_to_str(&address, loading->arena)));
}

static bool same_target(const TestOverride *a, const TestOverride *b, Arena *arena) {
    if (a->kind != b->kind)
        return false;
    return a->kind == OVERRIDE_MODULE ? str_equal(module_addr_to_str(a->target.module, arena),
                                                  module_addr_to_str(b->target.module, arena))
                                      : resource_addr_equal(a->target.resource, b->target.resource);
}

static bool check_single(ConfigLoading *loading, const TestOverride *override,
                         const TestOverrides *others) {
    vec_each(others, other) {
        if (!same_target(*other, override, loading->arena))
            continue;
        Str summary =
            str_format(loading->arena, "Duplicate %s block", override_types[override->kind].name);
        return diags_fail(loading->diags, override->range, str_to_cstr(summary, loading->arena),
                          "The same target is already overridden at %.*s.",
                          STR_ARG(config_read_place((*other)->range, loading->arena)));
    }
    return true;
}

bool config_test_override_decode(ConfigLoading *loading, const BodyBlock *block, bool during_plan,
                                 TestOverrides *out) {
    OverrideKind kind;
    if (!test_mock_find_kind(block->type, &kind))
        return true;
    TestOverride *override = arena_new(loading->arena, TestOverride);
    override->kind = kind;
    const char *values = override_types[override->kind].values;
    const BodyAttributeSchema attributes[] = {
        {"target", false, BODY_CODE},
        {"override_during", false, BODY_CODE},
        {values, false, BODY_EXPRESSION},
    };
    BodySchema schema = {BODY_ATTRIBUTES(attributes)};
    BodyContent content;
    override->during_plan = during_plan;
    override->range = block->range;
    bool ok = body_content(block->body, &schema, &content, NULL, loading->arena, loading->diags);
    const BodyAttribute *attribute = body_content_find(&content, values);
    override->values_range = attribute ? attribute->expr->range : block->range;
    ok &= test_mock_read_target(loading, block, &content, override);
    ok &= test_mock_read_object(loading, block, attribute, &override->values);
    ok &= read_during(loading, &content, &override->during_plan);
    if (!ok || !check_single(loading, override, out))
        return false;
    vec_push(loading->arena, out, override);
    return true;
}

static bool test_mock_decode_type(ConfigLoading *loading, const BodyBlock *block,
                                  MockProvider *out) {
    static const BodyAttributeSchema attributes[] = {
        {"defaults", false, BODY_EXPRESSION},
        {"override_during", false, BODY_CODE},
    };
    static const BodySchema schema = {BODY_ATTRIBUTES(attributes)};
    bool is_data = str_equal_cstr(block->type, "mock_data");
    Str key = str_concat(is_data ? STR("data.") : STR_EMPTY, block->labels[0], loading->arena);
    const MockType *first = map_find(&out->types, key);
    if (first) {
        Str summary = str_format(loading->arena, "Duplicate %.*s block", STR_ARG(block->type));
        return diags_fail(loading->diags, block->label_ranges[0],
                          str_to_cstr(summary, loading->arena),
                          "\"%.*s\" is already defined at %.*s.", STR_ARG(block->labels[0]),
                          STR_ARG(config_read_place(first->range, loading->arena)));
    }
    BodyContent content;
    MockType *type = arena_new(loading->arena, MockType);
    type->during_plan = out->during_plan;
    type->range = block->range;
    map_set(&out->types, key, type);
    bool ok = body_content(block->body, &schema, &content, NULL, loading->arena, loading->diags);
    const BodyAttribute *attribute = body_content_find(&content, "defaults");
    type->values_range = attribute ? attribute->expr->range : block->range;
    ok &= test_mock_read_object(loading, block, attribute, &type->values);
    return read_during(loading, &content, &type->during_plan) && ok;
}

static bool test_mock_decode_inner(ConfigLoading *loading, const BodyContent *content,
                                   MockProvider *out) {
    bool ok = true;
    vec_each(&content->blocks, block) {
        OverrideKind ignored;
        if (test_mock_find_kind(block->type, &ignored))
            ok &= config_test_override_decode(loading, block, out->during_plan, &out->overrides);
        else
            ok &= test_mock_decode_type(loading, block, out);
    }
    return ok;
}

static const BodyBlockSchema inner_blocks[] = {
    {"mock_resource", 1},
    {"mock_data", 1},
    {"override_resource", 0},
    {"override_data", 0},
};

static bool decode_mock_body(ConfigLoading *loading, const Body *body, MockProvider *out) {
    static const BodySchema schema = {BODY_BLOCKS(inner_blocks)};
    BodyContent content;
    bool ok = body_content(body, &schema, &content, NULL, loading->arena, loading->diags);
    return test_mock_decode_inner(loading, &content, out) && ok;
}

/* Reads the files of mock data in a directory (x.tfmock.hcl, x.loammock.yaml). */
static bool read_mock_files(ConfigLoading *loading, Str path, SourceRange range,
                            MockProvider *out) {
    const Disk *disk = loading->request->io->disk;
    const FunctionTable *functions = loading->config->functions;
    FrontEndDirectory directory = {
        .use = FRONT_END_MOCK_DATA, .disk = disk, .path = path, .functions = functions};
    bool ok = true;
    int status = disk->list(disk->self, path, &directory.entries, loading->arena);
    if (status < 0)
        return diags_fail(loading->diags, range, "Failed to read mock data",
                          "The directory \"%.*s\" cannot be read: %s.", STR_ARG(path),
                          strerror(-status));
    front_end_index(&directory, loading->arena);
    vec_each(&directory.entries, entry) {
        FrontEndFile file;
        ok &= front_end_read(&directory, entry, &file, loading->arena, loading->diags);
        if (file.body)
            ok &= decode_mock_body(loading, file.body, out);
    }
    return ok;
}

static const BodyAttributeSchema provider_attributes[] = {
    {"alias", false, BODY_LITERAL, CONFIG_TEXT(ProviderConfig, alias)},
    {"source", false, BODY_LITERAL},
    {"override_during", false, BODY_CODE},
    {"for_each", false, BODY_EXPRESSION},
};
static const BodySchema provider_schema = {BODY_ATTRIBUTES(provider_attributes),
                                           BODY_BLOCKS(inner_blocks)};

static bool test_mock_add_provider(ConfigLoading *loading, ProviderConfig *provider) {
    Map *known = &loading->file->providers;
    Str key = config_provider_key(provider->name, provider->alias, loading->arena);
    const ProviderConfig *first = map_find(known, key);
    if (!first) {
        map_set(known, key, provider);
        return true;
    }
    return diags_fail(loading->diags, provider->range, "Duplicate provider block",
                      "The provider configuration \"%.*s\" already exists at %.*s.", STR_ARG(key),
                      STR_ARG(config_read_place(first->range, loading->arena)));
}

/* Reads the mock data that `source` names; values in the block itself take precedence. */
static bool test_mock_read_source(ConfigLoading *loading, const BodyContent *content,
                                  MockProvider *mock) {
    const BodyAttribute *attribute = body_content_find(content, "source");
    MockProvider shared = {.types = map_new(loading->arena), .during_plan = mock->during_plan};
    Str directory = STR_EMPTY;
    if (!attribute)
        return true;
    if (!config_read_text(attribute, &directory, loading->arena, loading->diags))
        return false;
    Str path = disk_join(loading->config->directory, directory, loading->arena);
    if (!read_mock_files(loading, disk_clean(path, loading->arena), attribute->expr->range,
                         &shared))
        return false;
    map_each(&shared.types, entry) {
        if (!map_has(&mock->types, entry->key))
            map_set(&mock->types, entry->key, entry->value);
    }
    vec_each(&shared.overrides, override) {
        vec_push(loading->arena, &mock->overrides, *override);
    }
    return true;
}

/* Like that of a provider block, for_each is evaluated with the names of the tested module. */
static bool test_mock_read_keys(ConfigLoading *loading, const BodyContent *content,
                                ProviderConfig *provider) {
    provider->for_each = config_read_expr(content, "for_each");
    if (!provider->for_each)
        return true;
    SourceRange name = body_content_find(content, "for_each")->name_range;
    config_newer_add(loading->config, NEWER_MOCK_KEYS, name, loading->arena);
    return config_provider_check_keys(provider, name, loading->diags);
}

bool config_test_mock_decode(ConfigLoading *loading, const BodyBlock *block, void *) {
    BodyContent content;
    ProviderConfig *provider = arena_new(loading->arena, ProviderConfig);
    MockProvider *mock = arena_new(loading->arena, MockProvider);
    mock->types = map_new(loading->arena);
    provider->name = block->labels[0];
    provider->range = block->range;
    provider->mock = mock;
    bool ok = config_block_read(loading, block->body, &provider_schema, &content, NULL, provider);
    ok &= test_mock_read_keys(loading, &content, provider);
    ok &= read_during(loading, &content, &mock->during_plan);
    ok &= test_mock_decode_inner(loading, &content, mock);
    ok &= test_mock_read_source(loading, &content, mock);
    return test_mock_add_provider(loading, provider) && ok;
}
