/* Collects values of variables from outside, from the file and from a run. */
#include "suite_values.h"
#include "eval.h"

/* The scope of a provider block, or of the variables of a run or of the file. */
typedef struct ValuesScope {
    Scope scope;
    SuiteContext *context;
    const Config *config;
    bool is_file; /* for the file's own variables, which may refer to given values only */
} ValuesScope;

static bool values_is_own(const Config *config, Str name) {
    return map_has(&config->root->variables, name);
}

/* Returns the configuration with the variables that the file declares, so that their types decide
 * how given values are read. A declaration of the module takes precedence. */
static const Config *with_declared(const SuiteContext *context, const Config *config) {
    const Map *declared = &context->file->config->declared;
    if (declared->count == 0)
        return config;
    Config *joined = arena_new(context->arena, Config);
    Module *root = arena_new(context->arena, Module);
    *joined = *config;
    *root = *config->root;
    joined->root = root;
    root->variables = map_new(context->arena);
    map_each(&config->root->variables, entry) {
        map_set(&root->variables, entry->key, entry->value);
    }
    map_each(declared, entry) {
        if (!values_is_own(config, entry->key))
            map_set(&root->variables, entry->key, entry->value);
    }
    return joined;
}

/* Converts the given values of variables that only the file declares, and adds their defaults. */
static bool convert_declared(const SuiteContext *context, const Config *config, Map *out,
                             Diags *diags) {
    bool ok = true;
    map_each(&context->file->config->declared, entry) {
        const Variable *variable = entry->value;
        const InputValue *given = map_find(out, entry->key);
        if (values_is_own(config, entry->key) || (!given && !variable->has_default))
            continue;
        InputValue *converted = arena_new(context->arena, InputValue);
        converted->range = given ? given->range : variable->range;
        if (input_convert(variable, given ? &given->value : NULL, converted->range,
                          &converted->value, context->arena, diags))
            map_set(out, entry->key, converted);
        else
            ok = false;
    }
    return ok;
}

static bool gather_given(const SuiteContext *context, const Config *config, Map *out,
                         Diags *diags) {
    InputRequest request = *context->request->input;
    request.ask = NULL;
    request.is_of_test = true;
    if (!input_gather(config, &request, out, context->arena, diags))
        return false;
    if (!context->file->config->is_in_test_directory)
        return true;
    Map beside;
    request.directory = context->request->test_directory;
    request.only_directory = true;
    DiskStat stat;
    const Disk *disk = request.io->disk;
    if (disk->stat(disk->self, request.directory, &stat) < 0)
        return true;
    if (!input_gather(config, &request, &beside, context->arena, diags))
        return false;
    map_each(&beside, entry) {
        map_set(out, entry->key, entry->value);
    }
    return true;
}

/* Returns NULL and adds an error if the given values cannot be read. */
static const Map *given_for(SuiteContext *context, const Config *config, Diags *diags) {
    vec_each(&context->given, known) {
        if ((*known)->config == config)
            return &(*known)->values;
    }
    SuiteGiven *given = arena_new(context->arena, SuiteGiven);
    given->config = config;
    if (!(gather_given(context, with_declared(context, config), &given->values, diags) &&
          convert_declared(context, config, &given->values, diags)))
        return NULL;
    vec_push(context->arena, &context->given, given);
    return &given->values;
}

static SourceRange named_range(const Traversal *traversal) {
    return traversal->step_count == 0
               ? traversal->range
               : source_range_join(traversal->root_range, traversal->steps[0].range);
}

static bool values_lookup(const Scope *scope, const Traversal *traversal, Value *out, size_t *used,
                          Arena *arena, Diags *diags);

static Scope *new_scope(SuiteContext *context, const Config *config, bool is_file) {
    const Engine *engine = context->request->engine;
    ValuesScope *scope = arena_new(context->arena, ValuesScope);
    *scope = (ValuesScope){
        .scope =
            {
                .self = scope,
                .lookup = values_lookup,
                .functions = config->functions,
                .io = engine->io,
                .now_ms = engine->now_ms,
            },
        .context = context,
        .config = config,
        .is_file = is_file,
    };
    return &scope->scope;
}

const Scope *suite_values_scope(SuiteContext *context, const Config *config) {
    return new_scope(context, config, false);
}

static const TestVariable *values_find_variable(const TestVariables *variables, Str name) {
    vec_each(variables, variable) {
        if (str_equal(variable->name, name))
            return variable;
    }
    return NULL;
}

static bool values_evaluate(SuiteContext *context, const Config *config,
                            const TestVariable *variable, bool is_file, Map *out, Diags *diags) {
    Arena *arena = context->arena;
    InputValue *input = arena_new(arena, InputValue);
    if (!eval_expr(variable->expr, new_scope(context, config, is_file), &input->value, arena,
                   diags))
        return false;
    input->range = variable->expr->range;
    map_set(out, variable->name, input);
    return true;
}

