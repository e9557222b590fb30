/* Evaluates assertions in the scope of the module after a run. */
#include "suite_assert.h"
#include "convert.h"
#include "engine.h"
#include "eval.h"

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
                              const Scope *scope,
                              Arena *arena) {
    Value message;
    Value result;
    ConvertError error = {0};
    bool ok =
        eval_expr_as(assertion->error_message, scope, &TYPE_STRING, &message, arena, &run->diags);
    if (ok && value_is_null(message)) {
        diags_error(&run->diags, assertion->error_message->range, "Invalid error message",
                    "The message must be a text, but it is null.");
        ok = false;
    }
    ok &= eval_expr(assertion->condition, scope, &result, arena, &run->diags);
    if (!ok)
        return SUITE_ERROR;
    if (!value_is_known(result))
        return refuse_unknown(run, assertion);
    if (value_is_null(result) || !convert_value(result, &TYPE_BOOL, &result, &error, arena)) {
        diags_error(&run->diags, assertion->condition->range, "Invalid condition run",
                    "The condition must be true or false, and this is neither.");
        eval_show_values(assertion->condition, scope, CAUSE_OTHER, arena, &run->diags);
        return SUITE_ERROR;
    }
    if (value_is_true(value_without_marks(result)))
        return SUITE_PASS;
    fail(run, assertion, message, value_is_secret(message));
    eval_show_values(assertion->condition, scope, CAUSE_OTHER, arena, &run->diags);
    return SUITE_FAIL;
}

static SuiteStatus assert_all(SuiteContext *context, SuiteRun *run, const SuiteFindings *findings) {
    const Scope *scope = suite_values_assertion_scope(context, findings);
    SuiteStatus worst = SUITE_PASS;
    vec_each(&run->config->asserts, assertion) {
        SuiteStatus status = assert_one(run, assertion, scope, context->arena);
        if (status > worst)
            worst = status;
    }
    return worst;
}

static Value collect_outputs(const SuiteFindings *findings, Arena *arena) {
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

void suite_assert(SuiteContext *context, SuiteRun *run, const SuiteFindings *findings) {
    Value *outputs = arena_new(context->arena, Value);
    run->status = assert_all(context, run, findings);
    *outputs = collect_outputs(findings, context->arena);
    map_set(&context->outputs, run->config->name, outputs);
}
