/* Executes one run: its module with the providers of the test is planned, perhaps applied, and
 * asserted. */
#include "convert.h"
#include "eval.h"
#include "provider_name.h"
#include "suite_check.h"
#include "suite_context.h"
#include "suite_state.h"
#include "suite_values.h"

typedef struct RunWork {
    SuiteContext *context;
    SuiteRun *run;
    SuiteState *state;
    Engine *engine;
    const Config *config;
    Map variables; /* name → InputValue */
    PlanOptions options;
    EngineConsole *console;
    PlanResult planned;
} RunWork;

static ProviderConfig *bind_provider(RunWork *work, const ProviderConfig *config, Str key) {
    Arena *arena = work->context->arena;
    ProviderConfig *bound = arena_new(arena, ProviderConfig);
    size_t dot = str_find_char(key, '.', 0);
    *bound = *config;
    bound->name = str_slice(key, 0, dot);
    bound->alias = dot == SIZE_MAX ? STR_EMPTY : str_after(key, dot + 1);
    if (config->body)
        bound->body =
            suite_body_new(config->body, suite_values_scope(work->context, work->config), arena);
    return bound;
}

/* Uses the provider configurations that the run maps with `providers`. */
static bool add_named_providers(RunWork *work, Map *providers) {
    const TestFile *file = work->context->file->config;
    bool ok = true;
    map_each(&work->run->config->providers, entry) {
        const ProviderRef *ref = entry->value;
        Str key = config_provider_key(ref->name, ref->alias, work->context->arena);
        const ProviderConfig *named = map_find(&file->providers, key);
        if (named) {
            map_set(providers, entry->key, bind_provider(work, named, entry->key));
            continue;
        }
        Str summary =
            str_format(work->context->arena, "Missing provider definition for %.*s", STR_ARG(key));
        diags_error(&work->run->diags, ref->range, str_to_cstr(summary, work->context->arena),
                    "This run refers to a provider configuration that its file does not have.");
        ok = false;
    }
    return ok;
}

/* A configuration of a provider: its key (see provider_name.h) and alias. */
typedef struct WantedProvider {
    const Registry *registry;
    Str key;
    Str alias;
    Arena *arena;
} WantedProvider;

static bool suite_run_is_wanted(const WantedProvider *wanted, const Module *module,
                                const ProviderRef *ref) {
    return str_equal(ref->alias, wanted->alias) &&
           str_equal(provider_name_key(wanted->registry, module, ref->name, wanted->arena),
                     wanted->key);
}

/* Returns true if the module uses this provider configuration, or passes it to a call. A default
 * configuration is inherited, so uses in called modules count too. */
static bool uses_provider(const Module *module, const WantedProvider *wanted) {
    if (provider_name_block(wanted->registry, module, wanted->key, wanted->alias, wanted->arena))
        return true;
    map_each(&module->resources, entry) {
        const Resource *resource = entry->value;
        if (suite_run_is_wanted(wanted, module, &resource->provider))
            return true;
    }
    map_each(&module->calls, entry) {
        const ModuleCall *call = entry->value;
        map_each(&call->providers, passed) {
            if (suite_run_is_wanted(wanted, module, passed->value))
                return true;
        }
        if (wanted->alias.len == 0 && call->module && uses_provider(call->module, wanted))
            return true;
    }
    return false;
}

/* Adds the configurations that the run maps. If it maps none, adds those that its module uses;
 * unused ones are left out, so that they are neither evaluated nor validated. */
static bool add_providers(RunWork *work, Map *providers) {
    const TestFile *file = work->context->file->config;
    const Module *root = work->config->root;
    const Registry *registry = work->engine->registry;
    Arena *arena = work->context->arena;
    if (work->run->config->providers.count > 0)
        return add_named_providers(work, providers);
    map_each(&file->providers, entry) {
        const ProviderConfig *config = entry->value;
        WantedProvider wanted = {registry, provider_name_key(registry, root, config->name, arena),
                                 config->alias, arena};
        if (uses_provider(root, &wanted))
            map_set(providers, entry->key, bind_provider(work, config, entry->key));
    }
    return true;
}

