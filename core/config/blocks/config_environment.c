/* Decodes environments blocks: values of variables, settings of backend and providers, and
 * whether the environment is protected. */
#include "config_block.h"

#include "body_merge.h"
#include "config_provider_ref.h"
#include "config_read.h"
#include "eval.h"

static bool environment_identify(ConfigLoading *loading, const BodyBlock *block, Str *key) {
    Str name = block->labels[0];
    *key = str_format(loading->arena, "environments.%.*s", STR_ARG(name));
    if (!config_read_identifier(name, block->label_ranges[0], "environment name", loading->diags))
        return false;
    if (!str_equal_cstr(name, "all"))
        return true;
    return diags_fail(
        loading->diags, block->label_ranges[0], "Reserved environment name",
        "\"-env all\" selects every environment, so no environment can be named \"all\".");
}

static bool config_environment_add_value(ConfigLoading *loading, Environment *out,
                                         const BodyAttribute *attribute) {
    EnvironmentValue value = {
        .name = attribute->name,
        .name_range = attribute->name_range,
        .range = attribute->expr->range,
        .expr = attribute->expr,
    };
    if (!eval_constant(attribute->expr, &value.value, loading->arena, loading->diags))
        return false;
    vec_push(loading->arena, &out->variables, value);
    return true;
}

static bool config_environment_read_variables(ConfigLoading *loading, const BodyBlock *block,
                                              void *out) {
    BodyContent content;
    bool ok = body_attributes(block->body, BODY_LITERAL, &content, loading->arena, loading->diags);
    vec_each(&content.attributes, attribute) {
        ok &= config_environment_add_value(loading, out, attribute);
    }
    return ok;
}

/* Returns the item of an object constructor with this key, or NULL. */
static const Expr *config_environment_item_of(const Expr *expr, Str name) {
    for (size_t i = 0; expr->kind == EXPR_OBJECT && i < expr->as.object.count; i++) {
        const ExprItem *item = &expr->as.object.items[i];
        bool is_text =
            item->key->kind == EXPR_LITERAL && item->key->as.literal.type->kind == KIND_STRING;
        if (is_text && str_equal(value_text(item->key->as.literal), name))
            return item->value;
    }
    return NULL;
}

/* Reads `variables = { … }`, the form of an argument in native syntax. */
static bool read_variables_argument(ConfigLoading *loading, const BodyContent *content,
                                    Environment *out) {
    const BodyAttribute *attribute = body_content_find(content, "variables");
    Value values;
    if (!attribute)
        return true;
    SourceRange range = attribute->expr->range;
    if (!eval_constant(attribute->expr, &values, loading->arena, loading->diags))
        return false;
    if (value_is_null(values))
        return true;
    if (values.type->kind != KIND_OBJECT || !value_is_present(values))
        return diags_fail(loading->diags, range, "Invalid variable values",
                          "\"variables\" must be a map from variable names to values.");
    for (size_t i = 0; i < values.type->count; i++) {
        Str name = values.type->names[i];
        const Expr *expr = config_environment_item_of(attribute->expr, name);
        range = expr ? expr->range : attribute->expr->range;
        EnvironmentValue value = {name, value_at(values, i), range, range, expr};
        vec_push(loading->arena, &out->variables, value);
    }
    return true;
}

static bool read_variables_file(ConfigLoading *loading, const BodyContent *content,
                                Environment *out) {
    const BodyAttribute *attribute = body_content_find(content, "variables_file");
    if (!attribute)
        return true;
    out->variables_file_range = attribute->expr->range;
    return config_read_text(attribute, &out->variables_file, loading->arena, loading->diags);
}

static bool config_environment_read_provider(ConfigLoading *loading, const BodyBlock *block,
                                             void *out) {
    static const BodyAttributeSchema attributes[] = {
        {"alias", false, BODY_LITERAL, CONFIG_TEXT(ProviderConfig, alias)}};
    static const BodySchema schema = {BODY_ATTRIBUTES(attributes)};
    Environment *environment = out;
    ProviderConfig *provider = arena_new(loading->arena, ProviderConfig);
    BodyContent content;
    provider->name = block->labels[0];
    provider->range = block->range;
    if (!config_provider_ref_check_name(provider->name, block->label_ranges[0], loading->diags) ||
        !config_block_read(loading, block->body, &schema, &content, &provider->body, provider))
        return false;
    Str key = config_provider_key(provider->name, provider->alias, loading->arena);
    if (!map_put(loading->arena, &environment->providers, key, provider))
        return true;
    return diags_fail(loading->diags, block->range, "Duplicate provider configuration",
                      "The environment already has settings for \"%.*s\".", STR_ARG(key));
}

static bool config_environment_read_backend(ConfigLoading *loading, const BodyBlock *block,
                                            void *out) {
    Environment *environment = out;
    if (environment->backend)
        return diags_fail(loading->diags, block->range, "Duplicate backend configuration",
                          "The environment already has settings for the backend \"%.*s\".",
                          STR_ARG(environment->name));
    environment->backend = block->body;
    environment->backend_range = block->range;
    return true;
}

static const BodyBlockSchema environment_blocks[] = {
    {"variables", 0, config_environment_read_variables},
    {"backend", 0, config_environment_read_backend},
    {"provider", 1, config_environment_read_provider},
};

/* In native syntax "variables" may also be an argument. In YAML and JSON it must be a block
 * only. */
