/* Visits ephemeral resources. Plan and apply open each instance when the walk reaches it, and close
 * it after its last user. Its value exists only in the memory of the walk. */
#include "deferred_read.h"
#include "ephemerals.h"
#include "instance_conditions.h"
#include "node_kinds.h"
#include "object_marks.h"
#include "proposal.h"
#include "provider_call.h"

/* The opened object must match the configuration. */
static bool check_result(Job *job, const Configured *configured, Value result) {
    static const char *const summary = "Provider produced invalid ephemeral resource instance";
    if (!value_is_wholly_known(result)) {
        diags_error(&job->diags, NO_RANGE, summary,
                    "What was opened for %.*s holds unknown values. This is a mistake of the "
                    "provider.",
                    STR_ARG(job->address));
        return false;
    }
    Value expected = deferred_read_object(job, configured->value);
    return proposal_check_result(job, expected, result, summary, configured);
}

static bool open_object(Job *job, Value config, OpenResponse *response) {
    const Hooks *hooks = job->walk->engine->hooks;
    WalkEvent event = job_event(job, EVENT_EPHEMERAL_START);
    event.operation = "open";
    hooks_send(hooks, &event);
    bool ok = provider_call_open(job, &(OpenRequest){config}, response);
    event = job_event(job, EVENT_EPHEMERAL_END);
    event.operation = "open";
    event.failed = !ok;
    hooks_send(hooks, &event);
    return ok;
}

static void keep_value(Job *job, Value value, const Configured *configured) {
    Value marked = value_with_marks(object_marks_add(job, value, configured), MARK_EPHEMERAL);
    job->record->value = value_clone(marked, job->keep);
}

/* The apply opens the object if its configuration or its provider is unknown, or if a dependency
 * will change. */
static bool is_deferred(const Job *job, const Configured *configured) {
    if (!value_is_wholly_known(configured->value) || job->provider->is_deferred)
        return true;
    return job->walk->phase == PHASE_PLAN && deferred_read_is_needed(job);
}

/* Reports why the object is not opened: a warning while planning, else an error. Returns true while
 * planning. */
static bool explain_deferred(Job *job, Str why) {
    static const char summary[] = "Ephemeral resource not opened";
    bool is_planning = job->walk->phase == PHASE_PLAN;
    size_t from = job->diags.count;
    if (is_planning)
        diags_warning(&job->diags, NO_RANGE, summary,
                      "%.*s The plan goes on without the values of %.*s, and the apply opens it.",
                      STR_ARG(why), STR_ARG(job->address));
    else
        diags_error(&job->diags, NO_RANGE, summary, "%.*s", STR_ARG(why));
    job_place_answer(job, from);
    return is_planning;
}

static bool open_instance(Job *job, bool is_destroying) {
    EvalScope scope;
    Configured configured;
    OpenResponse response;
    evaluate_scope_init_instance(&scope, job->record);
    if (!is_destroying && !instance_conditions_before(job, &scope))
        return false;
    if (!configured_evaluate(job, &scope, &configured))
        return false;
    if (is_deferred(job, &configured)) {
        keep_value(job, deferred_read_object(job, configured.value), &configured);
        return true;
    }
    if (!job_require_provider(job) || !open_object(job, configured.value, &response))
        return false;
    if (response.deferred.len > 0) {
        keep_value(job, deferred_read_object(job, configured.value), &configured);
        return explain_deferred(job, response.deferred);
    }
    ephemerals_add(job->walk->ephemerals, job, &response);
    if (!check_result(job, &configured, response.result))
        return false;
    keep_value(job, response.result, &configured);
    return is_destroying || instance_conditions_after(job, &scope);
}

bool node_ephemeral_open(Walk *tasks, void *payload, uint32_t worker) {
    (void)tasks;
    Job job;
    job_begin(&job, payload, worker);
    Value unknown = value_unknown(schema_implied_type(job.schema));
    job.record->value = value_with_marks(unknown, MARK_EPHEMERAL);
    bool is_destroying = job.walk->options->mode == PLAN_DESTROY;
    if (!is_destroying || job.node->configures)
        (void)open_instance(&job, is_destroying);
    return job_end(&job);
}

bool node_ephemeral_close_visit(Visit *visit) {
    return ephemerals_close(visit->walk->ephemerals, visit->node->as.resource, &visit->diags);
}
