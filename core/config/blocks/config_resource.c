/* Decodes resource, data and ephemeral blocks: the meta-arguments and the lifecycle block. The
 * provider's schema applies to the rest of the body.
 *
 * Of the lifecycle arguments, `enabled` may be an expression, and prevent_destroy if
 * takes_expression allows it. The others must be constants or references. */
#include "body_merge.h"
#include "config.h"
#include "config_block.h"
#include "config_legacy.h"
#include "config_provider_ref.h"
#include "config_read.h"
#include "config_request.h"

Str config_resource_key(ResourceMode mode, const BodyBlock *block, Arena *arena) {
    Str prefix = resource_mode_prefix(mode);
    return str_format(arena, "%.*s%.*s.%.*s", STR_ARG(prefix), STR_ARG(block->labels[0]),
                      STR_ARG(block->labels[1]));
}

bool config_resource_read_provider(ConfigLoading *loading, const BodyContent *content,
                                   Resource *resource) {
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
static bool check_nested(const BodyContent *content) {
    Diags *diags = content->diags;
    static const char *const names[] = {"count", "for_each"};
    bool ok = true;
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        const BodyAttribute *attribute = body_content_find(content, names[i]);
        if (!attribute)
            continue;
        Str summary = str_format(diags->arena, "Invalid \"%s\" attribute", names[i]);
        ok =
            diags_fail(diags, attribute->name_range, str_to_cstr(summary, diags->arena),
                       "The data source of a check has one instance and does not support \"count\" "
                       "and \"for_each\".");
    }
    vec_each(&content->blocks, block) {
        if (!str_equal_cstr(block->type, "lifecycle"))
            continue;
        ok =
            diags_fail(diags, block->range, "Invalid lifecycle block",
                       "The data source of a check does not support a \"lifecycle\" block. Use the "
                       "assertions of the check.");
    }
    return ok;
}

static bool resource_check_repetition(const BodyContent *content, const Resource *resource) {
    const BodyAttribute *count = body_content_find(content, "count");
    const BodyAttribute *for_each = body_content_find(content, "for_each");
    const BodyAttribute *other = for_each ? for_each : count;
    if (count && resource->for_each)
        return config_action_check_repetition(content);
    if (!other || !resource->lifecycle.enabled)
        return true;
    return diags_fail(
        content->diags, other->name_range, "Invalid combination of \"enabled\" and repetition",
        "\"enabled\" cannot be combined with \"%.*s\", because it creates one instance or "
        "none. For no instance, set count to 0 or for_each to an empty value.",
        STR_ARG(other->name));
}

/* Rejects reserved block types. */
static bool check_reserved(const BodyContent *content) {
    bool ok = true;
    vec_each(&content->blocks, block) {
        if (!str_equal_cstr(block->type, "locals"))
            continue;
        ok = diags_fail(
            content->diags, block->range, "Reserved block type name in resource block",
            "The block type \"locals\" is reserved. Declare local values in a \"locals\" "
            "block of the module.");
    }
    return ok;
}

/* Adds the arguments of a `_` block: provider arguments that are named like meta-arguments. */
static bool join_escaped(const BodyContent *content, Resource *resource) {
    const BodyBlock *escaped;
    bool ok = config_read_only_block(content, "_", &escaped);
    if (escaped)
        resource->body = body_join(resource->body, escaped->body, content->arena);
    return ok;
}

/* Returns whether prevent_destroy may be an expression. In files shared with Terraform it is a
 * constant; OpenTofu accepts expressions. */
static bool takes_expression(const ConfigRequest *request, const BodyBlock *block) {
    Str name = block->range.source ? block->range.source->path : STR_EMPTY;
    bool is_shared = str_ends_with(name, STR(".tf")) || str_ends_with(name, STR(".tf.json"));
    return request->evaluates_prevent_destroy || !is_shared;
}

static void look_for_instance_name(Traversal *traversal, void *payload) {
    const Traversal **found = payload;
    if (str_equal_cstr(traversal->root, "each") || str_equal_cstr(traversal->root, "count") ||
        str_equal_cstr(traversal->root, "self"))
        *found = traversal;
}

static bool check_whole_block(const Expr *expr, Diags *diags) {
    const Traversal *found = NULL;
    expr_each_traversal(expr, look_for_instance_name, &found);
    if (!found)
        return true;
    return diags_fail(
        diags, found->range, "Invalid reference in prevent_destroy",
        "prevent_destroy applies to all instances of the block, so it cannot refer to "
        "\"%.*s\". Refer to variables and local values.",
        STR_ARG(found->root));
}