static BodySchema schema_for(const Body *body) {
    static const BodyAttributeSchema attributes[] = {
        {"protected", false, BODY_LITERAL},
        {"variables_file", false, BODY_LITERAL},
        {"variables", false, BODY_EXPRESSION},
    };
    return (BodySchema){
        .attributes = attributes,
        .attribute_count = body->is_strict ? 3 : 2,
        BODY_BLOCKS(environment_blocks),
    };
}

static bool environment_decode(ConfigLoading *loading, const BodyBlock *block) {
    if (loading->module->parent) {
        diags_warning(loading->diags, block->range, "Environments ignored",
                      "Only the environments of the root module are used. Remove this block, "
                      "unless the module is also used as a root module.");
        return true;
    }
    BodySchema schema = schema_for(block->body);
    BodyContent content;
    Environment *out = arena_new(loading->arena, Environment);
    out->name = block->labels[0];
    out->range = block->range;
    bool ok = body_content(block->body, &schema, &content, NULL, loading->arena, loading->diags);
    const BodyAttribute *protected = ok ? body_content_find(&content, "protected") : NULL;
    ok &= !protected ||
          config_read_flag(protected, &out->is_protected, loading->arena, loading->diags);
    ok &= read_variables_file(loading, &content, out);
    ok &= read_variables_argument(loading, &content, out);
    ok &= config_block_read_inner(loading, &schema, &content, out);
    map_put(loading->arena, &loading->module->environments, out->name, out);
    return ok;
}

static StrVec config_environment_keys_of(const Map *map, Arena *arena) {
    StrVec out = {0};
    map_each(map, entry) {
        vec_push(arena, &out, entry->key);
    }
    return out;
}

static bool check_variables(ConfigLoading *loading, const Environment *environment) {
    const Map *variables = &loading->config->root->variables;
    bool ok = true;
    vec_each(&environment->variables, value) {
        if (map_has(variables, value->name))
            continue;
        Str hint = map_did_you_mean(variables, value->name, loading->arena);
        ok = diags_fail(loading->diags, value->name_range, "Value for undeclared variable",
                        "The environment \"%.*s\" has a value for the variable \"%.*s\", which the "
                        "root module does not declare.%.*s",
                        STR_ARG(environment->name), STR_ARG(value->name), STR_ARG(hint));
    }
    return ok;
}

static bool merge_provider(ConfigLoading *loading, Str key, const ProviderConfig *settings) {
    Map *providers = &loading->config->root->providers;
    const ProviderConfig *base = map_find(providers, key);
    ProviderConfig *merged = arena_new(loading->arena, ProviderConfig);
    if (!base && settings->alias.len)
        return diags_fail(loading->diags, settings->range, "Missing base provider configuration",
                          "No provider block of the root module has the alias \"%.*s\", so this "
                          "environment cannot change its settings.",
                          STR_ARG(settings->alias));
    *merged = base ? *base : *settings;
    if (base)
        merged->body = body_merge(base->body, settings->body, NULL, loading->arena);
    map_put(loading->arena, providers, key, merged);
    return true;
}

/* Selects the workspace with the environment's name, unless the environment has backend
 * settings. */
static bool choose_workspace(ConfigLoading *loading, const Environment *environment) {
    Str selected = loading->config->workspace;
    if (environment->backend)
        return true;
    if (selected.len && !str_equal_cstr(selected, "default") &&
        !str_equal(selected, environment->name))
        return diags_fail(
            loading->diags, NO_RANGE, "Another workspace is selected",
            "The environment \"%.*s\" stores its state in the workspace of the same name, "
            "but \"%.*s\" is selected. Select the workspace \"default\", or give the "
            "environment a \"backend\" with its own location.",
            STR_ARG(environment->name), STR_ARG(selected));
    loading->config->workspace = environment->name;
    return true;
}

static bool config_environment_report_unknown(ConfigLoading *loading, Str name) {
    StrVec names = config_environment_keys_of(&loading->config->root->environments, loading->arena);
    if (names.count == 0)
        return diags_fail(
            loading->diags, NO_RANGE, "No such environment",
            "The environment \"%.*s\" is selected, but the root module declares no "
            "environments. Write an \"environments\" block, or remove -env and LOAM_ENV.",
            STR_ARG(name));
    return diags_fail(loading->diags, NO_RANGE, "No such environment",
                      "The root module has no environment \"%.*s\". The environments are %.*s.",
                      STR_ARG(name),
                      STR_ARG(str_join(names.items, names.count, STR(", "), loading->arena)));
}

bool config_environment_apply(ConfigLoading *loading) {
    Config *config = loading->config;
    Str name = loading->request->environment;
    bool ok = true;
    map_each(&config->root->environments, entry) {
        ok &= check_variables(loading, entry->value);
    }
    if (!name.len || !ok)
        return ok;
    const Environment *environment = map_find(&config->root->environments, name);
    if (!environment)
        return config_environment_report_unknown(loading, name);
    config->environment = environment;
    map_each(&environment->providers, entry) {
        ok &= merge_provider(loading, entry->key, entry->value);
    }
    return choose_workspace(loading, environment) && ok;
}

const ConfigBlock config_environment = {
    .name = "environments",
    .labels = 1,
    .noun = "environment",
    .identify = environment_identify,
    .decode = environment_decode,
};
