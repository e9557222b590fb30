/* Decodes variable blocks. The default value is converted to the variable's type here, once. */
#include "config_block.h"
#include "config_legacy.h"
#include "config_read.h"

static bool variable_identify(ConfigLoading *loading, const BodyBlock *block, Str *key) {
    static const char *const reserved[] = {"source",   "version",   "providers",  "count",
                                           "for_each", "lifecycle", "depends_on", "locals",
                                           "provider", "_"};
    Str name = block->labels[0];
    if (!config_read_identifier(name, block->label_ranges[0], "variable name", loading->diags))
        return false;
    for (size_t i = 0; i < ARRAY_COUNT(reserved); i++) {
        if (!str_equal_cstr(name, reserved[i]))
            continue;
        return diags_fail(
            loading->diags, block->label_ranges[0], "Invalid variable name",
            "The name \"%s\" is reserved, because module blocks have an argument of that name.",
            reserved[i]);
    }
    *key = str_format(loading->arena, "var.%.*s", STR_ARG(name));
    return true;
}

static bool variable_read_type(ConfigLoading *loading, const Expr *type, Variable *variable) {
    variable->type = (TypeConstraint){.type = &TYPE_DYNAMIC};
    variable->has_type = type != NULL;
    if (type && config_legacy_type(type, &variable->type, loading->arena))
        return true;
    return !type ||
           type_constraint_from_expr(type, &variable->type, loading->arena, loading->diags);
}

/* The range for an error about the default. If an override file changed the type, it is the
 * override block. */
static SourceRange default_range(const BodyBlock *block, const BodyContent *content) {
    const BodyAttribute *type = body_content_find(content, "type");
    SourceRange own = body_content_find(content, "default")->expr->range;
    bool is_overridden =
        type && block->override_range.source &&
        source_range_resolve(type->name_range).source != source_range_resolve(own).source;
    return is_overridden ? block->override_range : own;
}

static bool read_default(ConfigLoading *loading, const BodyBlock *block, const BodyContent *content,
                         Variable *variable) {
    const BodyAttribute *attribute = body_content_find(content, "default");
    Value literal;
    ConvertError error = {0};
    if (!attribute)
        return true;
    if (!config_read_literal(attribute, &TYPE_DYNAMIC, &literal, loading->arena, loading->diags))
        return false;
    if (value_is_null(literal) && !variable->nullable)
        return diags_fail(
            loading->diags, attribute->expr->range, "Invalid default value for variable",
            "The default is null, but the variable has \"nullable = false\". To make the "
            "variable required, remove the default.");
    if (!type_constraint_apply(variable->type, literal, &variable->default_value, &error,
                               loading->arena)) {
        Str why = config_read_convert_error(&error, loading->arena);
        return diags_fail(loading->diags, default_range(block, content),
                          "Invalid default value for variable",
                          "The default does not match the variable's type: %.*s.", STR_ARG(why));
    }
    variable->has_default = true;
    return true;
}

typedef struct VariableSearch {
    Str name;
    bool is_found;
} VariableSearch;

static void look_for_variable(Traversal *traversal, void *payload) {
    VariableSearch *search = payload;
    if (str_equal_cstr(traversal->root, "var") && traversal->step_count > 0 &&
        str_equal(traversal->steps[0].name, search->name))
        search->is_found = true;
}

/* Rejects validations that do not refer to the variable. */
static bool check_validations(ConfigLoading *loading, const Variable *variable) {
    bool ok = true;
    vec_each(&variable->validations, validation) {
        VariableSearch search = {.name = variable->name};
        expr_each_traversal(validation->condition, look_for_variable, &search);
        if (search.is_found)
            continue;
        ok = diags_fail(loading->diags, validation->condition->range,
                        "Invalid variable validation condition",
                        "The condition must refer to var.%.*s, the value to validate.",
                        STR_ARG(variable->name));
    }
    return ok;
}

static bool check_deprecated(ConfigLoading *loading, const BodyContent *content, Str text) {
    const BodyAttribute *attribute = body_content_find(content, "deprecated");
    if (!attribute || text.len)
        return true;
    return diags_fail(loading->diags, attribute->expr->range, "Invalid deprecation message",
                      "\"deprecated\" must be a non-empty string that describes the replacement.");
}

/* Rejects `const` for sensitive and ephemeral variables, because plans and module manifests
 * store the values. */
static bool check_const(ConfigLoading *loading, const BodyContent *content,
                        const Variable *variable) {
    const BodyAttribute *attribute = body_content_find(content, "const");
    if (!variable->is_const || (!variable->sensitive && !variable->ephemeral))
        return true;
    return diags_fail(
        loading->diags, attribute->expr->range, "Invalid constant variable",
        "A variable that is %s cannot be constant, because constant values are stored and shown.",
        variable->sensitive ? "sensitive" : "ephemeral");
}

static bool variable_decode(ConfigLoading *loading, const BodyBlock *block) {
    static const BodyAttributeSchema attributes[] = {
        {"type", false, BODY_CODE},
        {"default", false, BODY_VALUE},
        {"description", false, BODY_VALUE, CONFIG_TEXT(Variable, description)},
        {"sensitive", false, BODY_LITERAL, CONFIG_FLAG(Variable, sensitive)},
        {"nullable", false, BODY_LITERAL, CONFIG_FLAG(Variable, nullable)},
        {"ephemeral", false, BODY_LITERAL, CONFIG_FLAG(Variable, ephemeral)},
        {"deprecated", false, BODY_LITERAL, CONFIG_TEXT(Variable, deprecated)},
        {"const", false, BODY_LITERAL, CONFIG_FLAG(Variable, is_const)},
    };
    static const BodyBlockSchema blocks[] = {{"validation", 0}};
    static const BodySchema schema = {BODY_ATTRIBUTES(attributes), BODY_BLOCKS(blocks)};
    BodyContent content;
    Variable *variable = arena_new(loading->arena, Variable);
    *variable = (Variable){.name = block->labels[0], .nullable = true, .range = block->range};
    map_put(loading->arena, &loading->module->variables, variable->name, variable);
    bool ok = config_block_read(loading, block->body, &schema, &content, NULL, variable);
    variable->has_const = body_content_find(&content, "const") != NULL;
    ok &= check_const(loading, &content, variable);
    ok &= check_deprecated(loading, &content, variable->deprecated);
    ok &= variable_read_type(loading, config_read_expr(&content, "type"), variable) &&
          read_default(loading, block, &content, variable);
    ok &= config_read_conditions(&content, "validation", &variable->validations);
    return check_validations(loading, variable) && ok;
}

static const char *const variable_fixed[] = {"validation", NULL};

const ConfigBlock config_variable = {
    .name = "variable",
    .labels = 1,
    .noun = "variable",
    .identify = variable_identify,
    .decode = variable_decode,
    .fixed = variable_fixed,
};
