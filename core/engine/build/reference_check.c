/* Names that are not blocks are in a table, with their attributes; steps follow a schema. */
#include "reference_check.h"
#include "eval.h"

typedef struct PlaceName {
    const char *root;
    ReferenceKind kind;
    const char *attributes[4];
    const char *listed; /* attributes, as listed in messages */
} PlaceName;

static const PlaceName place_names[] = {
    {"count", REFERENCE_COUNT, {"index"}, "\"index\""},
    {"each", REFERENCE_EACH, {"key", "value"}, "\"key\" and \"value\""},
    {"path", REFERENCE_PATH, {"module", "root", "cwd"}, "\"module\", \"root\" and \"cwd\""},
    {"terraform", REFERENCE_TERRAFORM, {"workspace", "applying"}, "\"workspace\""},
    {"tofu", REFERENCE_TERRAFORM, {"workspace", "applying"}, "\"workspace\""},
    {"loam",
     REFERENCE_TERRAFORM,
     {"workspace", "applying", "environment"},
     "\"workspace\" and \"environment\""},
};

static const PlaceName *reference_check_find_name(Str root) {
    for (size_t i = 0; i < ARRAY_COUNT(place_names); i++)
        if (str_equal_cstr(root, place_names[i].root))
            return &place_names[i];
    return NULL;
}

static bool report_repetition(const Reference *reference, Diags *diags) {
    bool is_count = reference->kind == REFERENCE_COUNT;
    return diags_fail(diags, reference->range,
                      is_count ? "Reference to \"count\" in non-counted context"
                               : "Reference to \"each\" in context without for_each",
                      "\"%s.%.*s\" can be used only in a block where \"%s\" is set.",
                      is_count ? "count" : "each", STR_ARG(reference->name),
                      is_count ? "count" : "for_each");
}

static bool report_attribute(const PlaceName *name, Str attribute, SourceRange range,
                             Diags *diags) {
    Str summary = str_format(diags->arena, "Invalid \"%s\" attribute", name->root);
    return diags_fail(diags, range, str_to_cstr(summary, diags->arena),
                      "\"%s\" has no attribute \"%.*s\"; it has %s.", name->root,
                      STR_ARG(attribute), name->listed);
}

static bool reference_check_attribute(const Reference *reference, Diags *diags) {
    const PlaceName *name = reference_check_find_name(reference->traversal->root);
    for (size_t i = 0; i < ARRAY_COUNT(name->attributes) && name->attributes[i]; i++)
        if (str_equal_cstr(reference->name, name->attributes[i]))
            return true;
    return report_attribute(name, reference->name, reference->range, diags);
}

bool reference_check_name(AllowedNames allowed, const Reference *reference, Diags *diags) {
    switch (reference->kind) {
    case REFERENCE_COUNT:
        return reference_check_attribute(reference, diags) &&
               (allowed.repetition == REPEAT_COUNT || report_repetition(reference, diags));
    case REFERENCE_EACH:
        return reference_check_attribute(reference, diags) &&
               (allowed.repetition == REPEAT_EACH || report_repetition(reference, diags));
    case REFERENCE_SELF:
        if (allowed.allows_self)
            return true;
        return diags_fail(diags, reference->range, "Invalid \"self\" reference",
                          "\"self\" refers to the object of a postcondition, a provisioner or a "
                          "connection, and cannot be used elsewhere.");
    case REFERENCE_CALLER:
        if (allowed.allows_caller)
            return true;
        return diags_fail(diags, reference->range, "Invalid \"caller\" reference",
                          "\"caller\" refers to the object that triggers an action, and can be "
                          "used only in the \"config\" block of an action.");
    case REFERENCE_RESOURCE:
        if (reference->mode != MODE_ACTION || allowed.allows_actions)
            return true;
        return diags_fail(diags, reference->range, "Invalid reference",
                          "An action has no value. It can be referred to only in the \"actions\" "
                          "of an action_trigger block.");
    case REFERENCE_PATH:
    case REFERENCE_TERRAFORM: return reference_check_attribute(reference, diags);
    case REFERENCE_VARIABLE:
    case REFERENCE_LOCAL:
    case REFERENCE_MODULE: break;
    }
    return true;
}

