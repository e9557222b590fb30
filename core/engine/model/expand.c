/* Evaluates count, for_each and enabled. */
#include "expand.h"
#include "deferrals.h"

static void single(Expansion *out, Arena *arena) {
    out->kind = REPEAT_NONE;
    out->count = 1;
    out->keys = arena_new_array(arena, InstanceKey, 1);
    out->values = arena_new_array(arena, Value, 1);
    out->values[0] = value_null(&TYPE_DYNAMIC);
}

static bool expand_has_preview_variable(const PlanOptions *options) {
    map_each(options->variables, entry) {
        if (!value_is_wholly_known(*(const Value *)entry->value))
            return true;
    }
    return false;
}

/* The last words of an error about unknown keys. */
static Str way_out(const PlanOptions *options, const Repetition *repetition, Arena *arena) {
    bool is_preview = options && options->variables && expand_has_preview_variable(options);
    return str_format(arena, "with the -target option%s.%s",
                      repetition->must_be_known ? "" : ", or plan with -allow-deferral",
                      is_preview ? " If it depends on a variable of -unknown, plan with the value "
                                   "of that variable."
                                 : "");
}

static bool unknown_keys(const ModuleScope *scope, RepetitionKind kind,
                         const Repetition *repetition, Expansion *out, Diags *diags) {
    const PlanOptions *options = scope->walk->options;
    bool is_validating = scope->walk->phase == PHASE_VALIDATE;
    if (is_validating || (options && options->mode == PLAN_DESTROY)) {
        /* A destroy plan uses the instances in the state. */
        *out = (Expansion){.kind = kind, .is_unknown = true, .count = is_validating ? 1 : 0};
        return true;
    }
    if (deferrals_are_allowed(scope->walk) && !repetition->must_be_known) {
        *out = deferrals_expand(scope->walk, kind);
        return true;
    }
    Str advice = way_out(options, repetition, diags->arena);
    if (kind == REPEAT_NONE) {
        diags_error(diags, repetition->enabled->range, "Invalid enabled argument",
                    "The \"enabled\" value depends on resource attributes that cannot be "
                    "determined until apply, so loam cannot plan whether the instance exists. "
                    "Apply its dependencies first %.*s",
                    STR_ARG(advice));
    } else if (kind == REPEAT_COUNT) {
        diags_error(diags, repetition->count->range, "Invalid count argument",
                    "The \"count\" value depends on resource attributes that cannot be determined "
                    "until apply, so loam cannot plan how many instances will be created. Apply "
                    "the dependencies of the count first %.*s",
                    STR_ARG(advice));
    } else {
        diags_error(diags, repetition->for_each->range, "Invalid for_each argument",
                    "The \"for_each\" value has keys derived from resource attributes that cannot "
                    "be determined until apply, so loam cannot plan the instances. Use a map with "
                    "known keys, in which only the values depend on other resources. Otherwise "
                    "apply the dependencies first %.*s",
                    STR_ARG(advice));
    }
    return false;
}

static bool reject_count(const Expr *expr, Diags *diags, const char *detail) {
    return diags_fail(diags, expr->range, "Invalid count argument", "%s", detail);
}

/* Converts a known value without marks to a whole number. */
static bool expand_read_count(const Expr *expr, Value value, bool is_secret, int64_t *out,
                              Arena *arena, Diags *diags) {
    ConvertError error;
    Value number;
    if (value_is_null(value))
        return reject_count(expr, diags, "The \"count\" value is null. An integer is required.");
    if (!convert_value(value, &TYPE_NUMBER, &number, &error, arena))
        return diags_fail(diags, expr->range, "Invalid count argument",
                          "The \"count\" value is unsuitable: %.*s.", STR_ARG(error.message));
    if (value_to_int(number, out) && *out >= 0 && *out <= INT32_MAX)
        return true;
    return diags_fail(
        diags, expr->range, "Invalid count argument",
        "The \"count\" value must be an integer from 0 to 2147483647, but is %.*s.",
        STR_ARG(is_secret ? STR("a sensitive value") : value_number_text(number, arena)));
}

