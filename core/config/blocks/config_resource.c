/* Decodes resource, data and ephemeral blocks: the meta-arguments. The provider's schema applies
 * to the rest of the body. */
#include "body_merge.h"
#include "config_block.h"
#include "config_legacy.h"
#include "config_lifecycle.h"
#include "config_provider_ref.h"
#include "config_provisioner.h"
#include "config_read.h"

static bool check_labels(ConfigLoading *loading, const BodyBlock *block) {
    bool ok = config_read_identifier(block->labels[0], block->label_ranges[0], "resource type",
                                     loading->diags);
    return config_read_identifier(block->labels[1], block->label_ranges[1], "resource name",
                                  loading->diags) &&
           ok;
}

static Str resource_key(ResourceMode mode, const BodyBlock *block, Arena *arena) {
    static const char *const prefixes[] = {
        [MODE_MANAGED] = "", [MODE_DATA] = "data.", [MODE_EPHEMERAL] = "ephemeral."};
    return str_format(arena, "%s%.*s.%.*s", prefixes[mode], STR_ARG(block->labels[0]),
                      STR_ARG(block->labels[1]));
}

static bool resource_identify(ConfigLoading *loading, const BodyBlock *block, Str *key) {
    Str name = resource_key(MODE_MANAGED, block, loading->arena);
    *key = str_concat(STR("resource."), name, loading->arena);
    return check_labels(loading, block);
}

static bool data_identify(ConfigLoading *loading, const BodyBlock *block, Str *key) {
    *key = resource_key(MODE_DATA, block, loading->arena);
    return check_labels(loading, block);
}

static bool ephemeral_identify(ConfigLoading *loading, const BodyBlock *block, Str *key) {
    *key = resource_key(MODE_EPHEMERAL, block, loading->arena);
    return check_labels(loading, block);
}

/* Reads `provider`. By default, the resource type determines the provider: libvirt_domain uses
 * libvirt. */
static bool read_provider(ConfigLoading *loading, const BodyContent *content, Resource *resource) {
    const Expr *expr = config_read_expr(content, "provider");
    size_t end = str_find_char(resource->type, '_', 0);
    resource->provider = (ProviderRef){
        .name = str_slice(resource->type, 0, end),
        .range = resource->range,
        .is_implied = true,
    };
    if (!expr)
        return true;
    return config_legacy_unquote(&expr, "reference", loading->arena, loading->diags) &&
           config_provider_ref_read(expr, &resource->provider, loading->arena, loading->diags);
}

/* Rejects count, for_each and lifecycle in the data source of a check block. */
static bool check_nested(ConfigLoading *loading, const BodyContent *content) {
    static const char *const names[] = {"count", "for_each"};
    bool ok = true;
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        const BodyAttribute *attribute = body_content_find(content, names[i]);
        if (!attribute)
            continue;
        Str summary = str_format(loading->arena, "Invalid \"%s\" attribute", names[i]);
        diags_error(loading->diags, attribute->name_range, str_to_cstr(summary, loading->arena),
                    "The data source of a check has one instance and does not support \"count\" "
                    "and \"for_each\".");
        ok = false;
    }
    vec_each(&content->blocks, block) {
        if (!str_equal_cstr(block->type, "lifecycle"))
            continue;
        diags_error(loading->diags, block->range, "Invalid lifecycle block",
                    "The data source of a check does not support a \"lifecycle\" block. Use the "
                    "assertions of the check.");
        ok = false;
    }
    return ok;
}

static bool check_repetition(ConfigLoading *loading,
                             const BodyContent *content,
                             const Resource *resource) {
    const BodyAttribute *count = body_content_find(content, "count");
    const BodyAttribute *for_each = body_content_find(content, "for_each");
    const BodyAttribute *other = for_each ? for_each : count;
    if (count && resource->for_each) {
        diags_error(loading->diags, for_each->name_range,
                    "Invalid combination of \"count\" and \"for_each\"",
                    "\"count\" and \"for_each\" cannot be combined. Use one of them to set the "
                    "number of instances.");
        return false;
    }
    if (!other || !resource->lifecycle.enabled)
        return true;
    diags_error(loading->diags, other->name_range,
                "Invalid combination of \"enabled\" and repetition",
                "\"enabled\" cannot be combined with \"%.*s\", because it creates one instance or "
                "none. For no instance, set count to 0 or for_each to an empty value.",
                STR_ARG(other->name));
    return false;
}

/* Rejects reserved block types. */
static bool check_reserved(ConfigLoading *loading, const BodyContent *content) {
    bool ok = true;
    vec_each(&content->blocks, block) {
        if (!str_equal_cstr(block->type, "locals"))
            continue;
        diags_error(loading->diags, block->range, "Reserved block type name in resource block",
                    "The block type \"locals\" is reserved. Declare local values in a \"locals\" "
                    "block of the module.");
        ok = false;
    }
    return ok;
}

/* Adds the arguments of a `_` block: provider arguments that are named like meta-arguments. */
static bool join_escaped(ConfigLoading *loading, const BodyContent *content, Resource *resource) {
    const BodyBlock *escaped;
    bool ok = config_read_only_block(content, "_", &escaped, loading->diags);
    if (escaped)
        resource->body = body_join(resource->body, escaped->body, loading->arena);
    return ok;
}

