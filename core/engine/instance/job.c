/* The task of one instance: arenas, diagnostics, provider, events, records. */
#include "job.h"

#include "deletions.h"
#include "log.h"
#include "mask.h"
#include "mocking.h"

#include <inttypes.h>

/* Returns the provider configuration with this key; the node itself if it is not repeated or has no
 * such key. */
static ProviderNode *choose_provider(ProviderNode *provider, Str key) {
    vec_each(&provider->repeated, one) {
        if (str_equal((*one)->address.key, key))
            return *one;
    }
    return provider;
}

void job_begin(Job *job, InstanceRecord *record, uint32_t worker) {
    EngineWalk *walk = record->walk;
    *job = (Job){
        .walk = walk,
        .node = record->node,
        .record = record,
        .resource = record->node->as.resource,
        .keep = walk->workers[worker].keep,
        .passing = walk->workers[worker].passing,
        .scratch = walk->workers[worker].scratch,
    };
    job->type = job->resource->type;
    job->schema = job->type->schema;
    job->provider = choose_provider(job->resource->provider->as.provider, record->provider_key);
    mocking_find(walk, job->provider, job->type, record->address, &job->mock);
    job->diags = diags_new(job->scratch);
    job->address = resource_addr_to_str(record->address, job->scratch);
    const Clock *clock = walk->engine->io->clock;
    job->started_ms = clock->monotonic_ms(clock->self);
}

static void tell_end(const Job *job, bool ok) {
    static const char *const phases[] = {
        [PHASE_VALIDATE] = "validate",
        [PHASE_PLAN] = "plan",
        [PHASE_APPLY] = "apply",
        [PHASE_EVALUATE] = "evaluate",
    };
    static_assert(ARRAY_COUNT(phases) == PHASE_EVALUATE + 1, "a name for each phase");
    const Clock *clock = job->walk->engine->io->clock;
    log_debug("instance done", log_text("address", job->address),
              log_cstr("phase", phases[job->walk->phase]), log_number("ok", ok),
              log_number("ms", clock->monotonic_ms(clock->self) - job->started_ms));
}

bool job_end(Job *job) {
    bool ok = !diags_has_errors(&job->diags);
    if (job->diags.count > 0) {
        diags_set_address(&job->diags, 0, job->address);
        if (job->resource->config)
            diags_set_range(&job->diags, 0, job->resource->config->range);
        mask_collect_variables(job->walk->engine->config->root, job->walk->options->variables,
                               &job->secrets, job->scratch);
        mask_diags(&job->diags, &job->secrets);
        diags_sink_append(job->walk->sink, &job->diags);
    }
    if (!ok)
        job->record->failed = true;
    if (log_enabled(LOG_DEBUG))
        tell_end(job, ok);
    arena_reset(job->scratch);
    return ok;
}

static void report_progress(void *payload, uint64_t done, uint64_t total, const char *what) {
    const Job *job = payload;
    WalkPhase phase = job->walk->phase;
    if (phase != PHASE_APPLY && phase != PHASE_PLAN)
        return;
    WalkEvent event =
        job_event(job, phase == PHASE_APPLY ? EVENT_APPLY_PROGRESS : EVENT_REFRESH_PROGRESS);
    event.text = str_from_cstr(what);
    event.done = done;
    event.total = total;
    hooks_send(job->walk->engine->hooks, &event);
}

static bool find_deleted(void *payload, const char *type, const char *attribute, Str text) {
    const Job *job = payload;
    return deletions_have(job->walk, type, attribute, text);
}

Call job_call(Job *job) {
    const EngineWalk *walk = job->walk;
    return (Call){
        .provider = job->provider->provider,
        .type = *job->type,
        .client = job->mock.type ? NULL : job->provider->client,
        .io = walk->engine->io,
        .cancel = walk->engine->cancel,
        .arena = job->scratch,
        .is_planning = walk->phase == PHASE_PLAN,
        .address = job->address,
        .lineage = walk->lineage,
        .generation = walk->working ? working_state_generation(walk->working, job->record->address)
                                    : walk->serial,
        .secrets = &job->secrets,
        .provider_secrets = &job->provider->secrets,
        .progress_payload = job,
        .progress = report_progress,
        .deletes = find_deleted,
        .part_begin = job->part_begin,
        .part_end = job->part_end,
    };
}

