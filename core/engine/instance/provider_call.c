/* provider_call: chooses between provider and mock, places the diagnostics, writes the log. */
#include "provider_call.h"

#include "data_source_type.h"
#include "ephemeral_type.h"
#include "log.h"
#include "object_type.h"
#include "resource_type.h"

#include <inttypes.h>

/* One call under way. */
typedef struct Calling {
    Job *job;
    const char *name;
    Call call;
    size_t from;        /* diagnostics before the call */
    LogContext outer;   /* of the thread */
    int64_t started_ms; /* with a log only */
} Calling;

static bool is_mocked(const Job *job) {
    return job->mock.type != NULL;
}

static Calling begin(Job *job, const char *name) {
    Calling calling = {.job = job, .name = name, .call = job_call(job), .from = job->diags.count};
    calling.outer = log_swap_context((LogContext){
        .address = job->address,
        .secrets = calling.call.secrets,
        .other_secrets = calling.call.provider_secrets,
    });
    calling.started_ms = log_clock_ms();
    return calling;
}

/* Returns the result of the call. */
static bool end(const Calling *calling, bool ok) {
    Job *job = calling->job;
    if (job->diags.count > calling->from)
        job_place_answer(job, calling->from);
    log_debug("provider call", log_cstr("call", calling->name), log_number("ok", ok),
              log_took(calling->started_ms));
    (void)log_swap_context(calling->outer);
    return ok;
}

Effect provider_call_effect(const Job *job) {
    return is_mocked(job) || !job->type->resource ? EFFECT_NONE : job->type->resource->effect;
}

bool provider_call_validate(Job *job, Value config) {
    Calling calling = begin(job, "validate");
    return end(&calling, object_type_validate(job->type, &calling.call, config, &job->diags));
}

bool provider_call_plan(Job *job, const PlanRequest *request, PlanResponse *response) {
    Calling calling = begin(job, "plan");
    const ResourceType *type = job->type->resource;
    if (is_mocked(job))
        return end(&calling, mock_plan(&job->mock, &calling.call, request, response, &job->diags));
    if (job->provider->is_deferred) {
        resource_type_plan_alone(type, &calling.call, request, response);
        return end(&calling, true);
    }
    return end(&calling, resource_type_plan(type, &calling.call, request, response, &job->diags));
}

bool provider_call_plans_destroy(const Job *job) {
    return !is_mocked(job) && job->type->resource && job->type->resource->plans_destroy &&
           !job->provider->is_deferred;
}

bool provider_call_marker(Job *job, const MarkerRequest *request, MarkerResponse *response) {
    const ResourceType *type = job->type->resource;
    *response = (MarkerResponse){0};
    if (is_mocked(job) || !type->marker)
        return true;
    Calling calling = begin(job, "marker");
    return end(&calling, resource_type_marker(type, &calling.call, request, response, &job->diags));
}

bool provider_call_apply(Job *job, const ApplyRequest *request, ApplyResponse *response) {
    Calling calling = begin(job, value_is_null(request->prior) ? "create" : "update");
    const ResourceType *type = job->type->resource;
    if (is_mocked(job))
        return end(&calling, mock_apply(&job->mock, &calling.call, request, response, &job->diags));
    return end(&calling, resource_type_apply(type, &calling.call, request, response, &job->diags));
}

bool provider_call_delete(Job *job, const DeleteRequest *request, DeleteResponse *response) {
    const ResourceType *type = job->type->resource;
    *response = (DeleteResponse){.state = request->prior, .private_data = request->private_data};
    if (is_mocked(job))
        return true;
    Calling calling = begin(job, "delete");
    return end(&calling, resource_type_delete(type, &calling.call, request, response, &job->diags));
}

bool provider_call_read(Job *job, const ReadRequest *request, ReadResponse *response) {
    const ResourceType *type = job->type->resource;
    *response = (ReadResponse){.state = request->state, .private_data = request->private_data};
    if (is_mocked(job))
        return true;
    Calling calling = begin(job, "read");
    return end(&calling, resource_type_read(type, &calling.call, request, response, &job->diags));
}

bool provider_call_import(Job *job, const ImportRequest *request, ImportResponse *response) {
    Calling calling = begin(job, "import");
    const ResourceType *type = job->type->resource;
    if (is_mocked(job))
        return end(&calling, object_type_refuse(job->type->name, "imported", &job->diags));
    return end(&calling, resource_type_import(type, &calling.call, request, response, &job->diags));
}

bool provider_call_upgrade(Job *job, const UpgradeRequest *request, UpgradeResponse *response) {
    const ResourceType *type = job->type->resource;
    *response = (UpgradeResponse){.upgraded = request->stored};
    if (is_mocked(job) || !type)
        return true;
    Calling calling = begin(job, "upgrade");
    return end(&calling,
               resource_type_upgrade(type, &calling.call, request, response, &job->diags));
}

bool provider_call_recover(Job *job,
                           uint64_t generation,
                           const RecoverRequest *request,
                           RecoverResponse *response) {
    Calling calling = begin(job, "recover");
    const ResourceType *type = job->type->resource;
    calling.call.generation = generation;
    *response = (RecoverResponse){.state = value_null(schema_implied_type(job->schema))};
    if (is_mocked(job))
        return true;
    return end(&calling,
               resource_type_recover(type, &calling.call, request, response, &job->diags));
}

static bool ask_limits(Job *job, const LimitsRequest *request, LimitsResponse *response) {
    const ResourceType *type = job->type->resource;
    *response = (LimitsResponse){0};
    if (is_mocked(job) || !type || !type->limits)
        return true;
    Calling calling = begin(job, "limits");
    return end(&calling, resource_type_limits(type, &calling.call, request, response, &job->diags));
}

void provider_call_limits(Job *job, LimitAction action, Value object, WalkTask *task) {
    LimitsRequest request = {action, object};
    LimitsResponse response;
    if (!ask_limits(job, &request, &response)) {
        diags_sink_append(job->walk->sink, &job->diags);
        job->record->failed = true;
        return;
    }
    Limits limits = response.limits;
    if (limits.count == 0)
        return;
    WalkLimit *copies = arena_new_array(job->passing, WalkLimit, limits.count);
    for (size_t i = 0; i < limits.count; i++) {
        copies[i].key = str_format(job->passing, "%s %.*s", job->provider->provider->name,
                                   STR_ARG(limits.items[i].key));
        copies[i].capacity = limits.items[i].capacity;
    }
    task->limits = copies;
    task->limit_count = limits.count;
}

bool provider_call_read_data(Job *job, const DataReadRequest *request, DataReadResponse *response) {
    Calling calling = begin(job, "read");
    const DataSourceType *type = job->type->data_source;
    if (is_mocked(job))
        return end(&calling,
                   mock_read_data(&job->mock, &calling.call, request, response, &job->diags));
    return end(&calling,
               data_source_type_read(type, &calling.call, request, response, &job->diags));
}

bool provider_call_open(Job *job, const OpenRequest *request, OpenResponse *response) {
    Calling calling = begin(job, "open");
    const EphemeralType *type = job->type->ephemeral;
    if (is_mocked(job))
        return end(&calling, object_type_refuse(job->type->name, "opened", &job->diags));
    return end(&calling, ephemeral_type_open(type, &calling.call, request, response, &job->diags));
}