/* Checks a constant value while decoding. */
static bool read_prevent_destroy(ConfigLoading *loading, const BodyAttribute *attribute,
                                 void *out) {
    bool ignored;
    ((Lifecycle *)out)->prevent_destroy = attribute->expr;
    return config_read_flag(attribute, &ignored, loading->arena, loading->diags);
}

/* An expression must not refer to single instances. */
static bool read_open_prevent_destroy(ConfigLoading *loading, const BodyAttribute *attribute,
                                      void *out) {
    Value constant;
    if (expr_as_literal(attribute->expr, &constant, loading->arena))
        return read_prevent_destroy(loading, attribute, out);
    ((Lifecycle *)out)->prevent_destroy = attribute->expr;
    return check_whole_block(attribute->expr, loading->diags);
}

/* The rows of `ignore_changes` and replace_triggered_by are read after the others. */
#define LIFECYCLE_ROWS                                                                             \
    {"create_before_destroy", false, BODY_LITERAL, CONFIG_FLAG(Lifecycle, create_before_destroy)}, \
        {"ignore_changes", false, BODY_CODE}, {"replace_triggered_by", false, BODY_CODE},          \
        {"enabled", false, BODY_EXPRESSION, CONFIG_EXPR(Lifecycle, enabled)}, {                    \
        "destroy", false, BODY_LITERAL, CONFIG_FLAG(Lifecycle, destroy)                            \
    }

static const BodyAttributeSchema lifecycle_attributes[] = {
    {"prevent_destroy", false, BODY_LITERAL, read_prevent_destroy},
    LIFECYCLE_ROWS,
};
static const BodyAttributeSchema other_lifecycle_attributes[] = {
    {"enabled", false, BODY_EXPRESSION, CONFIG_EXPR(Lifecycle, enabled)},
};
static const BodyBlockSchema condition_blocks[] = {{"precondition", 0}, {"postcondition", 0}};
static const BodyBlockSchema managed_lifecycle_blocks[] = {
    {"precondition", 0},
    {"postcondition", 0},
    {"action_trigger", 0},
};
static const BodySchema lifecycle_schema = {BODY_ATTRIBUTES(lifecycle_attributes),
                                            BODY_BLOCKS(managed_lifecycle_blocks)};
/* The managed attributes, with prevent_destroy as an expression. */
static const BodyAttributeSchema open_lifecycle_attributes[] = {
    {"prevent_destroy", false, BODY_EXPRESSION, read_open_prevent_destroy},
    LIFECYCLE_ROWS,
};
static const BodySchema open_lifecycle_schema = {BODY_ATTRIBUTES(open_lifecycle_attributes),
                                                 BODY_BLOCKS(managed_lifecycle_blocks)};
/* The schema for data sources and ephemeral resources. */
static const BodySchema other_lifecycle_schema = {BODY_ATTRIBUTES(other_lifecycle_attributes),
                                                  BODY_BLOCKS(condition_blocks)};

/* Returns whether the list contains "*", the old form of `all`. */
static bool has_wildcard(const Expr *list) {
    for (size_t i = 0; list->kind == EXPR_TUPLE && i < list->as.parts.count; i++) {
        const Expr *item = list->as.parts.items[i];
        if (item->kind == EXPR_LITERAL && item->as.literal.type == &TYPE_STRING &&
            value_is_present(item->as.literal) && str_equal_cstr(value_text(item->as.literal), "*"))
            return true;
    }
    return false;
}

static bool read_ignore_changes(const BodyContent *content, Lifecycle *out) {
    const BodyAttribute *attribute = body_content_find(content, "ignore_changes");
    if (!attribute)
        return true;
    const Expr *expr = attribute->expr;
    if (has_wildcard(expr))
        return diags_fail(content->diags, expr->range, "Invalid ignore_changes wildcard",
                          "To ignore changes of all attributes, write ignore_changes = all.");
    const Traversal *keyword = config_read_traversal(expr);
    if (keyword && keyword->step_count == 0 && str_equal_cstr(keyword->root, "all")) {
        out->ignore_all_changes = true;
        return true;
    }
    return config_read_traversals(attribute, &out->ignore_changes, content->arena, content->diags);
}

static bool report_trigger(const Expr *expr, Diags *diags) {
    return diags_fail(diags, expr->range, "Invalid replace_triggered_by expression",
                      "Each item must be a single reference to a resource or to an attribute of a "
                      "resource, without operators or function calls.");
}

