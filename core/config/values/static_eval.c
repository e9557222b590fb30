/* Evaluates each referenced variable or local on lookup. The chain of StaticFrames detects
 * circular references. */
#include "static_eval.h"

#include "eval.h"

struct StaticEval {
    const ConfigRequest *request;
    const Config *config;
    Map given; /* values of the root module's variables: name → InputValue */
    bool is_given;
    Arena *arena;
};

/* A name being evaluated, and the reference that led to it. */
typedef struct StaticFrame {
    const struct StaticFrame *outer;
    const Module *module;
    ReferenceKind kind;
    Str name;
} StaticFrame;

typedef struct StaticScope {
    Scope scope;
    StaticEval *self;
    const Module *module;
    const StaticFrame *frame;
} StaticScope;

static void init_scope(StaticScope *scope, StaticEval *self, const Module *module,
                       const StaticFrame *frame);

static bool static_eval_report_undeclared(const Reference *reference, const char *kind,
                                          const Map *declared, Arena *arena, Diags *diags) {
    Str hint = map_did_you_mean(declared, reference->name, arena);
    Str summary = str_format(diags->arena, "Reference to undeclared %s", kind);
    return diags_fail(diags, reference->range, str_to_cstr(summary, diags->arena),
                      "No %s named \"%.*s\" has been declared in this module.%.*s", kind,
                      STR_ARG(reference->name), STR_ARG(hint));
}

static bool check_circle(const StaticFrame *frame, SourceRange range, Diags *diags) {
    for (const StaticFrame *at = frame->outer; at; at = at->outer)
        if (at->module == frame->module && at->kind == frame->kind &&
            str_equal(at->name, frame->name))
            return diags_fail(
                diags, range, "Circular reference", "The value of %s.%.*s depends on itself.",
                frame->kind == REFERENCE_VARIABLE ? "var" : "local", STR_ARG(frame->name));
    return true;
}

/* Reads variable files and options on first use. Adds only errors to `diags`; warnings are
 * reported when all variables are collected. */
static bool static_eval_gather(StaticEval *self, Diags *diags) {
    Diags said = diags_new(self->arena);
    if (self->is_given)
        return true;
    self->given = map_new(self->arena);
    self->is_given = true;
    if (!self->request->input ||
        input_gather(self->config, self->request->input, &self->given, self->arena, &said))
        return true;
    vec_each(&said, diag) {
        if (diag->severity == DIAG_ERROR)
            diags_add(diags, diag);
    }
    return false;
}

static bool static_eval_root_value(StaticEval *self, const Variable *variable, Value *out,
                                   Arena *arena, Diags *diags) {
    if (!static_eval_gather(self, diags))
        return false;
    const InputValue *given = map_find(&self->given, variable->name);
    if (!given && !variable->has_default && self->request->input) {
        if (!input_ask(self->config, self->request->input, variable, &self->given, self->arena,
                       diags))
            return false;
        given = map_find(&self->given, variable->name);
    }
    SourceRange range = given && given->range.source ? given->range : variable->range;
    return input_convert(variable, given ? &given->value : NULL, range, out, arena, diags);
}

static const Expr *static_eval_find_argument(const ModuleCall *call, Str name, Arena *arena) {
    BodyContent inputs = {0};
    Diags ignored = diags_new(arena);
    if (!body_attributes(call->body, BODY_EXPRESSION, &inputs, arena, &ignored))
        return NULL; /* reported when the call is checked */
    const BodyAttribute *attribute = body_content_find(&inputs, str_to_cstr(name, arena));
    return attribute ? attribute->expr : NULL;
}

static bool static_eval_child_value(StaticEval *self, const StaticFrame *frame,
                                    const Variable *variable, Value *out, Arena *arena,
                                    Diags *diags) {
    const Module *module = frame->module;
    const Expr *expr = static_eval_find_argument(module->call, variable->name, arena);
    Value given;
    StaticScope scope;
    if (!expr)
        return input_convert(variable, NULL, module->call->range, out, arena, diags);
    init_scope(&scope, self, module->parent, frame);
    return eval_expr(expr, &scope.scope, &given, arena, diags) &&
           input_convert(variable, &given, expr->range, out, arena, diags);
}

