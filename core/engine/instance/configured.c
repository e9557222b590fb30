/* Evaluates the arguments of a block, and checks them before planning. */
#include "configured.h"

#include "mask.h"
#include "provider_call.h"

/* Returns the path of the argument that contains `path`, inside nested blocks if necessary. */
static Path argument_path(const Schema *schema, Path path, const Attribute **out) {
    *out = NULL;
    for (size_t i = 0; i < path.count; i++) {
        if (path.steps[i].is_index)
            continue;
        *out = schema_find_attribute(schema, path.steps[i].name);
        const Block *block = *out ? NULL : schema_find_block(schema, path.steps[i].name);
        if (!block)
            return (Path){path.steps, i + 1};
        schema = &block->schema;
    }
    return path;
}

/* Ephemeral values are allowed only in write-only attributes and in ephemeral resources. */
static bool check_ephemeral(InstanceOp *op, const Configured *configured) {
    bool ok = true;
    if (op->record->address.mode == MODE_EPHEMERAL)
        return true;
    vec_each(&configured->ephemeral, path) {
        const Attribute *attribute;
        Path argument = argument_path(op->schema, *path, &attribute);
        if (attribute && (attribute->flags & WRITE_ONLY))
            continue;
        ok = false;
        diags_error(&op->diags, decode_range_of(op->resource->decoded, argument),
                    "Invalid use of ephemeral value",
                    "%.*s cannot contain an ephemeral value, because the state would store it.",
                    STR_ARG(path_to_str(*path, op->scratch)));
    }
    return ok;
}

/* Neither plan nor state can store an infinite number. */
static bool check_finite(InstanceOp *op, Value config) {
    Path path;
    if (op->walk->phase == PHASE_VALIDATE || !path_find_infinity(config, &path, op->scratch))
        return true;
    diags_error(&op->diags, decode_range_of(op->resource->decoded, path), "Infinite number",
                "The number in %.*s is infinite, for example after a division by zero, or has more "
                "than a million digits, so it cannot be stored.",
                STR_ARG(path_to_str(path, op->scratch)));
    return false;
}

Configured configured_from(Value marked, Arena *arena) {
    Configured configured = {.marked = marked, .value = marked};
    path_find_marks(marked, MARK_SENSITIVE, &configured.sensitive, arena);
    path_find_marks(marked, MARK_EPHEMERAL, &configured.ephemeral, arena);
    if (value_has_marks_anywhere(marked))
        configured.value = value_unmark_deep(marked, arena);
    return configured;
}

bool configured_evaluate(InstanceOp *op, const ModuleScope *scope, Configured *out) {
    size_t before = op->diags.count;
    Value marked;
    *out = (Configured){0};
    if (!decode_eval(op->resource->decoded, &scope->scope, &marked, op->scratch, &op->diags)) {
        diags_set_subject(&op->diags, before, DIAG_EXPRESSION);
        return false;
    }
    mask_collect(marked, &op->secrets, op->scratch);
    *out = configured_from(marked, op->scratch);
    if (!check_ephemeral(op, out) || !check_finite(op, out->value))
        return false;
    return provider_call_validate(op, out->value);
}