static const BodyAttributeSchema meta_attributes[] = {
    {"count",      false, BODY_EXPRESSION},
    {"for_each",   false, BODY_EXPRESSION},
    {"depends_on", false, BODY_CODE      },
    {"provider",   false, BODY_CODE      },
};
static const BodyBlockSchema managed_blocks[] = {
    {"lifecycle",   0},
    {"provisioner", 1},
    {"connection",  0},
    {"locals",      0},
    {"_",           0},
};
static const BodyBlockSchema other_blocks[] = {
    {"lifecycle", 0},
    {"locals",    0},
    {"_",         0},
};
static const BodySchema managed_schema = {
    .attributes = meta_attributes,
    .attribute_count = ARRAY_COUNT(meta_attributes),
    .blocks = managed_blocks,
    .block_count = ARRAY_COUNT(managed_blocks),
};
static const BodySchema other_schema = {
    .attributes = meta_attributes,
    .attribute_count = ARRAY_COUNT(meta_attributes),
    .blocks = other_blocks,
    .block_count = ARRAY_COUNT(other_blocks),
};

static Resource *new_resource(const BodyBlock *block, ResourceMode mode, Arena *arena) {
    Resource *resource = arena_new(arena, Resource);
    resource->mode = mode;
    resource->type = block->labels[0];
    resource->name = block->labels[1];
    resource->type_range = block->label_ranges[0];
    resource->range = block->range;
    resource->lifecycle.destroy = true;
    return resource;
}

static bool add_resource(ConfigLoading *loading, const BodyBlock *block, Resource *resource) {
    Str key = resource_key(resource->mode, block, loading->arena);
    const Resource *before = map_put(loading->arena, &loading->module->resources, key, resource);
    if (!before)
        return true;
    Str place = config_read_place(before->range, loading->arena);
    diags_error(loading->diags, resource->range, "Duplicate data source",
                "The data source \"%.*s\" is already declared at %.*s. Names must be unique, "
                "including those in check blocks.",
                STR_ARG(key), STR_ARG(place));
    return false;
}

static bool read_blocks(ConfigLoading *loading, const BodyContent *content, Resource *resource) {
    bool ok = check_reserved(loading, content);
    ok &= join_escaped(loading, content, resource);
    ok &= config_provisioner_read(content, &resource->provisioners, &resource->connection,
                                  loading->arena, loading->diags);
    if (resource->check)
        return check_nested(loading, content) && ok;
    return config_lifecycle_read(loading->request, content, resource, loading->arena,
                                 loading->diags) &&
           ok;
}

bool config_resource_decode(ConfigLoading *loading,
                            const BodyBlock *block,
                            ResourceMode mode,
                            const Check *check,
                            const Resource **out) {
    Arena *arena = loading->arena;
    Diags *diags = loading->diags;
    BodyContent content;
    Resource *resource = new_resource(block, mode, arena);
    resource->check = check;
    bool ok = body_content(block->body, mode == MODE_MANAGED ? &managed_schema : &other_schema,
                           &content, &resource->body, arena, diags);
    resource->count = config_read_expr(&content, "count");
    resource->for_each = config_read_for_each(block, &content);
    ok &= config_read_traversals(&content, "depends_on", &resource->depends_on, arena, diags);
    ok &= read_provider(loading, &content, resource);
    ok &= read_blocks(loading, &content, resource);
    ok &= check_repetition(loading, &content, resource);
    *out = resource;
    return add_resource(loading, block, resource) && ok;
}

static bool resource_decode(ConfigLoading *loading, const BodyBlock *block, bool is_override) {
    const Resource *resource;
    (void)is_override;
    return config_resource_decode(loading, block, MODE_MANAGED, NULL, &resource);
}

static bool data_decode(ConfigLoading *loading, const BodyBlock *block, bool is_override) {
    const Resource *resource;
    (void)is_override;
    return config_resource_decode(loading, block, MODE_DATA, NULL, &resource);
}

static bool ephemeral_decode(ConfigLoading *loading, const BodyBlock *block, bool is_override) {
    const Resource *resource;
    (void)is_override;
    return config_resource_decode(loading, block, MODE_EPHEMERAL, NULL, &resource);
}

static const char *const fixed[] = {"depends_on", NULL};

const ConfigBlock config_resource = {
    .name = "resource",
    .labels = 2,
    .noun = "resource",
    .identify = resource_identify,
    .decode = resource_decode,
    .joined = "lifecycle",
    .fixed = fixed,
};

const ConfigBlock config_data = {
    .name = "data",
    .labels = 2,
    .noun = "data source",
    .identify = data_identify,
    .decode = data_decode,
    .joined = "lifecycle",
    .fixed = fixed,
};

const ConfigBlock config_ephemeral = {
    .name = "ephemeral",
    .labels = 2,
    .noun = "ephemeral resource",
    .identify = ephemeral_identify,
    .decode = ephemeral_decode,
    .joined = "lifecycle",
    .fixed = fixed,
};