static bool static_eval_lookup_variable(const StaticScope *scope, const Reference *reference,
                                        Value *out, Arena *arena, Diags *diags) {
    const Module *module = scope->module;
    const Variable *variable = map_find(&module->variables, reference->name);
    StaticFrame frame = {scope->frame, module, REFERENCE_VARIABLE, reference->name};
    if (!variable)
        return static_eval_report_undeclared(reference, "input variable", &module->variables, arena,
                                             diags);
    if (variable->has_const && !variable->is_const)
        return diags_fail(
            diags, reference->range, "Variable is not constant",
            "var.%.*s has \"const = false\", so it cannot be used where a value must be "
            "known before planning.",
            STR_ARG(variable->name));
    if (!check_circle(&frame, reference->range, diags))
        return false;
    return module->parent
               ? static_eval_child_value(scope->self, &frame, variable, out, arena, diags)
               : static_eval_root_value(scope->self, variable, out, arena, diags);
}

static bool lookup_local(const StaticScope *scope, const Reference *reference, Value *out,
                         Arena *arena, Diags *diags) {
    const Module *module = scope->module;
    const Local *local = map_find(&module->locals, reference->name);
    StaticFrame frame = {scope->frame, module, REFERENCE_LOCAL, reference->name};
    StaticScope inner;
    if (!local)
        return static_eval_report_undeclared(reference, "local value", &module->locals, arena,
                                             diags);
    init_scope(&inner, scope->self, module, &frame);
    return check_circle(&frame, reference->range, diags) &&
           eval_expr(local->expr, &inner.scope, out, arena, diags);
}

static bool static_eval_report_dynamic(const Reference *reference, Arena *arena, Diags *diags) {
    return diags_fail(
        diags, reference->range, "Dynamic value in static context",
        "%.*s is not known here. This value is needed before planning, so it may use only "
        "variables, local values made of them, path, terraform.workspace and functions.",
        STR_ARG(reference_to_str(reference, arena)));
}

static bool static_eval_lookup_path(const StaticScope *scope, const Reference *reference,
                                    Value *out, Arena *arena, Diags *diags) {
    const ConfigRequest *request = scope->self->request;
    Str name = reference->name;
    Str directory = str_equal_cstr(name, "module") ? scope->module->directory
                    : str_equal_cstr(name, "root") ? request->directory
                    : str_equal_cstr(name, "cwd")  ? request->working_directory
                                                   : STR_EMPTY;
    if (!directory.len)
        return static_eval_report_dynamic(reference, arena, diags);
    *out = value_string(directory, arena);
    return true;
}

static bool lookup_workspace(const StaticScope *scope, const Reference *reference, Value *out,
                             Arena *arena, Diags *diags) {
    const Config *config = scope->self->config;
    Str workspace = config->workspace;
    if (str_equal_cstr(reference->name, "environment") &&
        str_equal_cstr(reference->traversal->root, "loam")) {
        *out = config->environment ? value_string(config->environment->name, arena)
                                   : value_null(&TYPE_STRING);
        return true;
    }
    if (!str_equal_cstr(reference->name, "workspace"))
        return static_eval_report_dynamic(reference, arena, diags);
    *out = value_string(workspace.len ? workspace : STR("default"), arena);
    return true;
}

/* If started as terraform, references are rejected here in .tf and .tf.json files, as Terraform
 * does. */
static bool must_be_literal(const StaticScope *scope, SourceRange range) {
    Str path = range.source ? range.source->path : STR_EMPTY;
    return scope->self->request->has_literal_settings &&
           (str_ends_with(path, STR(".tf")) || str_ends_with(path, STR(".tf.json")));
}

static bool static_eval_lookup(const Scope *base, const Traversal *traversal, Value *out,
                               size_t *used, Arena *arena, Diags *diags) {
    const StaticScope *scope = base->self;
    Traversal copy = *traversal;
    Reference reference;
    if (!reference_from_traversal(&copy, &reference, diags))
        return false;
    *used = reference.used;
    if (must_be_literal(scope, reference.range))
        return diags_fail(diags, reference.range, "Variables not allowed",
                          "Variables may not be used here.");
    switch (reference.kind) {
    case REFERENCE_VARIABLE:
        return static_eval_lookup_variable(scope, &reference, out, arena, diags);
    case REFERENCE_LOCAL: return lookup_local(scope, &reference, out, arena, diags);
    case REFERENCE_PATH: return static_eval_lookup_path(scope, &reference, out, arena, diags);
    case REFERENCE_TERRAFORM: return lookup_workspace(scope, &reference, out, arena, diags);
    case REFERENCE_RESOURCE:
    case REFERENCE_MODULE:
    case REFERENCE_COUNT:
    case REFERENCE_EACH:
    case REFERENCE_SELF:
    case REFERENCE_CALLER: break;
    }
    return static_eval_report_dynamic(&reference, arena, diags);
}

