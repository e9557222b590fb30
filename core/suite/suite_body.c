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

static bool bind_content(const BoundBody *self, BodyContent *content) {
    bool ok = true;
    size_t kept = 0;
    for (size_t i = 0; i < content->attributes.count; i++) {
        BodyAttribute attribute = content->attributes.items[i];
        if (suite_body_bind(self, &attribute, content->arena, content->diags)) {
            content->attributes.items[kept++] = attribute;
            continue;
        }
        vec_push(content->arena, &content->failed, attribute.name);
        ok = false;
    }
    content->attributes.count = kept;
    vec_each(&content->blocks, block) {
        block->body = suite_body_new(block->body, self->scope, content->arena);
    }
    return ok;
}

static bool bound_content(const Body *body, const BodySchema *schema, BodyContent *out,
                          const Body **rest) {
    const BoundBody *self = (const BoundBody *)body;
    bool ok = body_content(self->inner, schema, out, rest, out->arena, out->diags);
    if (rest && *rest)
        *rest = suite_body_new(*rest, self->scope, out->arena);
    return bind_content(self, out) && ok;
}

static bool bound_attributes(const Body *body, BodyForm form, BodyContent *out) {
    const BoundBody *self = (const BoundBody *)body;
    bool ok = body_attributes(self->inner, form, out, out->arena, out->diags);
    return bind_content(self, out) && ok;
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