static bool check_trigger(const Expr *expr, Diags *diags) {
    Traversal *root = config_read_reference_root(expr);
    Reference reference;
    if (!root)
        return report_trigger(expr, diags);
    Diags found = diags_new(diags->arena);
    if (!reference_from_traversal(root, &reference, &found)) {
        for (size_t i = 0; i < found.count; i++)
            found.items[i].range = expr->range;
        diags_append(diags, &found);
        return false;
    }
    if (reference.kind == REFERENCE_RESOURCE && reference.mode == MODE_MANAGED)
        return true;
    if (reference.kind == REFERENCE_COUNT || reference.kind == REFERENCE_EACH)
        return report_trigger(expr, diags); /* allowed in keys only */
    diags_error(diags, expr->range, "Invalid reference in replace_triggered_by expression",
                "Only managed resources can trigger a replacement. To use another value, store it "
                "in a terraform_data resource.");
    return reference.kind != REFERENCE_RESOURCE && report_trigger(expr, diags);
}

static bool read_triggers(const BodyContent *content, Lifecycle *out) {
    Diags *diags = content->diags;
    const Expr *list = config_read_expr(content, "replace_triggered_by");
    bool ok = true;
    if (!list)
        return true;
    if (list->kind != EXPR_TUPLE)
        return diags_fail(diags, list->range, "Invalid replace_triggered_by expression",
                          "\"replace_triggered_by\" must be a list of references in brackets [ ].");
    for (size_t i = 0; i < list->as.parts.count; i++) {
        const Expr *item = list->as.parts.items[i];
        ok = ok && check_trigger(item, diags);
        vec_push(content->arena, &out->replace_triggered_by, item);
    }
    return ok;
}

typedef struct SelfSearch {
    const Resource *resource;
    bool is_found;
} SelfSearch;

static void resource_look_for_self(Traversal *traversal, void *payload) {
    SelfSearch *search = payload;
    SCOPED(ArenaRef) scratch = arena_open("self");
    Diags ignored = diags_new(scratch);
    Reference reference;
    if (reference_from_traversal(traversal, &reference, &ignored) &&
        reference.kind == REFERENCE_RESOURCE && reference.mode == search->resource->mode &&
        str_equal(reference.type, search->resource->type) &&
        str_equal(reference.name, search->resource->name))
        search->is_found = true;
}

/* Rejects references to the block's own resource: a precondition runs before the object exists,
 * and a postcondition uses `self`. */
static bool check_conditions(const Conditions *conditions, const Resource *resource,
                             const char *type, const char *advice, Diags *diags) {
    bool ok = true;
    vec_each(conditions, condition) {
        const Expr *parts[] = {condition->condition, condition->error_message};
        for (size_t i = 0; i < ARRAY_COUNT(parts); i++) {
            SelfSearch search = {.resource = resource};
            expr_each_traversal(parts[i], resource_look_for_self, &search);
            if (!search.is_found)
                continue;
            Str summary = str_format(diags->arena, "Invalid reference in %s", type);
            ok = diags_fail(diags, parts[i]->range, str_to_cstr(summary, diags->arena), "%s",
                            advice);
        }
    }
    return ok;
}

static bool resource_read_conditions(const BodyContent *content, Resource *resource) {
    Diags *diags = content->diags;
    Lifecycle *out = &resource->lifecycle;
    bool ok = config_read_conditions(content, "precondition", &out->preconditions);
    ok &= config_read_conditions(content, "postcondition", &out->postconditions);
    ok &= check_conditions(&out->preconditions, resource, "precondition",
                           "A precondition is evaluated before the object is created, so it cannot "
                           "refer to that object.",
                           diags);
    ok &= check_conditions(&out->postconditions, resource, "postcondition",
                           "A postcondition must refer to its own object as \"self\".", diags);
    return ok;
}

/* Reads the lifecycle block in `content`, if any, into the resource. More than one is an error. */
static bool resource_read_lifecycle(ConfigLoading *loading, const BodyContent *outer,
                                    Resource *resource) {
    const BodyBlock *block;
    BodyContent content;
    Lifecycle *out = &resource->lifecycle;
    bool ok = config_read_only_block(outer, "lifecycle", &block);
    if (!block)
        return ok;
    const BodySchema *schema = resource->mode != MODE_MANAGED              ? &other_lifecycle_schema
                               : takes_expression(loading->request, block) ? &open_lifecycle_schema
                                                                           : &lifecycle_schema;
    ok &= config_block_read(loading, block->body, schema, &content, NULL, out);
    ok &= read_ignore_changes(&content, out);
    ok &= read_triggers(&content, out);
    ok &= config_action_read_triggers(&content, out);
    return resource_read_conditions(&content, resource) && ok;
}

