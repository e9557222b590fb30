/* Decodes lifecycle blocks. Arguments that shape the graph must be literals; others may be
 * expressions. */
#include "config_lifecycle.h"

#include "config_read.h"

static const BodyAttributeSchema managed_attributes[] = {
    {"prevent_destroy",       false, BODY_LITERAL   },
    {"create_before_destroy", false, BODY_LITERAL   },
    {"ignore_changes",        false, BODY_CODE      },
    {"replace_triggered_by",  false, BODY_CODE      },
    {"enabled",               false, BODY_EXPRESSION},
    {"destroy",               false, BODY_LITERAL   },
};
static const BodyAttributeSchema other_attributes[] = {
    {"enabled", false, BODY_EXPRESSION},
};
static const BodyBlockSchema condition_blocks[] = {
    {"precondition",  0},
    {"postcondition", 0}
};
static const BodySchema managed_schema = {
    .attributes = managed_attributes,
    .attribute_count = ARRAY_COUNT(managed_attributes),
    .blocks = condition_blocks,
    .block_count = ARRAY_COUNT(condition_blocks),
};
/* The managed attributes, with prevent_destroy as an expression. */
static const BodyAttributeSchema open_attributes[] = {
    {"prevent_destroy",       false, BODY_EXPRESSION},
    {"create_before_destroy", false, BODY_LITERAL   },
    {"ignore_changes",        false, BODY_CODE      },
    {"replace_triggered_by",  false, BODY_CODE      },
    {"enabled",               false, BODY_EXPRESSION},
    {"destroy",               false, BODY_LITERAL   },
};
static_assert(ARRAY_COUNT(open_attributes) == ARRAY_COUNT(managed_attributes), "the same rows");
static const BodySchema open_schema = {
    .attributes = open_attributes,
    .attribute_count = ARRAY_COUNT(open_attributes),
    .blocks = condition_blocks,
    .block_count = ARRAY_COUNT(condition_blocks),
};
/* The schema for data sources and ephemeral resources. */
static const BodySchema other_schema = {
    .attributes = other_attributes,
    .attribute_count = ARRAY_COUNT(other_attributes),
    .blocks = condition_blocks,
    .block_count = ARRAY_COUNT(condition_blocks),
};

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

static bool read_ignore_changes(const BodyContent *content,
                                Lifecycle *out,
                                Arena *arena,
                                Diags *diags) {
    const Expr *expr = config_read_expr(content, "ignore_changes");
    if (expr && has_wildcard(expr)) {
        diags_error(diags, expr->range, "Invalid ignore_changes wildcard",
                    "To ignore changes of all attributes, write ignore_changes = all.");
        return false;
    }
    const Traversal *keyword = expr ? config_read_traversal(expr) : NULL;
    if (keyword && keyword->step_count == 0 && str_equal_cstr(keyword->root, "all")) {
        out->ignore_all_changes = true;
        return true;
    }
    return config_read_traversals(content, "ignore_changes", &out->ignore_changes, arena, diags);
}

static bool is_instance_key(const Expr *key) {
    const Traversal *traversal = config_read_traversal(key);
    if (key->kind == EXPR_LITERAL)
        return true;
    if (!traversal || traversal->step_count != 1)
        return false;
    return (str_equal_cstr(traversal->root, "count") &&
            str_equal_cstr(traversal->steps[0].name, "index")) ||
           (str_equal_cstr(traversal->root, "each") &&
            str_equal_cstr(traversal->steps[0].name, "key"));
}

/* Returns the reference at the start of a trigger, or NULL if the expression is not a reference
 * with attribute and index steps. */
static Traversal *trigger_root(const Expr *expr) {
    if (expr->kind == EXPR_ATTRIBUTE)
        return trigger_root(expr->as.attribute.object);
    if (expr->kind == EXPR_INDEX)
        return is_instance_key(expr->as.index.key) ? trigger_root(expr->as.index.object) : NULL;
    return config_read_traversal(expr);
}

static bool refuse_trigger(const Expr *expr, Diags *diags) {
    diags_error(diags, expr->range, "Invalid replace_triggered_by expression",
                "Each item must be a single reference to a resource or to an attribute of a "
                "resource, without operators or function calls.");
    return false;
}

static bool check_trigger(const Expr *expr, Diags *diags) {
    Traversal *root = trigger_root(expr);
    Reference reference;
    if (!root)
        return refuse_trigger(expr, diags);
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
        return refuse_trigger(expr, diags); /* allowed in keys only */
    diags_error(diags, expr->range, "Invalid reference in replace_triggered_by expression",
                "Only managed resources can trigger a replacement. To use another value, store it "
                "in a terraform_data resource.");
    return reference.kind != REFERENCE_RESOURCE && refuse_trigger(expr, diags);
}

