/* reference: determines which kind of object a traversal names, by its root name. */
#include "reference.h"

typedef struct ReferenceRoot {
    const char *root;
    ReferenceKind kind;
    ResourceMode mode;
    uint8_t names; /* number of attribute names that must follow */
    const char *form;
} ReferenceRoot;

static const ReferenceRoot roots[] = {
    {"var", REFERENCE_VARIABLE, MODE_MANAGED, 1, "var.NAME"},
    {"local", REFERENCE_LOCAL, MODE_MANAGED, 1, "local.NAME"},
    {"module", REFERENCE_MODULE, MODE_MANAGED, 1, "module.NAME"},
    {"path", REFERENCE_PATH, MODE_MANAGED, 1, "path.module"},
    {"terraform", REFERENCE_TERRAFORM, MODE_MANAGED, 1, "terraform.workspace"},
    {"tofu", REFERENCE_TERRAFORM, MODE_MANAGED, 1, "tofu.workspace"},
    {"loam", REFERENCE_TERRAFORM, MODE_MANAGED, 1, "loam.workspace"},
    {"count", REFERENCE_COUNT, MODE_MANAGED, 1, "count.index"},
    {"each", REFERENCE_EACH, MODE_MANAGED, 1, "each.key"},
    {"self", REFERENCE_SELF, MODE_MANAGED, 0, "self"},
    {"caller", REFERENCE_CALLER, MODE_MANAGED, 0, "caller"},
    {"data", REFERENCE_RESOURCE, MODE_DATA, 2, "data.TYPE.NAME"},
    {"resource", REFERENCE_RESOURCE, MODE_MANAGED, 2, "resource.TYPE.NAME"},
    {"ephemeral", REFERENCE_RESOURCE, MODE_EPHEMERAL, 2, "ephemeral.TYPE.NAME"},
    {"action", REFERENCE_RESOURCE, MODE_ACTION, 2, "action.TYPE.NAME"},
    {"list", REFERENCE_RESOURCE, MODE_LIST, 2, "list.TYPE.NAME"},
};

static const ReferenceRoot *reference_root(Str name) {
    for (size_t i = 0; i < ARRAY_COUNT(roots); i++)
        if (str_equal_cstr(name, roots[i].root))
            return &roots[i];
    return NULL;
}

/* Returns step i as an attribute name; empty if there is none or it is an index. */
static Str reference_step(const Traversal *traversal, size_t i) {
    if (i >= traversal->step_count || traversal->steps[i].is_index)
        return STR_EMPTY;
    return traversal->steps[i].name;
}

static bool reference_malformed(const Traversal *traversal, const char *form, Diags *diags) {
    SourceRange range = traversal->step_count > 0 && traversal->steps[0].is_index
                            ? traversal->steps[0].range
                            : traversal->range;
    return diags_fail(diags, range, "Invalid reference",
                      "The name \"%.*s\" must be followed by attribute names, as in %s.",
                      STR_ARG(traversal->root), form);
}

static void reference_take_key(Reference *reference) {
    const Traversal *traversal = reference->traversal;
    if (reference->kind != REFERENCE_RESOURCE && reference->kind != REFERENCE_MODULE)
        return;
    if (reference->used < traversal->step_count && traversal->steps[reference->used].is_index)
        reference->key = address_key_from_value(traversal->steps[reference->used].key);
}

/* Returns the range of the object's name without the steps into it; for a module's output,
 * including the output name. */
static SourceRange reference_object_range(const Reference *reference) {
    const Traversal *traversal = reference->traversal;
    bool may_have_key =
        reference->kind == REFERENCE_RESOURCE || reference->kind == REFERENCE_MODULE;
    size_t count = reference->used;
    if (may_have_key && count < traversal->step_count && traversal->steps[count].is_index)
        count++;
    if (reference->kind == REFERENCE_MODULE && count < traversal->step_count)
        count++;
    if (count == 0 || count > traversal->step_count)
        return traversal->root_range;
    return source_range_join(traversal->root_range, traversal->steps[count - 1].range);
}

bool reference_from_traversal(Traversal *traversal, Reference *out, Diags *diags) {
    Reference reference = {
        .kind = REFERENCE_RESOURCE, .traversal = traversal, .range = traversal->range};
    const ReferenceRoot *root = reference_root(traversal->root);
    if (!root) {
        reference.type = traversal->root;
        reference.name = reference_step(traversal, 0);
        reference.used = 1;
        if (!reference.name.len) {
            bool is_key = traversal->step_count > 0 && traversal->steps[0].is_index;
            return diags_fail(
                diags, is_key ? traversal->steps[0].range : traversal->range, "Invalid reference",
                "A reference to a resource requires its type and its name: \"%.*s\" alone "
                "is not known. To refer to a variable, write var.%.*s.",
                STR_ARG(traversal->root), STR_ARG(traversal->root));
        }
    } else {
        reference.kind = root->kind;
        reference.mode = root->mode;
        reference.used = root->names;
        if (root->names == 2)
            reference.type = reference_step(traversal, 0);
        if (root->names)
            reference.name = reference_step(traversal, root->names - 1u);
        if ((root->names && !reference.name.len) || (root->names == 2 && !reference.type.len))
            return reference_malformed(traversal, root->form, diags);
    }
    reference_take_key(&reference);
    reference.range = reference_object_range(&reference);
    *out = reference;
    return true;
}

typedef struct Collecting {
    References *out;
    Arena *arena;
    Diags *diags;
    bool failed;
} Collecting;

static void reference_visit(Traversal *traversal, void *payload) {
    Collecting *collecting = payload;
    Reference reference;
    if (reference_from_traversal(traversal, &reference, collecting->diags)) {
        vec_push(collecting->arena, collecting->out, reference);
    } else {
        collecting->failed = true;
    }
}

bool reference_collect(const Expr *expr, References *out, Arena *arena, Diags *diags) {
    Collecting collecting = {.out = out, .arena = arena, .diags = diags};
    expr_each_traversal(expr, reference_visit, &collecting);
    return !collecting.failed;
}

Str reference_to_str(const Reference *reference, Arena *arena) {
    Str root = reference->traversal->root;
    if (reference->kind == REFERENCE_SELF || reference->kind == REFERENCE_CALLER)
        return root;
    if (reference->kind != REFERENCE_RESOURCE)
        return str_format(arena, "%.*s.%.*s", STR_ARG(root), STR_ARG(reference->name));
    Str prefix = resource_mode_prefix(reference->mode);
    return str_format(arena, "%.*s%.*s.%.*s", STR_ARG(prefix), STR_ARG(reference->type),
                      STR_ARG(reference->name));
}