WalkEvent job_event(const Job *job, WalkEventKind kind) {
    const Clock *clock = job->walk->engine->io->clock;
    return (WalkEvent){
        .kind = kind,
        .address = job->address,
        .resource = job->record->address,
        .deposed = job->record->deposed,
        .action = job->action,
        .elapsed_ms = clock->monotonic_ms(clock->self) - job->started_ms,
    };
}

static void send_event(const Job *job, WalkEventKind kind, Str id, bool failed) {
    const Hooks *hooks = job->walk->engine->hooks;
    if (!hooks)
        return;
    WalkEvent event = job_event(job, kind);
    event.id = id;
    event.failed = failed;
    hooks_send(hooks, &event);
}

void job_send(const Job *job, WalkEventKind kind, Str id) {
    send_event(job, kind, id, false);
}

void job_send_end(const Job *job, WalkEventKind kind, Str id, bool ok) {
    send_event(job, kind, id, !ok);
}

void job_place_answer(Job *job, size_t from) {
    for (size_t i = from; i < job->diags.count; i++) {
        Diag *diag = &job->diags.items[i];
        Path path = path_parse(diag->path, job->scratch);
        if (!diag->range.source && path.count > 0 && job->resource->decoded)
            diag->range = decode_range_of(job->resource->decoded, path);
    }
    if (job->resource->config)
        diags_set_range(&job->diags, from, job->resource->config->body->range);
}

bool job_require_provider(Job *job) {
    if (job->provider->is_configured || job->mock.type)
        return true;
    diags_error(&job->diags, NO_RANGE, "Provider configuration not known",
                "%.*s cannot be changed: the configuration of its provider \"%s\" depends on "
                "something that is not there, so there is nobody to ask.",
                STR_ARG(job->address), job->provider->provider->name);
    return false;
}

/* The key is the key of the instance, even if that provider configuration was removed. */
static ProviderConfigAddr provider_config(const Job *job) {
    ProviderConfigAddr address = job->provider->address;
    address.key = job->record->provider_key;
    return address;
}

ResourceChange *job_new_change(const Job *job) {
    ResourceChange *change = arena_new(job->passing, ResourceChange);
    change->address = job->record->address;
    change->provider_config = provider_config(job);
    change->deposed = job->record->deposed;
    change->schema = job->schema;
    change->before = value_null(schema_implied_type(job->schema));
    change->after = change->before;
    change->config = value_null(&TYPE_DYNAMIC);
    change->dependencies = job->resource->dependencies;
    change->dependency_count = job->resource->dependency_count;
    return change;
}

JournalIntent job_intent(const Job *job, PendingAction action) {
    return (JournalIntent){
        .address = job->record->address,
        .provider_config = provider_config(job),
        .deposed = job->record->deposed,
        .action = action,
        .schema_version = (uint64_t)job->schema->version,
    };
}

JournalOutcome job_outcome(const Job *job, const StateObject *object) {
    return (JournalOutcome){
        .address = job->record->address,
        .provider_config = provider_config(job),
        .deposed = job->record->deposed,
        .object = object,
    };
}

Str job_object_id(Value marked) {
    if (!value_is_present(marked))
        return STR_EMPTY;
    static const char *const keys[] = {"id", "name"};
    for (size_t i = 0; i < ARRAY_COUNT(keys); i++) {
        Value found;
        if (!value_find(marked, str_from_cstr(keys[i]), &found))
            continue;
        if (value_is_present(found) && found.type->kind == KIND_STRING && !found.marks)
            return value_text(found);
    }
    return STR_EMPTY;
}
