/* Replaces the references of a body with values. */
#include "eval.h"
#include "suite_values.h"

typedef struct BoundBody {
    Body body;
    const Body *inner;
    const Scope *scope;
} BoundBody;

static bool suite_body_bind(const BoundBody *self, BodyAttribute *attribute, Arena *arena,
                            Diags *diags) {
    Value value;
    if (!expr_has_traversal(attribute->expr))
        return true;
    if (!eval_expr(attribute->expr, self->scope, &value, arena, diags))
        return false;
    attribute->expr = expr_literal(value, attribute->expr->range, arena);
    return true;
}

static bool bind_all(const BoundBody *self, BodyContent *content, Arena *arena, Diags *diags) {
    bool ok = true;
    size_t kept = 0;
    for (size_t i = 0; i < content->attributes.count; i++) {
        BodyAttribute attribute = content->attributes.items[i];
        if (suite_body_bind(self, &attribute, arena, diags)) {
            content->attributes.items[kept++] = attribute;
            continue;
        }
        vec_push(arena, &content->failed, attribute.name);
        ok = false;
    }
    content->attributes.count = kept;
    vec_each(&content->blocks, block) {
        block->body = suite_body_new(block->body, self->scope, arena);
    }
    return ok;
}

static bool bound_content(const Body *body, const BodySchema *schema, BodyContent *out,
                          const Body **rest, Arena *arena, Diags *diags) {
    const BoundBody *self = (const BoundBody *)body;
    bool ok = body_content(self->inner, schema, out, rest, arena, diags);
    if (rest && *rest)
        *rest = suite_body_new(*rest, self->scope, arena);
    return bind_all(self, out, arena, diags) && ok;
}

static bool bound_attributes(const Body *body, BodyForm form, BodyContent *out, Arena *arena,
                             Diags *diags) {
    const BoundBody *self = (const BoundBody *)body;
    bool ok = body_attributes(self->inner, form, out, arena, diags);
    return bind_all(self, out, arena, diags) && ok;
}

const Body *suite_body_new(const Body *inner, const Scope *scope, Arena *arena) {
    static const BodyOperations operations = {bound_content, bound_attributes};
    BoundBody *self = arena_new(arena, BoundBody);
    self->body = *inner;
    self->body.operations = &operations;
    self->inner = inner;
    self->scope = scope;
    return &self->body;
}
