/* The names that an expression of a module instance can see. */
#include "module_scope.h"
#include "deferrals.h"
#include "log.h"
#include "mask.h"

static bool lookup_repetition(const ModuleScope *self, const Binding *binding, Value *out,
                              Arena *arena, Diags *diags) {
    Str name = binding->reference.name;
    bool is_count = binding->reference.kind == REFERENCE_COUNT;
    const char *wanted = is_count ? "count" : "for_each";
    if (self->repetition != (is_count ? REPEAT_COUNT : REPEAT_EACH))
        return diags_fail(diags, binding->reference.range,
                          is_count ? "Reference to \"count\" in non-counted context"
                                   : "Reference to \"each\" in context without for_each",
                          "\"%s.%.*s\" can be used only in a block where \"%s\" is set.",
                          is_count ? "count" : "each", STR_ARG(name), wanted);
    if (is_count && str_equal(name, STR("index"))) {
        *out = self->repetition_unknown ? value_unknown(&TYPE_NUMBER) : value_int(self->key.index);
        return true;
    }
    if (!is_count && str_equal(name, STR("key"))) {
        *out = self->repetition_unknown ? value_unknown(&TYPE_STRING)
                                        : value_string(self->key.text, arena);
        return true;
    }
    if (!is_count && str_equal(name, STR("value"))) {
        *out = self->repetition_unknown ? value_unknown(&TYPE_DYNAMIC) : self->each_value;
        return true;
    }
    return diags_fail(diags, binding->reference.range, "Invalid repetition reference",
                      "\"%.*s\" has no such attribute: %s.", STR_ARG(name),
                      is_count ? "\"count\" has the attribute \"index\""
                               : "\"each\" has the attributes \"key\" and \"value\"");
}

static bool module_scope_lookup_path(const ModuleScope *self, const Binding *binding, Value *out,
                                     Arena *arena, Diags *diags) {
    Str name = binding->reference.name;
    const Engine *engine = self->walk->engine;
    if (str_equal(name, STR("module"))) {
        *out = value_string(self->module->module->config->directory, arena);
    } else if (str_equal(name, STR("root"))) {
        *out = value_string(engine->config->directory, arena);
    } else if (str_equal(name, STR("cwd"))) {
        *out = value_string(engine->working_directory, arena);
    } else {
        return diags_fail(
            diags, binding->reference.range, "Invalid \"path\" attribute",
            "\"path\" has no attribute \"%.*s\"; it has \"module\", \"root\" and \"cwd\".",
            STR_ARG(name));
    }
    return true;
}

/* Returns the selected environment. If none is selected, phases that do not need one return unknown
 * if environments are declared; otherwise the result is null. */
static Value environment_name(const EngineWalk *walk, Arena *arena) {
    const Config *config = walk->engine->config;
    if (config->environment)
        return value_string(config->environment->name, arena);
    bool needs_none = walk->phase == PHASE_VALIDATE || walk->phase == PHASE_EVALUATE ||
                      (walk->options && walk->options->console);
    bool is_any = needs_none && config->root->environments.count > 0;
    return is_any ? value_unknown(&TYPE_STRING) : value_null(&TYPE_STRING);
}

static bool lookup_terraform(const ModuleScope *self, const Binding *binding, Value *out,
                             Arena *arena, Diags *diags) {
    Str name = binding->reference.name;
    if (str_equal(name, STR("workspace"))) {
        *out = value_string(self->walk->engine->workspace, arena);
        return true;
    }
    if (str_equal(name, STR("applying"))) {
        *out = value_with_marks(value_bool(self->walk->phase == PHASE_APPLY), MARK_EPHEMERAL);
        return true;
    }
    bool is_own = str_equal_cstr(binding->reference.traversal->root, "loam");
    if (is_own && str_equal(name, STR("environment"))) {
        *out = environment_name(self->walk, arena);
        return true;
    }
    return diags_fail(diags, binding->reference.range, "Invalid \"terraform\" attribute",
                      "\"terraform\" has no attribute \"%.*s\"; it has \"workspace\".",
                      STR_ARG(name));
}

/* Returns the value that the node has set for this module instance; unknown if the node was
 * skipped. */
static bool lookup_slot(const ModuleScope *self, const Node *node, Value *out) {
    const Slot *slot = node_slot(node, self->module);
    *out = slot->is_set ? slot->value : value_unknown(&TYPE_DYNAMIC);
    return true;
}