void reference_check_root(const Traversal *traversal, Diags *diags) {
    const PlaceName *name = reference_check_find_name(traversal->root);
    size_t before = diags->count;
    if (name)
        (void)report_attribute(name, STR_EMPTY, NO_RANGE, diags);
    else if (str_equal_cstr(traversal->root, "var") || str_equal_cstr(traversal->root, "local"))
        diags_error(diags, NO_RANGE, "Reference to an object without a name",
                    "\"%.*s\" refers to all objects of its kind. Add the name of one of them.",
                    STR_ARG(traversal->root));
    diags_set_subject(diags, before, DIAG_NAME);
}

static void report_member(const StepCheck *check, const TraversalStep *step, const Schema *schema) {
    StrVec names = {0};
    for (size_t i = 0; i < schema->attribute_count; i++)
        vec_push(check->errors->arena, &names, str_from_cstr(schema->attributes[i].name));
    Str hint = str_did_you_mean(step->name, names.items, names.count, check->errors->arena);
    diags_error(check->errors, step->range, "Unsupported attribute",
                "This object does not have an attribute named \"%.*s\".%.*s", STR_ARG(step->name),
                STR_ARG(hint));
}

/* Checks the steps into a nested block, from `at` on. */
static void check_block_steps(const StepCheck *check, const Block *block, size_t at) {
    const Traversal *traversal = check->reference->traversal;
    if (at >= traversal->step_count)
        return;
    const TraversalStep *step = &traversal->steps[at];
    switch (block->nesting) {
    case NEST_SINGLE: reference_check_steps(check, &block->schema, at); return;
    case NEST_MAP: reference_check_steps(check, &block->schema, at + 1); return;
    case NEST_LIST:
        if (step->is_index) {
            reference_check_steps(check, &block->schema, at + 1);
            return;
        }
        diags_error(check->errors, step->range, "Invalid operation",
                    "The blocks \"%s\" are a list of objects. Select one by its index, as in "
                    ".%s[0], or all, as in .%s[*].",
                    block->name, block->name, block->name);
        return;
    case NEST_SET:
        diags_error(check->errors, step->range, "Cannot index a set value",
                    "The blocks \"%s\" are a set of objects without keys. To select one, use a "
                    "\"for\" expression with an \"if\" clause.",
                    block->name);
        return;
    }
}

static void check_attribute_steps(const StepCheck *check, const Attribute *attribute, size_t at) {
    const Traversal *traversal = check->reference->traversal;
    Value value = value_unknown(attribute_implied_type(attribute));
    Diags found = diags_new(check->errors->arena);
    if ((attribute->flags & DEPRECATED) && !(attribute->flags & WARNS_ITSELF))
        diags_warning(check->deprecations, traversal->steps[at - 1].range, "Deprecated attribute",
                      "The attribute \"%s\" is deprecated: %s", attribute->name,
                      attribute->description)
            ->is_deprecation = true;
    if (!eval_steps(value, traversal, at, &value, check->errors->arena, &found))
        diags_append(check->errors, &found);
}

void reference_check_steps(const StepCheck *check, const Schema *schema, size_t at) {
    const Traversal *traversal = check->reference->traversal;
    if (at >= traversal->step_count)
        return;
    const TraversalStep *step = &traversal->steps[at];
    const Attribute *attribute = step->is_index ? NULL : schema_find_attribute(schema, step->name);
    const Block *block = step->is_index ? NULL : schema_find_block(schema, step->name);
    if (step->is_index)
        diags_error(check->errors, step->range, "Invalid index operation",
                    "Write an attribute of this object after a dot, not in brackets.");
    else if (attribute)
        check_attribute_steps(check, attribute, at + 1);
    else if (block && block->since && !check->has_newer)
        diags_error(check->errors, step->range, "Unsupported attribute",
                    "%.*s has no \"%s\" block, so its object does not have this attribute.",
                    STR_ARG(check->resource), block->name);
    else if (block)
        check_block_steps(check, block, at + 1);
    else if (str_equal_cstr(step->name, "count"))
        diags_error(
            check->errors, check->reference->range, "Invalid resource count attribute",
            "A resource has no attribute \"count\". For the number of instances, use length(%.*s).",
            STR_ARG(check->resource));
    else
        report_member(check, step, schema);
}
