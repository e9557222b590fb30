/* Plans or applies one instance of a data source. The plan reads it if its configuration is known
 * and no dependency will change. */
#include "deferred_read.h"
#include "instance_conditions.h"
#include "node_kinds.h"
#include "object_marks.h"
#include "provider_call.h"
#include "stored_object.h"

/* Reads the data source. If the provider defers the read to the apply, sets `*deferred` to the
 * reason and leaves `*out` unset. */
static bool read_source(Job *job, const Configured *configured, Value *out, Str *deferred) {
    DataReadRequest request = {configured->value};
    DataReadResponse response = {0};
    if (!provider_call_read_data(job, &request, &response))
        return false;
    *deferred = response.deferred;
    if (deferred->len > 0)
        return true;
    if (!value_is_wholly_known(response.state)) {
        diags_error(&job->diags, NO_RANGE, "Provider produced invalid object",
                    "The answer of data source %.*s holds unknown values. This is a mistake of the "
                    "provider.",
                    STR_ARG(job->address));
        return false;
    }
    *out = object_marks_add(job, response.state, configured);
    return true;
}

static void postpone(Job *job, const Configured *configured, ActionReason reason) {
    ResourceChange *change = job_new_change(job);
    change->config = value_clone(configured->marked, job->keep);
    change->action = ACTION_READ;
    change->reason = reason;
    change->after = value_clone(
        object_marks_add(job, deferred_read_object(job, configured->value), configured), job->keep);
    job->record->value = change->after;
    if (job->walk->options->mode == PLAN_REFRESH_ONLY)
        return;
    job->record->planned = change;
    job->record->refreshed_changed = true; /* the stored result is out of date */
}

static void remember(Job *job, Value value) {
    job->record->value = value_clone(value, job->keep);
    job->record->refreshed =
        state_object_clone(stored_object_encode(job, value, OBJECT_READY, STR_EMPTY), job->keep);
    const StateObject *before = job->record->stored ? job->record->stored->current : NULL;
    job->record->refreshed_changed = !before || !state_object_equal(before, job->record->refreshed);
}

/* Destroy plan: keeps the stored result, because it may configure a provider. It is removed from
 * the state after the deletions. */
static bool keep_stored(Job *job) {
    const StateObject *object = job->record->stored ? job->record->stored->current : NULL;
    Value value;
    if (!stored_object_decode(job, object, &value))
        return false;
    if (object)
        job->record->value = value_clone(value, job->keep);
    return true;
}

static void warn_deferred(Job *job, Str why) {
    diags_warning(&job->diags, NO_RANGE, "Data source not read",
                  "%.*s The plan goes on without the values of %.*s, and the apply reads it. "
                  "-exclude='%.*s' leaves it out, with all that depends on it.",
                  STR_ARG(why), STR_ARG(job->address), STR_ARG(job->address));
}

static bool plan_source(Job *job) {
    if (job->walk->options->mode == PLAN_DESTROY)
        return keep_stored(job);
    EvalScope scope;
    evaluate_scope_init_instance(&scope, job->record);
    Configured configured;
    if (!instance_conditions_before(job, &scope) || !configured_evaluate(job, &scope, &configured))
        return false;
    bool is_unknown = !value_is_wholly_known(configured.value) || job->provider->is_deferred;
    if (is_unknown || deferred_read_is_needed(job)) {
        postpone(job, &configured,
                 is_unknown ? REASON_READ_BECAUSE_CONFIG_UNKNOWN
                            : REASON_READ_BECAUSE_DEPENDENCY_PENDING);
        return instance_conditions_after(job, &scope);
    }
    if (!job_require_provider(job))
        return false;
    job->action = ACTION_READ;
    job_send(job, EVENT_REFRESH_START, STR_EMPTY);
    Value value;
    Str deferred;
    size_t from = job->diags.count;
    if (!read_source(job, &configured, &value, &deferred))
        return false;
    WalkEvent event = job_event(job, EVENT_REFRESH_END);
    event.is_deferred = deferred.len > 0;
    hooks_send(job->walk->engine->hooks, &event);
    if (deferred.len > 0) {
        warn_deferred(job, deferred);
        job_place_answer(job, from);
        postpone(job, &configured, REASON_READ_BECAUSE_DEFERRED);
        return instance_conditions_after(job, &scope);
    }
    remember(job, value);
    return instance_conditions_after(job, &scope);
}

/* Reports a deferred read in an apply or in a check, where no later read follows. */
static bool fail_deferred(Job *job, Str why) {
    size_t from = job->diags.count;
    diags_error(&job->diags, NO_RANGE, "Data source not read", "%.*s", STR_ARG(why));
    job_place_answer(job, from);
    return false;
}

/* Reads a data source during an apply or a check; listeners receive it as an operation. */
static bool read_as_operation(Job *job, const Configured *configured, Value *out) {
    job->action = ACTION_READ;
    job_send(job, EVENT_APPLY_START, STR_EMPTY);
    Str deferred;
    bool ok = read_source(job, configured, out, &deferred);
    if (ok && deferred.len > 0)
        ok = fail_deferred(job, deferred);
    /* A failed read sends no end event: it is an error, but not a failed operation, because it
     * changes nothing. */
    if (ok)
        job_send_end(job, EVENT_APPLY_END, job_object_id(*out), true);
    return ok;
}