/* Returns the value of the resource whose instance is the caller, before all its instances have
 * one: the others are unknown. */
static bool lookup_caller(const ModuleScope *self, Value *out, Arena *arena) {
    const InstanceRecord *record = self->caller_record;
    const ResourceExpansion *resource = node_slot(record->node, self->module)->payload;
    *out = value_unknown(&TYPE_DYNAMIC);
    if (!resource || resource->expansion.is_unknown)
        return true;
    Value *values = arena_new_array(arena, Value, resource->expansion.count + 1);
    for (size_t i = 0; i < resource->expansion.count; i++) {
        bool is_own = address_key_equal(resource->records[i].address.key, record->address.key);
        values[i] = is_own ? *self->caller : value_unknown(self->caller->type);
    }
    *out = module_scope_combine(&resource->expansion, values, arena);
    return true;
}

/* Returns the value of a resource. Instances of an ephemeral resource may have been renewed since
 * the visit of its value. */
static bool lookup_resource(const ModuleScope *self, const Node *node, Value *out, Arena *arena) {
    const ResourceExpansion *resource = node_slot(node, self->module)->payload;
    bool is_renewed = false;
    if (self->caller_record && self->caller_record->node == node)
        return lookup_caller(self, out, arena);
    (void)lookup_slot(self, node->as.resource->value, out);
    if (node->as.resource->config->mode != MODE_EPHEMERAL || !resource ||
        resource->expansion.is_unknown || resource->expansion.count == 0 || !value_is_known(*out))
        return true;
    Value *values = arena_new_array(arena, Value, resource->expansion.count);
    for (size_t i = 0; i < resource->expansion.count; i++) {
        const InstanceRecord *record = &resource->records[i];
        const Value *renewed = atomic_load_explicit(&record->renewed, memory_order_acquire);
        is_renewed = is_renewed || renewed;
        values[i] = renewed ? *renewed : value_with_marks(record->value, MARK_EPHEMERAL);
    }
    if (is_renewed)
        *out = module_scope_combine(&resource->expansion, values, arena);
    return true;
}

static bool lookup_self(const ModuleScope *self, SourceRange range, Value *out, Diags *diags) {
    if (self->lacks_self)
        diags_error(diags, range, "Invalid index",
                    "This plan is refresh-only, and the instance has no object yet.");
    else if (!self->self)
        diags_error(diags, range, "Invalid \"self\" reference",
                    "\"self\" can be used only in postcondition blocks.");
    else
        *out = *self->self;
    return self->self && !self->lacks_self;
}

static bool lookup_module(const ModuleScope *self, const Traversal *traversal, Value *out,
                          size_t *used, Arena *arena, Diags *diags) {
    const Binding *binding = traversal->binding;
    if (!binding->output) {
        const Slot *whole = node_slot(binding->node->module_value, self->module);
        *out = whole->is_set ? whole->value
                             : module_scope_module_value(binding->node, self->module, arena);
        return true;
    }
    const Slot *slot = node_slot(binding->node, self->module);
    const ModuleExpansion *expansion = slot->payload;
    size_t at = binding->reference.used;
    bool has_key = binding->reference.key.kind != KEY_NONE;
    bool is_any = has_key && self->walk->phase == PHASE_VALIDATE;
    if (!expansion || expansion->expansion.is_unknown || is_any) {
        *out = value_unknown(&TYPE_DYNAMIC);
        *used = at + (has_key ? 2 : 1);
        return true;
    }
    bool is_repeated = expansion->expansion.kind != REPEAT_NONE;
    bool is_disabled = !is_repeated && expansion->expansion.count == 0;
    if (is_repeated != has_key || is_disabled) { /* the evaluator reports the wrong key */
        *out = module_scope_module_value(binding->node, self->module, arena);
        return true;
    }
    size_t i = 0;
    if (!has_key || expansion_find(&expansion->expansion, binding->reference.key, &i)) {
        const Slot *output = node_slot(binding->output, expansion->instances[i]);
        *out = output->is_set ? output->value : value_unknown(&TYPE_DYNAMIC);
        *used = at + (has_key ? 2 : 1);
        return true;
    }
    return diags_fail(diags, traversal->steps[at].range, "Invalid index",
                      "The module call \"%.*s\" has no instance with this key.",
                      STR_ARG(binding->reference.name));
}

