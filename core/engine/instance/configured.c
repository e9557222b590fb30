/* Evaluates the arguments of a block, checks them before planning, and replaces those that
 * ignore_changes names by prior values. */
#include "configured.h"
#include "digest.h"
#include "json.h"
#include "log.h"
#include "mask.h"
#include "module_origin.h"
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

/* Ephemeral values are allowed only in write-only attributes, in ephemeral resources and in lists,
 * which are not stored. */
static bool configured_check_ephemeral(InstanceOp *op, const Configured *configured) {
    bool ok = true;
    if (op->record->address.mode == MODE_EPHEMERAL || op->record->address.mode == MODE_LIST)
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
    if (op->walk->phase == PHASE_VALIDATE || !path_find_unstorable(config, &path, op->scratch))
        return true;
    return diags_fail(&op->diags, decode_range_of(op->resource->decoded, path), "Infinite number",
                      "The number in %.*s is infinite, for example after a division by zero, or "
                      "has more than a million digits, so it cannot be stored.",
                      STR_ARG(path_to_str(path, op->scratch)));
}

/* Splits a marked value into a plain value and the paths of its marks. */
static Configured configured_split(Value marked, Arena *arena) {
    Configured configured = {.marked = marked, .value = marked};
    path_find_marks(marked, MARK_SENSITIVE, &configured.sensitive, arena);
    path_find_marks(marked, MARK_EPHEMERAL, &configured.ephemeral, arena);
    if (value_has_marks_anywhere(marked))
        configured.value = value_unmark_deep(marked, arena);
    return configured;
}

static void log_marks(const InstanceOp *op, const Configured *configured) {
    log_debug("configuration", log_text("address", op->address),
              log_number("sensitive", (int64_t)configured->sensitive.count),
              log_number("ephemeral", (int64_t)configured->ephemeral.count),
              log_number("known", value_is_wholly_known(configured->value)));
}

/* Reports arguments that refer to their own resource. */
static bool check_selfs(InstanceOp *op) {
    const PartErrors *errors = node_find_errors(op->node, op->resource->config->body);
    size_t before = op->diags.count;
    if (!errors || !errors->is_late)
        return true;
    diags_append(&op->diags, &errors->diags);
    diags_set_subject(&op->diags, before, DIAG_EXPRESSION);
    return false;
}

bool configured_read(InstanceOp *op, const ModuleScope *scope, Configured *out) {
    size_t before = op->diags.count;
    Value marked;
    *out = (Configured){0};
    if (!check_selfs(op))
        return false;
    if (!decode_eval(op->resource->decoded, &scope->scope, &marked, op->scratch, &op->diags)) {
        diags_set_subject(&op->diags, before, DIAG_EXPRESSION);
        return false;
    }
    op->config = marked;
    mask_collect(marked, &op->secrets, op->scratch);
    *out = configured_split(marked, op->scratch);
    if (log_enabled(LOG_DEBUG))
        log_marks(op, out);
    return configured_check_ephemeral(op, out) && check_finite(op, out->value) &&
           module_origin_check(scope, op->schema, op->resource->decoded, out->value, op->scratch,
                               &op->diags);
}

bool configured_evaluate(InstanceOp *op, const ModuleScope *scope, Configured *out) {
    return configured_read(op, scope, out) && provider_call_validate(op, out->value);
}

Str configured_digest(const Configured *configured, const Schema *schema, Arena *arena) {
    if (configured->ephemeral.count > 0 || !value_is_wholly_known(configured->value))
        return STR_EMPTY;
    Str text = json_typed_text(configured->value, schema_implied_type(schema), arena);
    return digest_hex(DIGEST_SHA256, text, arena);
}

static Path ignored_path(const Traversal *traversal, Arena *arena) {
    Path path = path_attribute((Path){0}, traversal->root, arena);
    for (size_t i = 0; i < traversal->step_count; i++) {
        const TraversalStep *step = &traversal->steps[i];
        path = step->is_index ? path_index(path, step->key, arena)
                              : path_attribute(path, step->name, arena);
    }
    return path;
}

static bool is_set_by_provider(const Attribute *attribute) {
    return !(attribute->flags & (OPTIONAL | REQUIRED));
}

/* Returns the prior object as a configuration: attributes that only the provider sets are null. */
static Value drop_computed(const Schema *schema, Value prior, Arena *arena);