/* Looks in the file, then in the given values. Sets `*out` to NULL without an error if neither has
 * it. */
static bool find_outer(SuiteContext *context, const Config *config, Str name,
                       const InputValue **out, Diags *diags) {
    const TestVariable *variable = values_find_variable(&context->file->config->variables, name);
    *out = map_find(&context->variables, name);
    if (*out)
        return true;
    if (variable) {
        if (!values_evaluate(context, config, variable, true, &context->variables, diags))
            return false;
        *out = map_find(&context->variables, name);
        return true;
    }
    const Map *given = given_for(context, config, diags);
    if (given)
        *out = map_find(given, name);
    return given != NULL;
}

/* Like find_outer. But if a value that was given outside of the file cannot be read, the variable
 * counts as absent and no error is added: the assertion that refers to it reports that. */
static bool find_test_variable(SuiteContext *context, const Config *config, Str name,
                               const InputValue **out, Diags *diags) {
    Diags ignored = diags_new(context->arena);
    bool is_of_file = values_find_variable(&context->file->config->variables, name) != NULL;
    return find_outer(context, config, name, out, is_of_file ? diags : &ignored) || !is_of_file;
}

static bool values_lookup_variable(const ValuesScope *scope, const Traversal *traversal, Value *out,
                                   Diags *diags) {
    SuiteContext *context = scope->context;
    Str name = traversal->steps[0].name;
    const InputValue *found = NULL;
    if (scope->is_file) {
        const Map *given = given_for(context, scope->config, diags);
        if (!given)
            return false;
        found = map_find(given, name);
    } else if (!find_outer(context, scope->config, name, &found, diags)) {
        return false;
    }
    if (found) {
        *out = found->value;
        return true;
    }
    return diags_fail(diags, named_range(traversal), "Reference to unavailable variable",
                      "\"%.*s\" has no value here. %s", STR_ARG(name),
                      scope->is_file
                          ? "Variables of a test file may refer only to values from the "
                            "environment, variable files or -var."
                          : "Only the variables of the file, and values from the environment, "
                            "variable files or -var, are available.");
}

static const TestRun *find_run(const SuiteContext *context, Str name) {
    vec_each(&context->file->config->runs, run) {
        if (str_equal((*run)->name, name))
            return *run;
    }
    return NULL;
}

/* Finds run.NAME; `missing` is the summary of the error if the run has not been executed. */
static bool find_run_outputs(SuiteContext *context, const Traversal *traversal, const char *missing,
                             Value *out, Diags *diags) {
    Str name = traversal->step_count > 0 ? traversal->steps[0].name : STR_EMPTY;
    const Value *value = map_find(&context->outputs, name);
    if (value) {
        *out = *value;
        return true;
    }
    bool is_test = context->request->mode == SUITE_TEST;
    if (find_run(context, name))
        diags_error(diags, named_range(traversal), missing,
                    is_test
                        ? "The run \"%.*s\" comes later: only outputs of earlier runs are known."
                        : "The run \"%.*s\" has no stored outputs: it only planned, or was not "
                          "executed.",
                    STR_ARG(name));
    else
        diags_error(diags, named_range(traversal), "Reference to unknown run block",
                    "This file has no run \"%.*s\".", STR_ARG(name));
    return false;
}

/* A run cannot be planned with values that never become known to it. */
static bool values_check_known(const SuiteContext *context, const Traversal *traversal,
                               Value outputs, Arena *arena, Diags *diags) {
    Diags ignored = diags_new(arena); /* the evaluator reports wrong steps */
    Value value;
    if (!eval_steps(outputs, traversal, 1, &value, arena, &ignored) || value_is_wholly_known(value))
        return true;
    Str name = traversal->steps[0].name;
    const TestRun *run = find_run(context, name);
    return diags_fail(
        diags, traversal->range, "Reference to unknown value",
        run && run->is_plan
            ? "The value is known only after an apply, and the run \"%.*s\" only plans."
            : "The value is that of a deferred change, which the run \"%.*s\" has not made. "
              "Refer to a later run.",
        STR_ARG(name));
}

static bool values_lookup(const Scope *scope, const Traversal *traversal, Value *out, size_t *used,
                          Arena *arena, Diags *diags) {
    const ValuesScope *self = scope->self;
    bool has_name = traversal->step_count > 0 && !traversal->steps[0].is_index;
    *used = 1;
    if (has_name && str_equal_cstr(traversal->root, "var"))
        return values_lookup_variable(self, traversal, out, diags);
    if (has_name && str_equal_cstr(traversal->root, "run") && !self->is_file)
        return find_run_outputs(self->context, traversal, "Reference to unavailable run block", out,
                                diags) &&
               values_check_known(self->context, traversal, *out, arena, diags);
    return diags_fail(
        diags, named_range(traversal), "Invalid reference",
        self->is_file
            ? "Variables of a test file may refer only to variables with values from the "
              "environment, variable files or -var."
            : "Only references to variables and to outputs of earlier runs are allowed here.");
}

