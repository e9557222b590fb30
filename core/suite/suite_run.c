/* Executes one run: its module with the providers of the test is planned, perhaps applied, and
 * asserted. */
#include "suite_assert.h"
#include "suite_body.h"
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
        bound->body = suite_body_new(
            config->body, suite_values_scope(work->context->values, work->config), arena);
    return bound;
}

/* Uses the provider configurations that the run maps with `providers`. */
static bool take_named(RunWork *work, Map *providers) {
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
                    "This run wants a provider configuration that its file does not have.");
        ok = false;
    }
    return ok;
}

static bool is_key(const ProviderRef *ref, Str key) {
    Str behind = str_after(key, ref->name.len < key.len ? ref->name.len + 1 : key.len);
    return str_starts_with(key, ref->name) && str_equal(behind, ref->alias) &&
           (key.len == ref->name.len || key.ptr[ref->name.len] == '.');
}

/* Returns true if the module or a called module uses this provider configuration. */
static bool uses_provider(const Module *module, Str key) {
    bool is_default = str_find_char(key, '.', 0) == SIZE_MAX;
    if (map_has(&module->providers, key))
        return true;
    map_each(&module->resources, entry) {
        const Resource *resource = entry->value;
        if (is_key(&resource->provider, key))
            return true;
    }
    map_each(&module->calls, entry) {
        const ModuleCall *call = entry->value;
        map_each(&call->providers, passed) {
            if (is_key(passed->value, key))
                return true;
        }
        if (is_default && call->module && uses_provider(call->module, key))
            return true;
    }
    return false;
}

/* Leaves out unused provider configurations, so they are neither evaluated nor validated. */
static bool take_providers(RunWork *work, Map *providers) {
    const TestFile *file = work->context->file->config;
    if (work->run->config->providers.count > 0)
        return take_named(work, providers);
    map_each(&file->providers, entry) {
        if (uses_provider(work->config->root, entry->key))
            map_set(providers, entry->key, bind_provider(work, entry->value, entry->key));
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

/* Copies the configuration and adds the providers of the test to its root module. */
static bool prepare(RunWork *work) {
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
    return take_providers(work, &root->providers);
}

static Str address_text(const Traversal *traversal, Arena *arena) {
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

static bool take_options(RunWork *work) {
    const TestRun *run = work->run->config;
    Arena *arena = work->context->arena;
    Diags *diags = &work->run->diags;
    size_t from = diags->count;
    bool ok = true;
    work->options = (PlanOptions){
        .mode = run->is_refresh_only ? PLAN_REFRESH_ONLY : PLAN_NORMAL,
        .skip_refresh = run->skips_refresh,
        .variables = &work->variables,
        .console = &work->console,
    };
    vec_each(&run->targets, traversal) {
        AddressTarget target;
        Str text = address_text(*traversal, arena);
        ok &= address_parse_target(text, &target, arena, diags);
        vec_push(arena, &work->options.targets, target);
        vec_push(arena, &work->options.target_texts, text);
    }
    vec_each(&run->replaced, traversal) {
        ResourceAddr address;
        ok &= address_parse_resource(address_text(*traversal, arena), &address, arena, diags);
        vec_push(arena, &work->options.replace, address);
    }
    diags_set_range(diags, from, run->range);
    if (!run->is_refresh_only || !run->replaced.count)
        return ok;
    diags_error(diags, NO_RANGE, "Unsupported plan mode",
                "A run that only refreshes replaces nothing: remove \"replace\" or the mode.");
    return false;
}

static void warn_of_targets(const RunWork *work, Diags *diags) {
    if (work->options.targets.count > 0)
        diags_warning(diags, NO_RANGE, "Resource targeting is in effect",
                      "\"target\" leaves parts of the configuration out, so this plan may not be "
                      "all that it asks for.");
}

static bool plan(RunWork *work) {
    Arena *arena = work->context->arena;
    Diags found = diags_new(arena);
    const SuiteRun *run = work->run;
    work->run->prior = work->state->state;
    bool ok = engine_plan(work->engine, &work->options, work->state->state, &work->planned, arena,
                          &found);
    warn_of_targets(work, &found);
    work->run->plan = work->planned.plan;
    if (run->config->is_plan)
        return suite_assert_expected(run, &found, &work->run->diags) && work->planned.plan;
    suite_assert_explain(run, &found, &work->run->diags);
    return ok;
}

static bool apply(RunWork *work) {
    SuiteContext *context = work->context;
    Arena *arena = context->arena;
    Diags found = diags_new(arena);
    WorkingState *working = working_state_open(work->planned.refreshed, suite_state_backend(arena),
                                               NULL, work->engine->io, arena);
    bool ok =
        engine_apply(work->engine, &work->options, work->planned.plan, working, arena, &found);
    (void)ok; /* `found` has the errors, and expected failures are not errors */
    SuiteState *state = work->state;
    state->state = working_state_close(working);
    state->last = work->run;
    state->engine = work->engine;
    Map *variables = arena_new(arena, Map);
    *variables = work->variables;
    state->variables = variables;
    work->run->state = state->state;
    if (work->options.targets.count > 0)
        diags_warning(&found, NO_RANGE, "Applied changes may be incomplete",
                      "\"target\" left parts of the configuration out.");
    return suite_assert_expected(work->run, &found, &work->run->diags);
}

static void judge(RunWork *work) {
    SuiteContext *context = work->context;
    SuiteFindings findings = {work->console, work->config, &work->variables};
    if (!work->console)
        return;
    work->run->status = suite_assert_all(context, work->run, &findings);
    Value *outputs = arena_new(context->arena, Value);
    *outputs = suite_assert_outputs(&findings, context->arena);
    map_set(&context->outputs, work->run->config->name, outputs);
}

static bool begin(RunWork *work) {
    SuiteRun *run = work->run;
    if (work->config->unmet) {
        diags_append(&run->diags, work->config->unmet);
        return false;
    }
    suite_override_check(work->config, &run->config->overrides, &run->diags);
    if (!suite_assert_check_expected(run->config, &run->diags) || !prepare(work))
        return false;
    Diags found = diags_new(work->context->arena);
    if (!engine_validate(work->engine, &found)) {
        diags_append(&run->diags, &found);
        return false;
    }
    return suite_values_collect(work->context->values, work->config, run, &work->variables,
                                &run->diags) &&
           take_options(work);
}

void suite_run_carry_out(SuiteContext *context, SuiteRun *run) {
    const Config *under_test = context->request->engine->config;
    RunWork work = {
        .context = context,
        .run = run,
        .config = run->config->config ? run->config->config : under_test,
        .state = suite_file_state(context, run->config),
    };
    run->status = SUITE_ERROR;
    if (!begin(&work))
        return;
    run->engine = work.engine;
    if (!plan(&work) || (!run->config->is_plan && !apply(&work)))
        return;
    run->status = SUITE_PASS;
    judge(&work);
}
