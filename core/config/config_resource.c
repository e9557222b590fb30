/* resource and data: the meta-arguments; the rest of the body is the provider's. */
#include "config_block.h"
#include "config_lifecycle.h"
#include "config_read.h"

static bool check_labels(ConfigLoading *loading, const BodyBlock *block) {
    bool ok = config_read_identifier(block->labels[0], block->label_ranges[0], "resource type",
                                     loading->diags);
    return config_read_identifier(block->labels[1], block->label_ranges[1], "resource name",
                                  loading->diags) &&
           ok;
}

static Str resource_key(ResourceMode mode, const BodyBlock *block, Arena *arena) {
    return str_format(arena, "%s%.*s.%.*s", mode == MODE_DATA ? "data." : "",
                      STR_ARG(block->labels[0]), STR_ARG(block->labels[1]));
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

/* libvirt_domain is served by the provider called libvirt, unless told otherwise. */
static bool read_provider(ConfigLoading *loading, const BodyContent *content, Resource *resource) {
    const Expr *expr = config_read_expr(content, "provider");
    size_t end = str_find_char(resource->type, '_', 0);
    resource->provider = (ProviderRef){
        .name = str_slice(resource->type, 0, end),
        .alias = STR_EMPTY,
        .range = resource->range,
    };
    return !expr ||
           config_read_provider_ref(expr, &resource->provider, loading->arena, loading->diags);
}

static bool check_repetition(ConfigLoading *loading, const BodyContent *content) {
    const BodyAttribute *count = body_content_find(content, "count");
    const BodyAttribute *for_each = body_content_find(content, "for_each");
    if (!count || !for_each)
        return true;
    diags_error(loading->diags, for_each->name_range,
                "Invalid combination of \"count\" and \"for_each\"",
                "\"count\" and \"for_each\" exclude each other: use one of them to say how many "
                "instances there are.");
    return false;
}

static bool refuse_blocks(ConfigLoading *loading, const BodyContent *content) {
    bool ok = true;
    vec_each(&content->blocks, block) {
        if (str_equal_cstr(block->type, "lifecycle"))
            continue;
        diags_error(loading->diags, block->range, "Unsupported block type",
                    "Blocks of type \"%.*s\" are part of the language, but this version of loam "
                    "does not know them.",
                    STR_ARG(block->type));
        ok = false;
    }
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
    {"connection",  0}
};
static const BodySchema managed_schema = {
    .attributes = meta_attributes,
    .attribute_count = ARRAY_COUNT(meta_attributes),
    .blocks = managed_blocks,
    .block_count = ARRAY_COUNT(managed_blocks),
};
static const BodyBlockSchema data_blocks[] = {
    {"lifecycle", 0}
};
static const BodySchema data_schema = {
    .attributes = meta_attributes,
    .attribute_count = ARRAY_COUNT(meta_attributes),
    .blocks = data_blocks,
    .block_count = ARRAY_COUNT(data_blocks),
};

static bool decode(ConfigLoading *loading, const BodyBlock *block, ResourceMode mode) {
    Arena *arena = loading->arena;
    Diags *diags = loading->diags;
    BodyContent content;
    Resource *resource = arena_new(arena, Resource);
    resource->mode = mode;
    resource->type = block->labels[0];
    resource->name = block->labels[1];
    resource->range = block->range;
    bool ok = body_content(block->body, mode == MODE_DATA ? &data_schema : &managed_schema,
                           &content, &resource->body, arena, diags);
    resource->count = config_read_expr(&content, "count");
    resource->for_each = config_read_expr(&content, "for_each");
    ok &= check_repetition(loading, &content);
    ok &= config_read_traversals(&content, "depends_on", &resource->depends_on, arena, diags);
    ok &= read_provider(loading, &content, resource);
    ok &= refuse_blocks(loading, &content);
    ok &= config_lifecycle_read(&content, resource, arena, diags);
    map_set(&loading->module->resources, resource_key(mode, block, arena), resource);
    return ok;
}

static bool resource_decode(ConfigLoading *loading, const BodyBlock *block, bool is_override) {
    (void)is_override;
    return decode(loading, block, MODE_MANAGED);
}

static bool data_decode(ConfigLoading *loading, const BodyBlock *block, bool is_override) {
    (void)is_override;
    return decode(loading, block, MODE_DATA);
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