static void init_scope(StaticScope *scope, StaticEval *self, const Module *module,
                       const StaticFrame *frame) {
    *scope = (StaticScope){
        .scope =
            {
                .self = scope,
                .lookup = static_eval_lookup,
                .functions = self->request->functions,
                .io = self->request->io,
                .is_planning = true,
            },
        .self = self,
        .module = module,
        .frame = frame,
    };
}

StaticEval *static_eval_new(const ConfigRequest *request, const Config *config, Arena *arena) {
    StaticEval *self = arena_new(arena, StaticEval);
    ConfigRequest *kept = arena_new(arena, ConfigRequest);
    *kept = *request;
    *self = (StaticEval){.request = kept, .config = config, .arena = arena};
    return self;
}

const Scope *static_eval_scope(StaticEval *self, const Module *module, Arena *arena) {
    StaticScope *scope = arena_new(arena, StaticScope);
    init_scope(scope, self, module, NULL);
    return &scope->scope;
}

bool static_eval_check(Value value, SourceRange range, Diags *diags) {
    uint8_t marks = value_marks_deep(value);
    if (marks & (MARK_SENSITIVE | MARK_EPHEMERAL))
        return diags_fail(
            diags, range, "Secret value in static context",
            "This value is stored in plain text, so it cannot depend on a value that is %s.",
            marks & MARK_SENSITIVE ? "sensitive" : "ephemeral");
    if (value_is_wholly_known(value))
        return true;
    return diags_fail(
        diags, range, "Unknown value in static context",
        "This value is needed before planning, but one of its functions has a result only "
        "during apply, or it depends on a variable of -unknown.");
}

bool static_eval_expr(StaticEval *self, const Module *module, const Expr *expr, Value *out,
                      Arena *arena, Diags *diags) {
    Value value;
    StaticScope scope;
    init_scope(&scope, self, module, NULL);
    if (!eval_expr(expr, &scope.scope, &value, arena, diags) ||
        !static_eval_check(value, expr->range, diags))
        return false;
    *out = value;
    return true;
}

static void static_eval_report_name(Traversal *traversal, void *payload) {
    diags_error(payload, traversal->range, "Variables not allowed",
                "Modules are loaded before evaluation, so this value may depend only on defaults "
                "and given values of variables.");
}

/* Reports a missing variable value at the expression that needs it, not at the variable. */
static void report_valueless(const Expr *expr, const Diags *found, Diags *diags) {
    bool lacks_value = false, is_name = false;
    vec_each(found, diag) {
        is_name |= str_equal_cstr(diag->summary, "Variables not allowed");
        lacks_value |= str_equal_cstr(diag->summary, "No value for required variable");
    }
    if (lacks_value)
        expr_each_traversal(expr, static_eval_report_name, diags);
    else
        diags_append(diags, found);
    if (!lacks_value && !is_name)
        return;
    diags_error(diags, expr_start(expr), "Unsuitable value type",
                "This value must be known before planning.");
}

bool static_eval_text(StaticEval *self, const Module *module, const Expr *expr, Str *out,
                      Arena *arena, Diags *diags) {
    Value value;
    Value text;
    ConvertError error = {0};
    Diags found = diags_new(arena);
    if (!static_eval_expr(self, module, expr, &value, arena, &found)) {
        report_valueless(expr, &found, diags);
        return false;
    }
    if (value_is_null(value))
        return true;
    if (convert_value(value, &TYPE_STRING, &text, &error, arena)) {
        *out = value_text(text);
        return true;
    }
    return diags_fail(diags, expr->range, "Unsuitable value type",
                      "This value must be a string: %.*s.", STR_ARG(error.message));
}