static bool expand_count(const Repetition *repetition, const ModuleScope *scope, Expansion *out,
                         Arena *arena, Diags *diags) {
    const Expr *expr = repetition->count;
    Value value;
    int64_t count;
    if (!eval_expr(expr, &scope->scope, &value, arena, diags))
        return false;
    if (value_has_mark(value, MARK_EPHEMERAL))
        return reject_count(
            expr, diags,
            "The \"count\" value is ephemeral, so it cannot determine the number of instances.");
    bool is_secret = value_is_secret(value);
    value = value_unmark_deep(value, arena);
    if (!value_is_known(value))
        return unknown_keys(scope, REPEAT_COUNT, repetition, out, diags);
    if (!expand_read_count(expr, value, is_secret, &count, arena, diags)) {
        if (value_is_present(value) && !type_is_primitive(value.type))
            eval_show_values(expr, &scope->scope, NULL, arena, diags);
        return false;
    }
    out->kind = REPEAT_COUNT;
    out->count = (size_t)count;
    out->keys = arena_new_array(arena, InstanceKey, out->count);
    out->values = arena_new_array(arena, Value, out->count);
    for (size_t i = 0; i < out->count; i++) {
        out->keys[i] = (InstanceKey){.kind = KEY_INT, .index = (int64_t)i};
        out->values[i] = value_null(&TYPE_DYNAMIC);
    }
    return true;
}

static bool reject_for_each(const Expr *expr, Diags *diags, const char *detail) {
    return diags_fail(diags, expr->range, "Invalid for_each argument", "%s", detail);
}

static bool expand_check_for_each(const Expr *expr, Value value, Diags *diags) {
    TypeKind kind = value.type->kind;
    if (value_has_mark(value, MARK_SENSITIVE)) {
        return reject_for_each(
            expr, diags,
            "Sensitive values, or values derived from them, cannot be used as \"for_each\" "
            "arguments, because the addresses of the instances would show them.");
    }
    if (value_has_mark(value, MARK_EPHEMERAL)) {
        return reject_for_each(
            expr, diags,
            "The \"for_each\" value is ephemeral, so it cannot determine the instances.");
    }
    if (value_is_null(value)) {
        return reject_for_each(
            expr, diags, "The \"for_each\" value is null. A map or a set of strings is required.");
    }
    if (kind != KIND_MAP && kind != KIND_OBJECT && kind != KIND_SET && kind != KIND_DYNAMIC) {
        SCOPED(ArenaRef) scratch = arena_open("for_each");
        Str name = type_friendly_name(value.type, scratch);
        return diags_fail(diags, expr->range, "Invalid for_each argument",
                          "The \"for_each\" value must be a map or a set of strings, but is a "
                          "%.*s. To convert a list to a set, use \"toset\".",
                          STR_ARG(name));
    }
    bool has_elements = value_is_known(value) ? value.count > 0 : false;
    TypeKind element = kind == KIND_SET ? value.type->element->kind : KIND_STRING;
    if (has_elements && element != KIND_STRING && element != KIND_DYNAMIC) {
        return reject_for_each(expr, diags,
                               "A set given to \"for_each\" must be a set of strings.");
    }
    return true;
}

static bool expand_set(const Expr *expr, Value value, Expansion *out, Diags *diags) {
    for (size_t i = 0; i < out->count; i++) {
        Value item = value_at(value, i);
        if (value_is_null(item))
            return reject_for_each(expr, diags, "The set for \"for_each\" must not contain null.");
        out->keys[i] = (InstanceKey){.kind = KEY_STRING, .text = value_text(item)};
        out->values[i] = item;
    }
    return true;
}

