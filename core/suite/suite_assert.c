/* Evaluates assertions in the scope of the module after a run. */
#include "suite_assert.h"
#include "convert.h"
#include "engine.h"
#include "eval.h"
#include "suite_values.h"

typedef struct AssertScope {
    Scope scope;
    const Scope *module;
    SuiteContext *context;
    const SuiteFindings *findings;
} AssertScope;

static SourceRange named_range(const Traversal *traversal) {
    return source_range_join(traversal->root_range, traversal->steps[0].range);
}

static bool lookup_output(
    const AssertScope *self, const Traversal *traversal, Value *out, Arena *arena, Diags *diags) {
    Str name = traversal->steps[0].name;
    const Map *outputs = &self->findings->config->root->outputs;
    if (engine_console_output(self->findings->console, name, out))
        return true;
    StrVec names = {0};
    map_each(outputs, entry) {
        vec_push(arena, &names, entry->key);
    }
    Str near = str_suggest(name, names.items, names.count);
    diags_error(diags, named_range(traversal), "Reference to undeclared output value",
                "The module has no output \"%.*s\".%s%.*s%s", STR_ARG(name),
                near.len ? " Did you mean \"" : "", STR_ARG(near), near.len ? "\"?" : "");
    return false;
}

/* Finds a variable that the module does not declare: of the run, the file, or from outside. */
static bool lookup_test_variable(
    const AssertScope *self, Str name, bool *is_found, Value *out, Diags *diags) {
    SuiteValues *values = self->context->values;
    const Config *config = self->findings->config;
    const InputValue *own = map_find(self->findings->variables, name);
    *is_found = true;
    if (own) {
        *out = own->value;
        return true;
    }
    if (suite_values_has(values, config, name))
        return suite_values_find(values, config, name, out, diags);
    *is_found = false;
    return true;
}

static bool lookup(const Scope *scope,
                   const Traversal *traversal,
                   Value *out,
                   size_t *used,
                   Arena *arena,
                   Diags *diags) {
    const AssertScope *self = scope->self;
    bool has_name = traversal->step_count > 0 && !traversal->steps[0].is_index;
    Str name = has_name ? traversal->steps[0].name : STR_EMPTY;
    *used = 1;
    if (has_name && str_equal_cstr(traversal->root, "output"))
        return lookup_output(self, traversal, out, arena, diags);
    if (has_name && str_equal_cstr(traversal->root, "run"))
        return suite_values_find_run(self->context->values, traversal,
                                     "Reference to unevaluated run block", out, diags);
    bool is_of_module = map_has(&self->findings->config->root->variables, name);
    if (has_name && str_equal_cstr(traversal->root, "var") && !is_of_module) {
        bool is_found;
        if (!lookup_test_variable(self, name, &is_found, out, diags))
            return false;
        if (is_found)
            return true;
    }
    return self->module->lookup(self->module, traversal, out, used, arena, diags);
}

static void fail(SuiteRun *run, const Condition *assertion, Value message, bool is_secret) {
    Str text =
        value_is_present(message) ? value_text(message) : STR("The assertion does not hold.");
    if (is_secret) {
        diags_warning(&run->diags, assertion->error_message->range,
                      "Error message refers to sensitive values",
                      "The message holds a sensitive value, so it is not shown. Take the value out "
                      "of it, or wrap it in nonsensitive() if it is no secret.");
        text = STR("The error message holds a sensitive value, so it is not shown.");
    }
    diags_error(&run->diags, assertion->condition->range, "Test assertion failed", "%.*s",
                STR_ARG(text));
}

static SuiteStatus refuse_unknown(SuiteRun *run, const Condition *assertion) {
    diags_error(&run->diags, assertion->condition->range, "Unknown condition value",
                "The condition depends on something that is known only after an apply, and this "
                "run does no more than plan. Take that out of the condition, let the run apply, or "
                "override the value with \"override_during = plan\".");
    return SUITE_ERROR;
}

static SuiteStatus assert_one(SuiteRun *run,
                              const Condition *assertion,
                              const AssertScope *scope,
                              Arena *arena) {
    Value message;
    Value result;
    ConvertError error = {0};
    bool ok = eval_expr_as(assertion->error_message, &scope->scope, &TYPE_STRING, &message, arena,
                           &run->diags);
    if (ok && value_is_null(message)) {
        diags_error(&run->diags, assertion->error_message->range, "Invalid error message",
                    "The message must be a text, but it is null.");
        ok = false;
    }
    ok &= eval_expr(assertion->condition, &scope->scope, &result, arena, &run->diags);
    if (!ok)
        return SUITE_ERROR;
    if (!value_is_known(result))
        return refuse_unknown(run, assertion);
    if (value_is_null(result) || !convert_value(result, &TYPE_BOOL, &result, &error, arena)) {
        diags_error(&run->diags, assertion->condition->range, "Invalid condition run",
                    "The condition must be true or false, and this is neither.");
        eval_show_values(assertion->condition, &scope->scope, CAUSE_OTHER, arena, &run->diags);
        return SUITE_ERROR;
    }
    if (value_is_true(value_without_marks(result)))
        return SUITE_PASS;
    fail(run, assertion, message, value_is_secret(message));
    eval_show_values(assertion->condition, &scope->scope, CAUSE_OTHER, arena, &run->diags);
    return SUITE_FAIL;
}

