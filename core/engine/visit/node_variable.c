/* Visits a variable. The value of a root variable is input; that of a child module's variable is an
 * argument of the call. */
#include "config_read.h"
#include "input.h"
#include "module_origin.h"
#include "node_visit.h"

static const char *const summary = "Invalid value for variable";

/* Returns the range of the given value. If it has no range, or must not be shown, returns the range
 * of the variable. */
static SourceRange given_range(const NodeVisit *visit) {
    const Variable *variable = visit->node->as.variable;
    const PlanOptions *options = visit->walk->options;
    if (visit->node->input)
        return visit->node->input->range;
    bool is_root = !visit->node->module->parent && visit->walk->phase != PHASE_VALIDATE;
    bool is_shown = !variable->sensitive && !variable->ephemeral;
    const InputValue *input = is_root && is_shown && options->variables
                                  ? map_find(options->variables, variable->name)
                                  : NULL;
    return input && input->range.source ? input->range : variable->range;
}

/* Sets the range of validation errors to the given value, and adds the place of the rule to the
 * detail. */
static void blame_value(NodeVisit *visit, const Condition *rule, size_t from) {
    SourceRange range = given_range(visit);
    for (size_t i = from; i < visit->diags.count; i++) {
        Diag *diag = &visit->diags.items[i];
        if (!str_equal_cstr(diag->summary, summary))
            continue;
        diag->range = range;
        diag->detail = str_format(visit->diags.arena, "%.*s\n\nThis is the rule at %.*s.",
                                  STR_ARG(diag->detail),
                                  STR_ARG(config_read_place(rule->range, visit->scratch)));
    }
}

static bool validate_value(NodeVisit *visit, ModuleInstance *module) {
    const Variable *variable = visit->node->as.variable;
    if (variable->validations.count == 0)
        return true;
    ModuleScope scope;
    bool ok = true;
    module_scope_init(&scope, visit->walk, module);
    scope.is_variable_rule = true;
    scope.checked = visit->node->name;
    CheckResults *results = NULL;
    if (visit->walk->phase == PHASE_PLAN || visit->walk->phase == PHASE_APPLY) {
        results = checks_new(variable->validations.count, visit->keep);
        node_slot(visit->node, module)->payload = results;
        scope.keep = visit->keep;
    }
    vec_each(&variable->validations, validation) {
        size_t i = (size_t)(validation - variable->validations.items);
        scope.results = results ? results->items + i : NULL;
        Conditions one = {validation, 1, 1};
        size_t before = visit->diags.count;
        ok = module_scope_check_conditions(&one, &scope, summary, visit->scratch, &visit->diags) &&
             ok;
        blame_value(visit, validation, before);
    }
    return ok;
}

/* Validation covers all values that the variable may have. */
static Value any_value(const Variable *variable, Arena *arena) {
    Value any = value_unknown(type_without_optional(variable->type.type, arena));
    if (variable->sensitive)
        any = value_with_marks(any, MARK_SENSITIVE);
    return variable->ephemeral ? value_with_marks(any, MARK_EPHEMERAL) : any;
}

static bool variable_root_value(NodeVisit *visit, Value *out) {
    const Variable *variable = visit->node->as.variable;
    if (visit->walk->phase == PHASE_VALIDATE) {
        *out = any_value(variable, visit->scratch);
        return true;
    }
    const Map *given = visit->walk->options->variables;
    const InputValue *input = given ? map_find(given, variable->name) : NULL;
    const Value *value = input ? &input->value : NULL;
    SourceRange range = input && input->range.source ? input->range : variable->range;
    return input_convert(variable, value, range, out, visit->scratch, &visit->diags);
}

/* Evaluates the argument of the module call in the scope of the caller. */
static bool variable_child_value(NodeVisit *visit, ModuleInstance *module, Value *out) {
    const Variable *variable = visit->node->as.variable;
    const Expr *input = visit->node->input;
    if (!input)
        return input_convert(variable, NULL, variable->range, out, visit->scratch, &visit->diags);
    ModuleScope scope;
    module_scope_init_call(&scope, visit->walk, module);
    Value given;
    if (!eval_expr(input, &scope.scope, &given, visit->scratch, &visit->diags))
        return false;
    module_origin_note(module->module, given, visit->keep);
    if ((value_marks_deep(given) & MARK_EPHEMERAL) && !variable->ephemeral)
        return diags_fail(&visit->diags, input->range, "Ephemeral value not allowed",
                          "The variable \"%.*s\" of the module is not declared as ephemeral, so it "
                          "does not accept ephemeral values.",
                          STR_ARG(variable->name));
    return input_convert(variable, &given, input->range, out, visit->scratch, &visit->diags);
}

/* A call that has no instances left still passes texts to objects that are to be deleted. Parts
 * that depend on the instance are unknown. */
static void note_without_instances(const NodeVisit *visit) {
    EngineModule *module = visit->node->module;
    if (visit->walk->phase != PHASE_APPLY || !visit->node->input || module->instances.count > 0 ||
        !module_origin_is_border(module))
        return;
    vec_each(&module->parent->instances, caller) {
        ModuleInstance gone = {.module = module, .parent = *caller};
        Diags ignored = diags_new(visit->scratch);
        ModuleScope scope;
        Value given;
        module_scope_init_call(&scope, visit->walk, &gone);
        scope.repetition_unknown = true;
        if (eval_expr(visit->node->input, &scope.scope, &given, visit->scratch, &ignored))
            module_origin_note(module, given, visit->keep);
    }
}

bool node_variable_visit(NodeVisit *visit) {
    bool ok = true;
    note_without_instances(visit);
    vec_each(&visit->node->module->instances, item) {
        Value value;
        bool known = visit->node->module->call ? variable_child_value(visit, *item, &value)
                                               : variable_root_value(visit, &value);
        if (!known) {
            ok = false;
            continue;
        }
        Slot *slot = node_slot(visit->node, *item);
        slot->value = value_clone(value, visit->keep);
        slot->is_set = true;
        ok = validate_value(visit, *item) && ok;
        if (visit->walk->phase == PHASE_VALIDATE) /* only validation rules see the value */
            slot->value =
                value_clone(any_value(visit->node->as.variable, visit->scratch), visit->keep);
    }
    return ok;
}