static bool expand_value(const Repetition *repetition, Value value, const ModuleScope *scope,
                         Expansion *out, Arena *arena, Diags *diags) {
    const Expr *expr = repetition->for_each;
    if (!expand_check_for_each(expr, value, diags))
        return false;
    bool is_set = value.type->kind == KIND_SET;
    if (!value_is_known(value) || (is_set && !value_is_wholly_known(value)))
        return unknown_keys(scope, REPEAT_EACH, repetition, out, diags);
    out->kind = REPEAT_EACH;
    out->count = value.count;
    out->keys = arena_new_array(arena, InstanceKey, out->count);
    out->values = arena_new_array(arena, Value, out->count);
    if (is_set)
        return expand_set(expr, value, out, diags);
    for (size_t i = 0; i < out->count; i++) {
        out->keys[i] = (InstanceKey){.kind = KEY_STRING, .text = value_key_at(value, i)};
        out->values[i] = value_at(value, i);
    }
    return true;
}

static bool expand_for_each(const Repetition *repetition, const ModuleScope *scope, Expansion *out,
                            Arena *arena, Diags *diags) {
    const Expr *expr = repetition->for_each;
    Value value;
    if (!eval_expr(expr, &scope->scope, &value, arena, diags))
        return false;
    if (expand_value(repetition, value, scope, out, arena, diags))
        return true;
    eval_show_values(expr, &scope->scope, &value, arena, diags);
    return false;
}

static bool reject_enabled(const Expr *expr, Diags *diags, const char *detail) {
    return diags_fail(diags, expr->range, "Invalid enabled argument", "%s", detail);
}

/* Gives one instance or none. */
static bool expand_enabled(const Repetition *repetition, const ModuleScope *scope, Expansion *out,
                           Arena *arena, Diags *diags) {
    const Expr *expr = repetition->enabled;
    Value value;
    if (!eval_expr_as(expr, &scope->scope, &TYPE_BOOL, &value, arena, diags))
        return false;
    if (value_has_mark(value, MARK_SENSITIVE))
        return reject_enabled(
            expr, diags,
            "The \"enabled\" value is sensitive, and the existence of the instance would show it.");
    if (value_has_mark(value, MARK_EPHEMERAL))
        return reject_enabled(expr, diags,
                              "The \"enabled\" value is ephemeral, so it cannot determine whether "
                              "the instance exists.");
    if (!value_is_known(value))
        return unknown_keys(scope, REPEAT_NONE, repetition, out, diags);
    if (value_is_null(value))
        return reject_enabled(expr, diags,
                              "The \"enabled\" value must be true or false, but is null.");
    bool is_enabled = value_is_true(value);
    single(out, arena);
    out->count = is_enabled ? 1 : 0;
    return true;
}

static bool expand_repetition(const Repetition *repetition, const ModuleScope *scope,
                              Expansion *out, Arena *arena, Diags *diags) {
    if (repetition->count)
        return expand_count(repetition, scope, out, arena, diags);
    if (repetition->for_each)
        return expand_for_each(repetition, scope, out, arena, diags);
    if (repetition->enabled)
        return expand_enabled(repetition, scope, out, arena, diags);
    single(out, arena);
    return true;
}

bool expand_evaluate(const Repetition *repetition, const ModuleScope *scope, Expansion *out,
                     Arena *arena, Diags *diags) {
    *out = (Expansion){0};
    ModuleScope local = *scope;
    local.scope.self = &local;
    if (scope->module && deferrals_is_placeholder(scope->module) && !repetition->must_be_known) {
        *out = deferrals_expand(scope->walk, repetition->count      ? REPEAT_COUNT
                                             : repetition->for_each ? REPEAT_EACH
                                                                    : REPEAT_NONE);
        return true;
    }
    bool ok = expand_repetition(repetition, &local, out, arena, diags);
    bool is_repeated = out->kind != REPEAT_NONE || repetition->enabled;
    /* Validation evaluates a block once, for all of its instances. */
    if (ok && scope->walk->phase == PHASE_VALIDATE && is_repeated)
        *out = (Expansion){.kind = out->kind, .is_unknown = true, .count = 1};
    return ok;
}