/* The scope of an assertion: the module after the run, and the names of the test. */
typedef struct AssertScope {
    Scope scope;
    const Scope *module;
    SuiteContext *context;
    const AssertionInput *findings;
} AssertScope;

static bool lookup_output(const AssertScope *self, const Traversal *traversal, Value *out,
                          Arena *arena, Diags *diags) {
    Str name = traversal->steps[0].name;
    const Map *outputs = &self->findings->config->root->outputs;
    if (engine_console_output(self->findings->console, name, out))
        return true;
    Str hint = map_did_you_mean(outputs, name, arena);
    return diags_fail(diags, named_range(traversal), "Reference to undeclared output value",
                      "The module has no output \"%.*s\".%.*s", STR_ARG(name), STR_ARG(hint));
}

/* Finds a variable that the module does not declare: of the run, the file, or from outside. */
static bool lookup_test_variable(const AssertScope *self, Str name, bool *is_found, Value *out,
                                 Diags *diags) {
    const InputValue *found = map_find(self->findings->variables, name);
    if (!found && !find_test_variable(self->context, self->findings->config, name, &found, diags))
        return false;
    *is_found = found != NULL;
    if (found)
        *out = found->value;
    return true;
}

static bool lookup_asserted(const Scope *scope, const Traversal *traversal, Value *out,
                            size_t *used, Arena *arena, Diags *diags) {
    const AssertScope *self = scope->self;
    bool has_name = traversal->step_count > 0 && !traversal->steps[0].is_index;
    Str name = has_name ? traversal->steps[0].name : STR_EMPTY;
    *used = 1;
    if (has_name && str_equal_cstr(traversal->root, "output"))
        return lookup_output(self, traversal, out, arena, diags);
    if (has_name && str_equal_cstr(traversal->root, "run"))
        return find_run_outputs(self->context, traversal, "Reference to unevaluated run block", out,
                                diags);
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

const Scope *suite_values_assertion_scope(SuiteContext *context, const AssertionInput *findings) {
    AssertScope *scope = arena_new(context->arena, AssertScope);
    const Scope *module = engine_console_scope(findings->console);
    *scope = (AssertScope){
        .scope = *module,
        .module = module,
        .context = context,
        .findings = findings,
    };
    scope->scope.self = scope;
    scope->scope.lookup = lookup_asserted;
    return &scope->scope;
}

static bool add_outer(SuiteContext *context, const Config *config, const Variable *variable,
                      Map *out, Diags *diags) {
    const InputValue *found;
    if (!find_outer(context, config, variable->name, &found, diags))
        return false;
    if (found) {
        map_set(out, variable->name, (void *)found);
        return true;
    }
    if (variable->has_default)
        return true;
    return diags_fail(
        diags, variable->range, "No value for required variable",
        "The module of this run has a variable \"%.*s\" without a default. Set it in a "
        "\"variables\" block of the run or of its file, or with -var or -var-file.",
        STR_ARG(variable->name));
}

typedef struct Wanted {
    Str name;
    bool is_used;
} Wanted;

static void note_use(Traversal *traversal, void *payload) {
    Wanted *wanted = payload;
    wanted->is_used |= str_equal_cstr(traversal->root, "var") && traversal->step_count > 0 &&
                       str_equal(traversal->steps[0].name, wanted->name);
}

/* Adds a warning unless assertions or variables of the run use the undeclared variable. */
static void values_warn_undeclared(const SuiteRun *run, const TestVariable *variable,
                                   Diags *diags) {
    Wanted wanted = {.name = variable->name};
    vec_each(&run->config->asserts, assertion) {
        expr_each_traversal(assertion->condition, note_use, &wanted);
        expr_each_traversal(assertion->error_message, note_use, &wanted);
    }
    vec_each(&run->config->variables, other) {
        expr_each_traversal(other->expr, note_use, &wanted);
    }
    if (wanted.is_used)
        return;
    diags_warning(diags, variable->expr->range, "Value for undeclared variable",
                  "The module of this run declares no variable \"%.*s\", to which the run \"%.*s\" "
                  "gives a value.",
                  STR_ARG(variable->name), STR_ARG(run->config->name));
}

bool suite_values_collect(SuiteContext *context, const Config *config, const SuiteRun *run,
                          Map *out, Diags *diags) {
    bool ok = true;
    *out = map_new(context->arena);
    vec_each(&run->config->variables, variable) {
        ok &= values_evaluate(context, config, variable, false, out, diags);
        if (!map_has(&config->root->variables, variable->name))
            values_warn_undeclared(run, variable, diags);
    }
    map_each(&config->root->variables, entry) {
        if (!map_has(out, entry->key) && !values_find_variable(&run->config->variables, entry->key))
            ok &= add_outer(context, config, entry->value, out, diags);
    }
    return ok;
}