/* Returns summary and detail, without the explanations that follow an empty line. */
static Str message_of(const Diag *diag, Arena *arena) {
    size_t end = 0;
    Str detail = diag->detail;
    while (end < detail.len && !str_starts_with(str_after(detail, end), STR("\n\n")))
        end++;
    return str_format(arena, "%.*s: %.*s", STR_ARG(diag->summary),
                      STR_ARG(str_slice(detail, 0, end)));
}

/* Turns the diagnostics of the job into warnings and a failed result of the check. */
static void fail_check(Job *job) {
    CheckResult *result = job->record->results->items;
    Diags found = job->diags;
    job->diags = diags_new(job->scratch);
    const Check *check = job->resource->config->check;
    checks_warn(&job->diags, &found, str_concat(STR("check."), check->name, job->scratch));
    result->status = CHECK_FAIL;
    for (size_t i = 0; i < found.count && result->message.len == 0; i++) {
        if (found.items[i].severity == DIAG_ERROR)
            result->message = message_of(&found.items[i], job->keep);
    }
}

/* Reads the data source of a check. Errors become a failed result and stop nothing. Returns false
 * if the read failed; `*out` then holds the values that are known without it. */
static bool read_nested(Job *job, const Configured *configured, Value *out) {
    if (job_require_provider(job) && read_as_operation(job, configured, out)) {
        job->record->results->items[0].status = CHECK_PASS;
        return true;
    }
    fail_check(job);
    *out = value_unknown_as_null(
        object_marks_add(job, deferred_read_object(job, configured->value), configured),
        job->scratch);
    return false;
}

/* Reads the data source now and plans a second read, because the check is about the state after the
 * apply. */
static void plan_nested(Job *job) {
    EvalScope scope;
    evaluate_scope_init_instance(&scope, job->record);
    Configured configured;
    if (!configured_evaluate(job, &scope, &configured)) {
        fail_check(job);
        return;
    }
    if (!value_is_wholly_known(configured.value) || job->provider->is_deferred) {
        postpone(job, &configured, REASON_READ_BECAUSE_CONFIG_UNKNOWN);
        return;
    }
    Value value;
    bool was_read = read_nested(job, &configured, &value);
    Value after =
        was_read ? value
                 : object_marks_add(job, deferred_read_object(job, configured.value), &configured);
    remember(job, value);
    if (job->walk->options->mode == PLAN_REFRESH_ONLY)
        return;
    ResourceChange *change = job_new_change(job);
    change->config = value_clone(configured.marked, job->keep);
    change->action = ACTION_READ;
    change->reason = REASON_READ_BECAUSE_CHECK_NESTED;
    change->after = value_clone(after, job->keep);
    job->record->planned = change;
}

bool node_data_plan(Walk *tasks, void *payload, uint32_t worker) {
    (void)tasks;
    Job job;
    job_begin(&job, payload, worker);
    job.record->value = value_unknown(schema_implied_type(job.schema));
    if (!job.resource->config->check)
        (void)plan_source(&job);
    else if (job.walk->options->mode != PLAN_DESTROY)
        plan_nested(&job);
    return job_end(&job);
}

static bool record_read(Job *job, Value value) {
    remember(job, value);
    JournalOutcome outcome = job_outcome(job, job->record->refreshed);
    return working_state_record(job->walk->working, 0, &outcome, &job->diags);
}

static bool apply_nested(Job *job) {
    EvalScope scope;
    evaluate_scope_init_instance(&scope, job->record);
    Configured configured;
    if (!configured_evaluate(job, &scope, &configured)) {
        fail_check(job);
        return true;
    }
    Value value;
    (void)read_nested(job, &configured, &value);
    return record_read(job, value);
}

static bool apply_source(Job *job) {
    EngineWalk *walk = job->walk;
    if (!job->record->run) {
        const StateObject *object =
            working_state_object(walk->working, job->record->address, STR_EMPTY, job->scratch);
        Value value;
        if (!stored_object_decode(job, object, &value))
            return false;
        if (!object)
            return true;
        job->record->value = value_clone(value, job->keep);
        return true; /* the plan that read it has evaluated its conditions */
    }
    EvalScope scope;
    evaluate_scope_init_instance(&scope, job->record);
    Configured configured;
    Value value;
    if (!instance_conditions_before(job, &scope) ||
        !configured_evaluate(job, &scope, &configured) || !job_require_provider(job) ||
        !read_as_operation(job, &configured, &value)) {
        return false;
    }
    return record_read(job, value) && instance_conditions_after(job, &scope);
}

bool node_data_apply(Walk *tasks, void *payload, uint32_t worker) {
    (void)tasks;
    Job job;
    job_begin(&job, payload, worker);
    job.record->value = value_unknown(schema_implied_type(job.schema));
    if (job.resource->config->check && job.record->run)
        (void)apply_nested(&job);
    else
        (void)apply_source(&job);
    return job_end(&job);
}