/* Overrides of the run come first, so that they win over those of the file. */
static const TestOverrides *join_overrides(const RunWork *work) {
    const TestOverrides *const lists[] = {
        &work->run->config->overrides,
        &work->context->file->config->overrides,
    };
    TestOverrides *all = arena_new(work->context->arena, TestOverrides);
    for (size_t i = 0; i < ARRAY_COUNT(lists); i++) {
        vec_each(lists[i], override) {
            vec_push(work->context->arena, all, *override);
        }
    }
    return all;
}

/* Returns whether the file keeps the state of a run after its end. */
static bool keeps_states(const SuiteFile *file) {
    vec_each(&file->runs, run) {
        if (run->config->skips_cleanup || run->config->backend)
            return true;
    }
    return false;
}

/* Copies the configuration and adds the providers of the test to its root module. */
static bool suite_run_prepare(RunWork *work) {
    Arena *arena = work->context->arena;
    Config *config = arena_new(arena, Config);
    Module *root = arena_new(arena, Module);
    *config = *work->config;
    *root = *work->config->root;
    config->root = root;
    root->providers = map_new(arena);
    map_each(&work->config->root->providers, entry) {
        map_set(&root->providers, entry->key, entry->value);
    }
    work->engine = arena_new(arena, Engine);
    *work->engine = *work->context->request->engine;
    work->engine->config = config;
    work->engine->hooks = NULL;
    work->engine->overrides = join_overrides(work);
    /* Only a state that is kept beyond this file counts as stored in plain text. */
    work->engine->stores_plain_state &= keeps_states(work->context->file);
    return add_providers(work, &root->providers);
}

static Str suite_run_address_text(const Traversal *traversal, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    strbuf_add(&text, traversal->root);
    for (size_t i = 0; i < traversal->step_count; i++) {
        const TraversalStep *step = &traversal->steps[i];
        if (!step->is_index)
            strbuf_add_format(&text, ".%.*s", STR_ARG(step->name));
        else
            strbuf_add(&text, address_key_to_str(address_key_from_value(step->key), arena));
    }
    return strbuf_str(&text);
}

static bool suite_run_set_options(RunWork *work) {
    const TestRun *run = work->run->config;
    Arena *arena = work->context->arena;
    Diags *diags = &work->run->diags;
    size_t from = diags->count;
    bool ok = true;
    work->options = (PlanOptions){
        .mode = run->is_refresh_only ? PLAN_REFRESH_ONLY : PLAN_NORMAL,
        .skip_refresh = run->skips_refresh,
        .allows_deferral = work->context->request->allows_deferral,
        .variables = &work->variables,
        .console = &work->console,
    };
    vec_each(&run->targets, traversal) {
        AddressTarget target;
        Str text = suite_run_address_text(*traversal, arena);
        ok &= address_parse_target(text, &target, arena, diags);
        vec_push(arena, &work->options.targets, target);
        vec_push(arena, &work->options.target_texts, text);
    }
    vec_each(&run->replaced, traversal) {
        ResourceAddr address;
        ok &= address_parse_resource(suite_run_address_text(*traversal, arena), &address, arena,
                                     diags);
        vec_push(arena, &work->options.replace, address);
    }
    diags_set_range(diags, from, run->range);
    if (!run->is_refresh_only || !run->replaced.count)
        return ok;
    return diags_fail(diags, NO_RANGE, "Unsupported plan mode",
                      "A refresh-only run replaces nothing: remove \"replace\" or the mode.");
}

static void suite_run_warn_of_targets(const RunWork *work, Diags *diags) {
    if (work->options.targets.count > 0)
        diags_warning(
            diags, NO_RANGE, "Resource targeting is in effect",
            "\"target\" excludes parts of the configuration, so this plan may be incomplete.");
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

/* Copies `found` to `out` without the expected failures. Other failed check blocks and missing
 * expected failures become errors. Returns false if errors were added. */
static bool remove_expected(const SuiteRun *run, const Diags *found, Diags *out) {
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
                    "A condition of %.*s was expected to fail, but none did.",
                    STR_ARG(expected->text));
    }
    return out->error_count == before;
}

/* In JSON output the warning has a range for outputs only, as in Terraform. */
static void warn_early(const TestExpectation *expected, Diags *out) {
    diags_warning(out, expected->range, "Expected failure while planning",
                  "A condition of %.*s already fails during planning, so nothing was applied, and "
                  "the run failed. With \"command = plan\" it would pass.",
                  STR_ARG(expected->text))
        ->subject = str_starts_with(expected->text, STR("output.")) ? DIAG_OBJECT : DIAG_RELATION;
}