static bool lookup_binding(const Scope *scope, const Traversal *traversal, Value *out, size_t *used,
                           Arena *arena, Diags *diags) {
    const ModuleScope *self = scope->self;
    const Binding *binding = traversal->binding;
    if (!binding)
        return diags_fail(diags, traversal->root_range, "Reference to undeclared object",
                          "\"%.*s\" is not declared.", STR_ARG(traversal->root));
    *used = binding->reference.used;
    switch (binding->reference.kind) {
    case REFERENCE_VARIABLE:
    case REFERENCE_LOCAL: return lookup_slot(self, binding->node, out);
    case REFERENCE_RESOURCE: return lookup_resource(self, binding->node, out, arena);
    case REFERENCE_MODULE: return lookup_module(self, traversal, out, used, arena, diags);
    case REFERENCE_COUNT:
    case REFERENCE_EACH: return lookup_repetition(self, binding, out, arena, diags);
    case REFERENCE_SELF: return lookup_self(self, traversal->root_range, out, diags);
    case REFERENCE_CALLER:
        if (self->caller) {
            *out = *self->caller;
            return true;
        }
        return diags_fail(diags, traversal->root_range, "Invalid \"caller\" reference",
                          "No object triggers this action. An action that refers to \"caller\" can "
                          "only be invoked by the change of an object.");
    case REFERENCE_PATH: return module_scope_lookup_path(self, binding, out, arena, diags);
    case REFERENCE_TERRAFORM: return lookup_terraform(self, binding, out, arena, diags);
    }
    return false;
}

static bool module_scope_lookup(const Scope *scope, const Traversal *traversal, Value *out,
                                size_t *used, Arena *arena, Diags *diags) {
    if (lookup_binding(scope, traversal, out, used, arena, diags))
        return true;
    log_debug("lookup failed", log_text("root", traversal->root));
    return false;
}

/* Resolves a local provider name through the module's required_providers. */
static Str module_scope_provider_name(const Scope *scope, Str local) {
    const ModuleScope *self = scope->self;
    const Module *module = self->module ? self->module->module->config : NULL;
    const ProviderRequirement *requirement = module ? map_find(&module->requirements, local) : NULL;
    if (!requirement || requirement->source.len == 0)
        return local;
    const char *name = registry_row_name(self->walk->engine->registry, requirement->source);
    return name ? str_from_cstr(name) : requirement->source;
}

void module_scope_init(ModuleScope *scope, EngineWalk *walk, ModuleInstance *module) {
    *scope = (ModuleScope){
        .scope =
            {
                .self = scope,
                .lookup = module_scope_lookup,
                .functions = walk->engine->config->functions,
                .provider_name = module_scope_provider_name,
                .io = walk->engine->io,
                .reads = walk->engine->reads,
                .cancel = walk->engine->cancel,
                .now_ms = walk->engine->now_ms,
                .is_planning = walk->phase == PHASE_PLAN || walk->phase == PHASE_VALIDATE,
            },
        .walk = walk,
        .module = module,
    };
}

void module_scope_init_call(ModuleScope *scope, EngineWalk *walk, ModuleInstance *called) {
    module_scope_init(scope, walk, called->parent);
    scope->repetition = called->repetition;
    scope->repetition_unknown = walk->phase == PHASE_VALIDATE || deferrals_is_placeholder(called);
    scope->key = called->key;
    scope->each_value = called->each_value;
}

void module_scope_init_instance(ModuleScope *scope, const InstanceRecord *record) {
    module_scope_init(scope, record->walk, record->module);
    scope->key = record->address.key;
    scope->each_value = record->each_value;
    scope->repetition = record->repetition;
    scope->repetition_unknown = record->keys_unknown;
}

/* For a failed validation rule of a variable, an ephemeral message is an error. For other
 * conditions a secret message is a warning. */