static bool read_triggers(const BodyContent *content, Lifecycle *out, Arena *arena, Diags *diags) {
    const Expr *list = config_read_expr(content, "replace_triggered_by");
    bool ok = true;
    if (!list)
        return true;
    if (list->kind != EXPR_TUPLE) {
        diags_error(diags, list->range, "Invalid replace_triggered_by expression",
                    "\"replace_triggered_by\" must be a list of references in brackets [ ].");
        return false;
    }
    for (size_t i = 0; i < list->as.parts.count; i++) {
        const Expr *item = list->as.parts.items[i];
        ok = ok && check_trigger(item, diags);
        vec_push(arena, &out->replace_triggered_by, item);
    }
    return ok;
}

typedef struct SelfSearch {
    const Resource *resource;
    bool is_found;
} SelfSearch;

static void look_for_self(Traversal *traversal, void *payload) {
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
static bool check_conditions(const Conditions *conditions,
                             const Resource *resource,
                             const char *type,
                             const char *advice,
                             Diags *diags) {
    bool ok = true;
    vec_each(conditions, condition) {
        const Expr *parts[] = {condition->condition, condition->error_message};
        for (size_t i = 0; i < ARRAY_COUNT(parts); i++) {
            SelfSearch search = {.resource = resource};
            expr_each_traversal(parts[i], look_for_self, &search);
            if (!search.is_found)
                continue;
            Str summary = str_format(diags->arena, "Invalid reference in %s", type);
            diags_error(diags, parts[i]->range, str_to_cstr(summary, diags->arena), "%s", advice);
            ok = false;
        }
    }
    return ok;
}

static bool read_conditions(const BodyContent *content,
                            Resource *resource,
                            Arena *arena,
                            Diags *diags) {
    Lifecycle *out = &resource->lifecycle;
    bool ok = config_read_conditions(content, "precondition", &out->preconditions, arena, diags);
    ok &= config_read_conditions(content, "postcondition", &out->postconditions, arena, diags);
    ok &= check_conditions(&out->preconditions, resource, "precondition",
                           "A precondition is evaluated before the object is created, so it cannot "
                           "refer to that object.",
                           diags);
    ok &= check_conditions(&out->postconditions, resource, "postcondition",
                           "A postcondition must refer to its own object as \"self\".", diags);
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
    diags_error(diags, found->range, "Invalid reference in prevent_destroy",
                "prevent_destroy applies to all instances of the block, so it cannot refer to "
                "\"%.*s\". Refer to variables and local values.",
                STR_ARG(found->root));
    return false;
}

/* Checks a constant value while decoding; an expression must not refer to single instances. */
static bool check_prevent_destroy(const BodyContent *content,
                                  bool is_open,
                                  Arena *arena,
                                  Diags *diags) {
    bool ignored;
    Value constant;
    const Expr *expr = config_read_expr(content, "prevent_destroy");
    if (is_open && expr && !expr_as_literal(expr, &constant, arena))
        return check_whole_block(expr, diags);
    return config_read_bool(content, "prevent_destroy", &ignored, arena, diags);
}

static bool read_lifecycle(const ConfigRequest *request,
                           const BodyBlock *block,
                           Resource *resource,
                           Arena *arena,
                           Diags *diags) {
    bool is_open = takes_expression(request, block);
    const BodySchema *schema = resource->mode != MODE_MANAGED ? &other_schema
                               : is_open                      ? &open_schema
                                                              : &managed_schema;
    Lifecycle *out = &resource->lifecycle;
    BodyContent content;
    bool ok = body_content(block->body, schema, &content, NULL, arena, diags);
    out->prevent_destroy = config_read_expr(&content, "prevent_destroy");
    ok &= check_prevent_destroy(&content, is_open, arena, diags);
    ok &= config_read_bool(&content, "create_before_destroy", &out->create_before_destroy, arena,
                           diags);
    out->enabled = config_read_expr(&content, "enabled");
    ok &= config_read_bool(&content, "destroy", &out->destroy, arena, diags);
    ok &= read_ignore_changes(&content, out, arena, diags);
    ok &= read_triggers(&content, out, arena, diags);
    return read_conditions(&content, resource, arena, diags) && ok;
}

bool config_lifecycle_read(const ConfigRequest *request,
                           const BodyContent *content,
                           Resource *resource,
                           Arena *arena,
                           Diags *diags) {
    const BodyBlock *block;
    bool ok = config_read_only_block(content, "lifecycle", &block, diags);
    return (!block || read_lifecycle(request, block, resource, arena, diags)) && ok;
}