/* For the plan before an apply: copies `found` without check blocks, which the apply evaluates
 * again. Adds a warning for each expected failure, because it prevents the apply. */
static void explain_expected(const SuiteRun *run, const Diags *found, Diags *out) {
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

static bool suite_run_plan(RunWork *work) {
    Arena *arena = work->context->arena;
    Diags found = diags_new(arena);
    const SuiteRun *run = work->run;
    work->run->prior = work->state->state;
    bool ok = engine_plan(work->engine, &work->options, work->state->state, &work->planned, arena,
                          &found);
    suite_run_warn_of_targets(work, &found);
    work->run->plan = work->planned.plan;
    if (run->config->is_plan)
        return remove_expected(run, &found, &work->run->diags) && work->planned.plan;
    explain_expected(run, &found, &work->run->diags);
    return ok;
}

/* The end of the file uses this run, unless an earlier one has skip_cleanup and this one has not.
 */
static void set_target(const RunWork *work) {
    SuiteState *state = work->state;
    state->last = work->run;
    if (state->restores && !work->run->config->skips_cleanup)
        return;
    Map *variables = arena_new(work->context->arena, Map);
    *variables = work->variables;
    state->target = work->run;
    state->engine = work->engine;
    state->variables = variables;
    state->restores = work->run->config->skips_cleanup;
}

static bool suite_run_apply(RunWork *work) {
    SuiteContext *context = work->context;
    SuiteState *state = work->state;
    Diags found = diags_new(context->arena);
    WorkingState *working;
    if (!suite_state_begin(context, state, work->run, &work->planned, &working, &work->run->diags))
        return false;
    bool ok = engine_apply(work->engine, &work->options, work->planned.plan, working,
                           context->arena, &found);
    (void)ok; /* `found` has the errors, and expected failures are not errors */
    suite_state_end(state, working);
    set_target(work);
    work->run->state = state->state;
    if (work->options.targets.count > 0)
        diags_warning(&found, NO_RANGE, "Applied changes may be incomplete",
                      "\"target\" excluded parts of the configuration.");
    return remove_expected(work->run, &found, &work->run->diags);
}

static void suite_run_report_failure(SuiteRun *run, const Condition *assertion, Value message) {
    Str text = value_is_present(message) ? value_text(message) : STR("The assertion is false.");
    if (value_is_secret(message)) {
        bool is_sensitive = value_has_mark(message, MARK_SENSITIVE);
        const char *what = is_sensitive ? "sensitive" : "ephemeral";
        diags_warning(&run->diags, assertion->error_message->range,
                      is_sensitive ? "Error message refers to sensitive values"
                                   : "Error message refers to ephemeral values",
                      "The message contains a value that is %s, so it is hidden. Remove the "
                      "value, or wrap it in %s.",
                      what,
                      is_sensitive ? "nonsensitive() if it is not secret" : "ephemeralasnull()");
        text = STR("The error message contains a secret value, so it is hidden.");
    }
    diags_error(&run->diags, assertion->condition->range, "Test assertion failed", "%.*s",
                STR_ARG(text));
}

static SuiteStatus suite_run_report_unknown(SuiteRun *run, const Condition *assertion) {
    SourceRange range = assertion->condition->range;
    if (!run->config->is_plan && plan_has_deferrals(run->plan)) {
        diags_error(&run->diags, range, "Unknown condition value",
                    "The condition depends on a value of a deferred change, which this run has not "
                    "made. Assert the value in a later run.");
        return SUITE_ERROR;
    }
    diags_error(&run->diags, range, "Unknown condition value",
                "The condition depends on a value that is known only after apply, and this run "
                "only plans. Remove that value from the condition, let the run apply, or override "
                "the value with \"override_during = plan\".");
    return SUITE_ERROR;
}

static SuiteStatus assert_one(SuiteRun *run, const Condition *assertion, const Scope *scope,
                              Arena *arena) {
    Value message;
    Value result;
    ConvertError error = {0};
    bool ok =
        eval_expr_as(assertion->error_message, scope, &TYPE_STRING, &message, arena, &run->diags);
    if (ok && value_is_null(message)) {
        diags_error(&run->diags, assertion->error_message->range, "Invalid error message",
                    "The message must be a string, but is null.");
        ok = false;
    }
    ok &= eval_expr(assertion->condition, scope, &result, arena, &run->diags);
    if (!ok)
        return SUITE_ERROR;
    if (!value_is_known(result))
        return suite_run_report_unknown(run, assertion);
    if (value_is_null(result) || !convert_value(result, &TYPE_BOOL, &result, &error, arena)) {
        diags_error(&run->diags, assertion->condition->range, "Invalid condition run",
                    "The condition must be true or false.");
        eval_show_values(assertion->condition, scope, NULL, arena, &run->diags);
        return SUITE_ERROR;
    }
    if (value_is_true(value_without_marks(result)))
        return SUITE_PASS;
    suite_run_report_failure(run, assertion, message);
    eval_show_values(assertion->condition, scope, NULL, arena, &run->diags);
    return SUITE_FAIL;
}

static SuiteStatus assert_all(SuiteContext *context, SuiteRun *run,
                              const AssertionInput *findings) {
    const Scope *scope = suite_values_assertion_scope(context, findings);
    SuiteStatus worst = SUITE_PASS;
    vec_each(&run->config->asserts, assertion) {
        SuiteStatus status = assert_one(run, assertion, scope, context->arena);
        if (status > worst)
            worst = status;
    }
    return worst;
}

static Value collect_outputs(const AssertionInput *findings, Arena *arena) {
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

/* Evaluates all assertions: sets the worst status, and records the outputs for later runs. */
static void evaluate_assertions(RunWork *work) {
    SuiteContext *context = work->context;
    SuiteRun *run = work->run;
    AssertionInput findings = {work->console, work->config, &work->variables};
    if (!work->console)
        return;
    Value *outputs = arena_new(context->arena, Value);
    run->status = assert_all(context, run, &findings);
    *outputs = collect_outputs(&findings, context->arena);
    map_set(&context->outputs, run->config->name, outputs);
}

static bool suite_run_begin(RunWork *work) {
    SuiteRun *run = work->run;
    if (work->config->unmet) {
        diags_append(&run->diags, work->config->unmet);
        return false;
    }
    suite_check_overrides(work->config, &run->config->overrides, &run->diags);
    if (!suite_check_expected(run->config, &run->diags) || !suite_run_prepare(work))
        return false;
    Diags found = diags_new(work->context->arena);
    if (!engine_validate(work->engine, &found)) {
        diags_append(&run->diags, &found);
        return false;
    }
    return suite_values_collect(work->context, work->config, run, &work->variables, &run->diags) &&
           suite_run_set_options(work);
}

static RunWork new_work(SuiteContext *context, SuiteRun *run, SuiteState *state) {
    const Config *under_test = context->request->engine->config;
    return (RunWork){
        .context = context,
        .run = run,
        .config = run->config->config ? run->config->config : under_test,
        .state = state,
    };
}

void suite_run_execute(SuiteContext *context, SuiteRun *run) {
    RunWork work = new_work(context, run, suite_state_of(context, run->config));
    run->status = SUITE_ERROR;
    if (!suite_run_begin(&work) || !suite_state_prepare(context, work.state, run, &run->diags))
        return;
    run->engine = work.engine;
    if (!suite_run_plan(&work) || (!run->config->is_plan && !suite_run_apply(&work)))
        return;
    run->status = SUITE_PASS;
    evaluate_assertions(&work);
}

static bool suite_run_bind_work(RunWork *work) {
    SuiteRun *run = work->run;
    if (work->config->unmet)
        diags_append(&run->diags, work->config->unmet);
    return !work->config->unmet && suite_run_prepare(work) &&
           suite_values_collect(work->context, work->config, run, &work->variables, &run->diags);
}

bool suite_run_bind(SuiteContext *context, SuiteRun *run, SuiteState *state, Diags *diags) {
    RunWork work = new_work(context, run, state);
    size_t before = run->diags.count;
    bool ok = suite_run_bind_work(&work);
    for (size_t i = before; i < run->diags.count; i++) {
        if (run->diags.items[i].severity == DIAG_ERROR)
            diags_add(diags, &run->diags.items[i]);
    }
    Map *variables = arena_new(context->arena, Map);
    *variables = work.variables;
    state->engine = work.engine;
    state->variables = variables;
    return ok;
}