static void report_secret_message(const Condition *condition, const ModuleScope *scope,
                                  Value message, Diags *diags) {
    SourceRange range = condition->error_message->range;
    bool is_ephemeral = !value_has_mark(message, MARK_SENSITIVE);
    const char *summary = is_ephemeral ? "Error message refers to ephemeral values"
                                       : "Error message refers to sensitive values";
    const char *detail = is_ephemeral
                             ? "The message contains an ephemeral value, so it is hidden. Remove "
                               "the value, or wrap it in ephemeralasnull()."
                             : "The message contains a sensitive value, so it is hidden. Remove "
                               "the value, or wrap it in nonsensitive() if it is not secret.";
    if (!scope->is_variable_rule)
        diags_warning(diags, range, summary, "%s", detail);
    else if (is_ephemeral)
        diags_error(diags, range, summary, "%s", detail);
}

/* The message of a validation rule may have any type. One that is no string counts as absent. */
static bool rule_message(const Condition *condition, const ModuleScope *scope, Value *out,
                         Arena *arena, Diags *diags) {
    Value message;
    ConvertError ignored;
    if (!eval_expr(condition->error_message, &scope->scope, &message, arena, diags))
        return false;
    if (!convert_value(message, &TYPE_STRING, out, &ignored, arena))
        *out = value_null(&TYPE_STRING);
    return true;
}

/* Evaluates the error message; null if it is absent. It is evaluated even if the condition holds,
 * so that its errors are always reported. */
static bool condition_message(const Condition *condition, const ModuleScope *scope, Value *out,
                              Arena *arena, Diags *diags) {
    const Expr *expr = condition->error_message;
    *out = value_null(&TYPE_STRING);
    if (!expr)
        return true;
    if (scope->is_variable_rule)
        return rule_message(condition, scope, out, arena, diags);
    if (!eval_expr_as(expr, &scope->scope, &TYPE_STRING, out, arena, diags))
        return false;
    if (value_is_null(*out))
        return diags_fail(diags, expr->range, "Invalid error message",
                          "The message must be a string, but is null.");
    if (value_is_known(*out) && value_is_secret(*out))
        report_secret_message(condition, scope, *out, diags);
    return true;
}

bool module_scope_check_messages(const Conditions *conditions, const ModuleScope *scope,
                                 Arena *arena, Diags *diags) {
    size_t before = diags->count;
    bool ok = true;
    vec_each(conditions, condition) {
        Value ignored;
        ok = condition_message(condition, scope, &ignored, arena, diags) && ok;
    }
    diags_set_subject(diags, before, DIAG_EXPRESSION);
    return ok;
}

/* Values that a provider returns have no marks, even if they come from sensitive variables. This
 * function masks the values of those variables in the diagnostics. */
static void mask_given(const ModuleScope *scope, Diags *diags, Arena *arena) {
    StrVec secrets = {0};
    const EngineWalk *walk = scope->walk;
    if (!walk->engine->config || !walk->options)
        return;
    mask_collect_variables(walk->engine->config->root, walk->options->variables, &secrets, arena);
    mask_diags(diags, &secrets);
}

static bool module_scope_report_failure(const Condition *condition, const ModuleScope *scope,
                                        Value message, const char *failed_summary, CheckResult *out,
                                        Diags *diags) {
    static const Str silent =
        STR_CONST("The error message contains a sensitive or unknown value, so it is hidden.");
    bool is_secret = value_is_present(message) && value_is_secret(message);
    if (is_secret && scope->is_variable_rule)
        report_secret_message(condition, scope, message, diags);
    if (value_is_null(message))
        out->message = STR("The condition is false.");
    else if (!is_secret && value_is_known(message))
        out->message = str_trim(value_text(message));
    Str text = out->message.len > 0 ? out->message : silent;
    Diag *(*tell)(Diags *, SourceRange, const char *, const char *, ...) =
        scope->should_warn ? diags_warning : diags_error;
    Diag *diag = tell(diags, condition->condition->range, failed_summary, "%.*s", STR_ARG(text));
    diag->subject = DIAG_EXPRESSION;
    diag->checked = str_clone(scope->checked, diags->arena);
    eval_show_values(condition->condition, &scope->scope, NULL, diags->arena, diags);
    mask_given(scope, diags, diags->arena);
    return scope->should_warn;
}

/* An unknown result is accepted whatever its type, since its type may still change. */
static bool condition_result(const Condition *condition, const ModuleScope *scope, Value *out,
                             CheckStatus *status, Arena *arena, Diags *diags) {
    if (!eval_expr(condition->condition, &scope->scope, out, arena, diags)) {
        *status = scope->is_variable_rule ? CHECK_UNKNOWN : CHECK_ERROR;
        return false;
    }
    return !value_is_known(*out) || out->type->kind == KIND_BOOL ||
           eval_expr_as(condition->condition, &scope->scope, &TYPE_BOOL, out, arena, diags);
}