static Value drop_computed_nested(const Schema *schema, Nesting nesting, Value prior,
                                  Arena *arena) {
    if (!value_is_present(prior) || !schema_has(schema, is_set_by_provider))
        return prior;
    if (nesting == NEST_SINGLE)
        return drop_computed(schema, prior, arena);
    Value *items = value_copy_items(prior, arena);
    for (size_t i = 0; i < prior.count; i++)
        items[i] = drop_computed(schema, items[i], arena);
    return value_with_items(prior, items, arena);
}

static Value drop_computed(const Schema *schema, Value prior, Arena *arena) {
    if (!value_is_present(prior))
        return prior;
    Value *items = value_copy_items(prior, arena);
    for (size_t i = 0; i < prior.count; i++) {
        SchemaMember member;
        if (!schema_find_member(schema, value_key_at(prior, i), &member))
            continue;
        if (member.attribute && is_set_by_provider(member.attribute))
            items[i] = value_null(items[i].type);
        else if (member.nested)
            items[i] = drop_computed_nested(member.nested, member.nesting, items[i], arena);
    }
    return value_with_items(prior, items, arena);
}

/* Restores one key of a map: its prior element with the marks of the prior map, or its absence. */
static Value ignore_key(Value before, Value config, Str key, Arena *arena) {
    Value item;
    bool was_there = value_find(before, key, &item);
    size_t count = value_is_present(config) ? config.count : 0;
    Str *keys = arena_new_array(arena, Str, count + 1);
    Value *items = arena_new_array(arena, Value, count + 1);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (str_equal(value_key_at(config, i), key))
            continue;
        keys[kept] = value_key_at(config, i);
        items[kept++] = value_at(config, i);
    }
    if (was_there) {
        keys[kept] = key;
        items[kept++] = value_with_marks(item, before.marks);
    }
    if (kept == 0 && value_is_null(config))
        return config;
    Value map = value_map(config.type->element, keys, items, kept, arena);
    return value_with_marks(map, config.marks);
}

static bool configured_last_key(Path path, Str *out) {
    const PathStep *last = &path.steps[path.count - 1];
    if (!last->is_index)
        *out = last->name;
    else if (value_is_present(last->key) && last->key.type->kind == KIND_STRING)
        *out = value_text(last->key);
    else
        return false;
    return true;
}

static bool ends_in_text_key(Path path) {
    const PathStep *last = &path.steps[path.count - 1];
    return last->is_index && value_is_present(last->key) && last->key.type->kind == KIND_STRING;
}

/* If the last step selects in a map, it names one element: .key or ["key"]. In any other value,
 * ["key"] is dropped, so the path means the whole value. */
static Value ignore_path(Value prior, Value config, Path path, Arena *arena) {
    Path outer = {path.steps, path.count - 1};
    Value before, now;
    Str key;
    if (configured_last_key(path, &key) && path_get(prior, outer, &before) &&
        path_get(config, outer, &now) && now.type->kind == KIND_MAP) {
        if (!value_is_known(now))
            return config;
        return path_set(config, outer, ignore_key(before, now, key, arena), arena);
    }
    if (ends_in_text_key(path))
        path = outer;
    return path_get(prior, path, &before) ? path_set(config, path, before, arena) : config;
}

static Value ignore_changes(InstanceOp *op, Value prior, Value config) {
    const Lifecycle *lifecycle = &op->resource->config->lifecycle;
    if (lifecycle->ignore_all_changes)
        return drop_computed(op->schema, prior, op->scratch);
    vec_each(&lifecycle->ignore_changes, item) {
        config = ignore_path(prior, config, ignored_path(*item, op->scratch), op->scratch);
    }
    return config;
}

void configured_ignore_changes(InstanceOp *op, Value prior, Configured *configured) {
    const Lifecycle *lifecycle = &op->resource->config->lifecycle;
    bool ignores = lifecycle->ignore_all_changes || lifecycle->ignore_changes.count > 0;
    if (!ignores || !value_is_present(prior) || !value_is_present(configured->marked))
        return;
    *configured = configured_split(ignore_changes(op, prior, configured->marked), op->scratch);
    log_debug("changes ignored", log_text("address", op->address),
              log_number("all", lifecycle->ignore_all_changes),
              log_number("paths", (int64_t)lifecycle->ignore_changes.count),
              log_number("sensitive", (int64_t)configured->sensitive.count));
}