SuiteStatus suite_assert_all(SuiteContext *context, SuiteRun *run, const SuiteFindings *findings) {
    const Scope *module = engine_console_scope(findings->console);
    AssertScope scope = {
        .scope = *module, .module = module, .context = context, .findings = findings};
    scope.scope.self = &scope;
    scope.scope.lookup = lookup;
    SuiteStatus worst = SUITE_PASS;
    vec_each(&run->config->asserts, assertion) {
        SuiteStatus status = assert_one(run, assertion, &scope, context->arena);
        if (status > worst)
            worst = status;
    }
    return worst;
}

Value suite_assert_outputs(const SuiteFindings *findings, Arena *arena) {
    const Map *outputs = &findings->config->root->outputs;
    Str *names = arena_new_array(arena, Str, outputs->count);
    Value *values = arena_new_array(arena, Value, outputs->count);
    size_t count = 0;
    map_each(outputs, entry) {
        names[count] = entry->key;
        if (engine_console_output(findings->console, entry->key, &values[count]))
            count++;
    }
    return value_object(names, values, count, arena);
}

bool suite_assert_check_expected(const TestRun *run, Diags *diags) {
    bool ok = true;
    vec_each(&run->expected, expected) {
        if (expected->is_checkable)
            continue;
        diags_error(diags, expected->range, "Invalid `expect_failures` reference",
                    "\"%.*s\" has no conditions that could fail. Variables, outputs, check blocks, "
                    "resources and data sources have.",
                    STR_ARG(expected->text));
        ok = false;
    }
    return ok;
}

/* Finds the expectation for the failed object, or for its resource block without instance key. */
static const TestExpectation *find_expected(const SuiteRun *run, const Diag *diag) {
    Str checked = diag->checked;
    Str block = str_slice(checked, 0, str_find_char(checked, '[', 0));
    vec_each(&run->config->expected, expected) {
        if (str_equal(expected->text, checked) || str_equal(expected->text, block))
            return expected;
    }
    return NULL;
}

bool suite_assert_expected(const SuiteRun *run, const Diags *found, Diags *out) {
    size_t before = out->error_count;
    Map came = map_new(out->arena);
    for (size_t i = 0; i < found->count; i++) {
        Diag diag = found->items[i];
        bool counts =
            diag.checked.len > 0 && (diag.severity == DIAG_ERROR || engine_is_of_check(&diag));
        const TestExpectation *expected = counts ? find_expected(run, &diag) : NULL;
        if (expected) {
            map_set(&came, expected->text, (void *)expected);
            continue;
        }
        if (counts)
            diag.severity = DIAG_ERROR;
        diags_add(out, &diag);
    }
    vec_each(&run->config->expected, expected) {
        if (map_set(&came, expected->text, (void *)expected))
            continue; /* the failure occurred, or is reported already */
        diags_error(out, expected->range, "Missing expected failure",
                    "A condition of %.*s was expected to fail, and none did.",
                    STR_ARG(expected->text));
    }
    return out->error_count == before;
}

/* In JSON output the warning has a range for outputs only, as in Terraform. */
static void warn_early(const TestExpectation *expected, Diags *out) {
    diags_warning(
        out, expected->range, "Expected failure while planning",
        "A condition of %.*s fails already while planning, so there was nothing to apply, "
        "and the run as a whole has failed. With \"command = plan\" it would pass.",
        STR_ARG(expected->text))
        ->is_unplaced = !str_starts_with(expected->text, STR("output."));
}

void suite_assert_explain(const SuiteRun *run, const Diags *found, Diags *out) {
    for (size_t i = 0; i < found->count; i++) {
        const Diag *diag = &found->items[i];
        bool is_failure = diag->checked.len > 0 && diag->severity == DIAG_ERROR;
        const TestExpectation *expected = is_failure ? find_expected(run, diag) : NULL;
        if (engine_is_of_check(diag))
            continue;
        if (expected)
            warn_early(expected, out);
        diags_add(out, diag);
    }
}