static bool module_scope_report_null(const Condition *condition, const ModuleScope *scope,
                                     Diags *diags) {
    diags_error(diags, condition->condition->range, "Invalid condition result",
                "The condition must be true or false, but is null.")
        ->subject = DIAG_EXPRESSION;
    eval_show_values(condition->condition, &scope->scope, NULL, diags->arena, diags);
    return false;
}

static bool condition_holds(const Condition *condition, const ModuleScope *scope,
                            const char *failed_summary, CheckResult *out, Arena *arena,
                            Diags *diags) {
    Value result, message;
    size_t before = diags->count;
    out->status = CHECK_ERROR;
    bool ok = condition_result(condition, scope, &result, &out->status, arena, diags);
    ok = condition_message(condition, scope, &message, arena, diags) && ok;
    diags_set_subject(diags, before, DIAG_EXPRESSION);
    if (!ok)
        return false;
    if (!value_is_known(result)) {
        out->status = CHECK_UNKNOWN;
        return true;
    }
    if (value_is_null(result))
        return module_scope_report_null(condition, scope, diags);
    out->status = value_is_true(result) ? CHECK_PASS : CHECK_FAIL;
    return out->status == CHECK_PASS ||
           module_scope_report_failure(condition, scope, message, failed_summary, out, diags);
}

bool module_scope_check_conditions(const Conditions *conditions, const ModuleScope *scope,
                                   const char *failed_summary, Arena *arena, Diags *diags) {
    bool ok = true;
    ModuleScope local = *scope;
    local.scope.self = &local;
    local.scope.no_short_circuit = scope->walk->phase == PHASE_PLAN;
    for (size_t i = 0; i < conditions->count; i++) {
        CheckResult result = {0};
        bool holds =
            condition_holds(&conditions->items[i], &local, failed_summary, &result, arena, diags);
        ok = holds && ok;
        log_debug("condition", log_text("of", scope->checked), log_number("index", (int64_t)i),
                  log_cstr("status", check_status_name(result.status)), log_number("ok", holds),
                  log_number("recorded", scope->results != NULL));
        if (!scope->results)
            continue;
        result.message = str_clone(result.message, scope->keep);
        scope->results[i] = result;
    }
    return ok;
}

Value module_scope_combine(const Expansion *expansion, Value *values, Arena *arena) {
    switch (expansion->kind) {
    case REPEAT_NONE: return expansion->count > 0 ? values[0] : value_null(&TYPE_DYNAMIC);
    case REPEAT_COUNT: return value_tuple(values, expansion->count, arena);
    case REPEAT_EACH: break;
    }
    Str *names = arena_new_array(arena, Str, expansion->count);
    for (size_t i = 0; i < expansion->count; i++)
        names[i] = expansion->keys[i].text;
    return value_object(names, values, expansion->count, arena);
}

static Value instance_outputs(const EngineModule *module, ModuleInstance *instance, Arena *arena) {
    const Map *outputs = &module->config->outputs;
    Str *names = arena_new_array(arena, Str, outputs->count);
    Value *values = arena_new_array(arena, Value, outputs->count);
    for (size_t i = 0; i < outputs->count; i++) {
        names[i] = outputs->entries[i].key;
        Str key = str_concat(STR("output."), names[i], arena);
        const Slot *slot = node_slot(node_find(module, key), instance);
        values[i] = slot->is_set ? slot->value : value_unknown(&TYPE_DYNAMIC);
    }
    return value_object(names, values, outputs->count, arena);
}

Value module_scope_module_value(const Node *call, ModuleInstance *caller, Arena *arena) {
    const ModuleExpansion *expansion = node_slot(call, caller)->payload;
    if (!expansion || expansion->expansion.is_unknown)
        return value_unknown(&TYPE_DYNAMIC);
    size_t count = expansion->expansion.count;
    Value *values = arena_new_array(arena, Value, count + 1);
    for (size_t i = 0; i < count; i++)
        values[i] = instance_outputs(call->child, expansion->instances[i], arena);
    return module_scope_combine(&expansion->expansion, values, arena);
}