static const BodyAttributeSchema meta_attributes[] = {
    {"count", false, BODY_EXPRESSION, CONFIG_EXPR(Resource, count)},
    {"for_each", false, BODY_EXPRESSION},
    {"depends_on", false, BODY_CODE, CONFIG_TRAVERSALS(Resource, depends_on)},
    {"provider", false, BODY_NAME},
};
static const BodyBlockSchema managed_blocks[] = {
    {"lifecycle", 0}, {"provisioner", 1}, {"connection", 0}, {"locals", 0}, {"_", 0},
};
static const BodyBlockSchema other_blocks[] = {
    {"lifecycle", 0},
    {"locals", 0},
    {"_", 0},
};
static const BodySchema managed_schema = {BODY_ATTRIBUTES(meta_attributes),
                                          BODY_BLOCKS(managed_blocks)};
static const BodySchema other_schema = {BODY_ATTRIBUTES(meta_attributes),
                                        BODY_BLOCKS(other_blocks)};

Resource *config_resource_new(const BodyBlock *block, ResourceMode mode, Arena *arena) {
    Resource *resource = arena_new(arena, Resource);
    resource->mode = mode;
    resource->type = block->labels[0];
    resource->name = block->labels[1];
    resource->type_range = block->label_ranges[0];
    resource->range = block->range;
    resource->lifecycle.destroy = true;
    return resource;
}

static bool resource_add_resource(ConfigLoading *loading, const BodyBlock *block,
                                  Resource *resource) {
    Str key = config_resource_key(resource->mode, block, loading->arena);
    const Resource *before = map_put(loading->arena, &loading->module->resources, key, resource);
    if (!before)
        return true;
    Str place = config_read_place(before->range, loading->arena);
    return diags_fail(loading->diags, resource->range, "Duplicate data source",
                      "The data source \"%.*s\" is already declared at %.*s. Names must be unique, "
                      "including those in check blocks.",
                      STR_ARG(key), STR_ARG(place));
}

static bool resource_read_blocks(ConfigLoading *loading, const BodyContent *content,
                                 Resource *resource) {
    bool ok = check_reserved(content);
    ok &= join_escaped(content, resource);
    ok &= config_provisioner_read(content, &resource->provisioners, &resource->connection);
    if (resource->check)
        return check_nested(content) && ok;
    return resource_read_lifecycle(loading, content, resource) && ok;
}

bool config_resource_decode(ConfigLoading *loading, const BodyBlock *block, ResourceMode mode,
                            const Check *check, const Resource **out) {
    BodyContent content;
    Resource *resource = config_resource_new(block, mode, loading->arena);
    const BodySchema *schema = mode == MODE_MANAGED ? &managed_schema : &other_schema;
    resource->check = check;
    bool ok = config_block_read(loading, block->body, schema, &content, &resource->body, resource);
    resource->for_each = config_read_for_each(block, &content);
    ok &= config_resource_read_provider(loading, &content, resource);
    ok &= resource_read_blocks(loading, &content, resource);
    ok &= resource_check_repetition(&content, resource);
    *out = resource;
    return resource_add_resource(loading, block, resource) && ok;
}

static bool resource_decode(ConfigLoading *loading, const BodyBlock *block) {
    const Resource *resource;
    ResourceMode mode = str_equal_cstr(block->type, "data")        ? MODE_DATA
                        : str_equal_cstr(block->type, "ephemeral") ? MODE_EPHEMERAL
                                                                   : MODE_MANAGED;
    return config_resource_decode(loading, block, mode, NULL, &resource);
}

static const char *const resource_fixed[] = {"depends_on", NULL};

const ConfigBlock config_resource = {
    .name = "resource",
    .labels = 2,
    .noun = "resource",
    .label_nouns = {"resource type", "resource name"},
    .decode = resource_decode,
    .merged_block = "lifecycle",
    .fixed = resource_fixed,
};

const ConfigBlock config_data = {
    .name = "data",
    .labels = 2,
    .noun = "data source",
    .label_nouns = {"resource type", "resource name"},
    .decode = resource_decode,
    .merged_block = "lifecycle",
    .fixed = resource_fixed,
};

const ConfigBlock config_ephemeral = {
    .name = "ephemeral",
    .labels = 2,
    .noun = "ephemeral resource",
    .label_nouns = {"resource type", "resource name"},
    .decode = resource_decode,
    .merged_block = "lifecycle",
    .fixed = resource_fixed,
};
