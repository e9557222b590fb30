/* The task of one instance: arenas, diagnostics, provider, events, records. */
#include "instance_op.h"
#include "deletions.h"
#include "log.h"
#include "mask.h"
#include "mocking.h"
#include "planned_objects.h"

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

static void start_clock(InstanceOp *op) {
    const Clock *clock = op->walk->engine->io->clock;
    op->started_ms = clock->monotonic_ms(clock->self);
}

static void op_begin(InstanceOp *op, InstanceRecord *record, Arena *keep, Arena *walk_arena,
                     Arena *scratch) {
    EngineWalk *walk = record->walk;
    *op = (InstanceOp){
        .walk = walk,
        .node = record->node,
        .record = record,
        .resource = record->node->as.resource,
        .keep = keep,
        .walk_arena = walk_arena,
        .scratch = scratch,
    };
    op->type = op->resource->type;
    op->managed = resource_type_of(op->type);
    op->schema = &op->type->schema;
    op->provider = choose_provider(op->resource->provider->as.provider, record->provider_key);
    mocking_find(walk, op->provider, op->type, record->address, &op->mock);
    op->diags = diags_new(op->scratch);
    op->address = resource_addr_to_str(record->address, op->scratch);
    start_clock(op);
}

void instance_op_begin(InstanceOp *op, InstanceRecord *record, uint32_t worker) {
    const WorkerArenas *arenas = &record->walk->workers[worker];
    op_begin(op, record, arenas->keep, arenas->walk_arena, arenas->scratch);
}

void instance_op_begin_own(InstanceOp *op, InstanceRecord *record, uint32_t worker, Arena *own) {
    const WorkerArenas *arenas = &record->walk->workers[worker];
    op_begin(op, record, arenas->keep, arenas->walk_arena, own);
    op->owns_scratch = true;
}

void instance_op_begin_nested(InstanceOp *op, InstanceRecord *record, const InstanceOp *outer) {
    op_begin(op, record, outer->keep, outer->walk_arena, outer->scratch);
}

void instance_op_continue(InstanceOp *op, uint32_t worker) {
    op->keep = op->walk->workers[worker].keep;
    op->walk_arena = op->walk->workers[worker].walk_arena;
    start_clock(op);
}

static void log_end(const InstanceOp *op, bool ok) {
    static const char *const phases[] = {
        [PHASE_VALIDATE] = "validate",
        [PHASE_PLAN] = "plan",
        [PHASE_APPLY] = "apply",
        [PHASE_EVALUATE] = "evaluate",
    };
    static_assert(ARRAY_COUNT(phases) == PHASE_EVALUATE + 1, "a name for each phase");
    const Clock *clock = op->walk->engine->io->clock;
    log_debug("instance done", log_text("address", op->address),
              log_cstr("phase", phases[op->walk->phase]), log_number("ok", ok),
              log_number("ms", clock->monotonic_ms(clock->self) - op->started_ms));
}

bool instance_op_report(InstanceOp *op) {
    bool ok = !diags_has_errors(&op->diags) && op->record->failure != FAILURE_ERROR;
    if (op->diags.count > 0) {
        diags_set_address(&op->diags, 0, op->address);
        if (op->resource->config)
            diags_set_range(&op->diags, 0, op->resource->config->range);
        if (op->config.type)
            mask_collect_config(op->schema, op->config, &op->secrets, op->scratch);
        mask_collect_variables(op->walk->engine->config->root, op->walk->options->variables,
                               &op->secrets, op->scratch);
        mask_diags(&op->diags, &op->secrets);
        diags_sink_append(op->walk->sink, &op->diags);
    }
    if (!ok)
        op->record->failure = FAILURE_ERROR;
    return ok;
}

static void send_instance_end(const InstanceOp *op, bool ok) {
    const Hooks *hooks = op->walk->engine->hooks;
    if (!hooks || op->walk->phase == PHASE_VALIDATE)
        return;
    WalkEvent event = instance_op_event(op, EVENT_INSTANCE_END);
    if (op->record->planned)
        event.action = op->record->planned->action;
    event.failed = !ok;
    hooks_send(hooks, &event);
}

bool instance_op_end(InstanceOp *op) {
    bool ok = instance_op_report(op);
    if (log_enabled(LOG_DEBUG))
        log_end(op, ok);
    send_instance_end(op, ok);
    arena_close(op->kept.arena);
    op->kept = (KeptResult){0};
    if (op->owns_scratch)
        arena_close(op->scratch);
    else
        arena_reset(op->scratch);
    return ok;
}

static void report_progress(void *payload, uint64_t done, uint64_t total, const char *what) {
    const InstanceOp *op = payload;
    WalkPhase phase = op->walk->phase;
    if (phase == PHASE_VALIDATE)
        return;
    WalkEventKind kind = op->invocation        ? EVENT_INVOKE_PROGRESS
                         : phase == PHASE_PLAN ? EVENT_REFRESH_PROGRESS
                                               : EVENT_APPLY_PROGRESS;
    WalkEvent event = instance_op_event(op, kind);
    event.text = str_from_cstr(what);
    event.done = done;
    event.total = total;
    hooks_send(op->walk->engine->hooks, &event);
}

static bool find_deleted(void *payload, const char *type, const char *attribute, Str text) {
    const InstanceOp *op = payload;
    return deletions_have(op->walk, type, attribute, text);
}

static bool find_lost(void *payload, Str text) {
    const InstanceOp *op = payload;
    const EngineWalk *walk = op->walk;
    if (walk->phase == PHASE_PLAN)
        return deletions_will_lose(walk, op->resource, text);
    const StateObject *object = walk->working
                                    ? working_state_object(walk->working, op->record->address,
                                                           op->record->deposed, op->scratch)
                                    : NULL;
    return object && deletions_lose(walk, object, text);
}

static bool makes_machine(void *payload) {
    const InstanceOp *op = payload;
    return op->walk->phase == PHASE_PLAN && deletions_will_make(op->walk, op->resource);
}

/* Only objects of this provider configuration: others may still wait for theirs. */
static bool op_is_other(const InstanceOp *op, const StateFound *found, const Schema *schema) {
    return provider_config_addr_equal(found->provider_config, instance_op_provider_config(op)) &&
           found->object->schema_version == (uint64_t)schema->version &&
           !resource_addr_equal(found->address, op->record->address);
}

static void find_objects(void *payload, const char *type, FoundObjects *out) {
    InstanceOp *op = payload;
    EngineWalk *walk = op->walk;
    StateFounds all = {0};
    const ResourceType *row = registry_find_resource(op->provider->provider, str_from_cstr(type));
    if (!row)
        return;
    if (walk->working)
        working_state_find_type(walk->working, str_from_cstr(type), &all, op->scratch);
    else if (walk->state)
        state_find_type(walk->state, str_from_cstr(type), &all, op->scratch);
    vec_each(&all, found) {
        Diags ignored = diags_new(op->scratch);
        Value object;
        if (found->object->source || !op_is_other(op, found, &row->schema) ||
            !state_object_decode(found->object, &row->schema, &object, op->scratch, &ignored))
            continue;
        mask_collect(object, &op->secrets, op->scratch);
        FoundObject one = {resource_addr_to_str(found->address, op->scratch),
                           value_unmark_deep(object, op->scratch)};
        vec_push(op->scratch, out, one);
    }
}

static void find_planned(void *payload, const char *type, FoundObjects *out) {
    InstanceOp *op = payload;
    PlannedObjects all = {0};
    ProviderConfigAddr own = instance_op_provider_config(op);
    if (op->walk->phase != PHASE_PLAN)
        return;
    planned_objects_find(op->walk, op->resource, str_from_cstr(type), &all, op->scratch);
    vec_each(&all, planned) {
        Value object = (*planned)->after;
        if (!provider_config_addr_equal((*planned)->provider_config, own))
            continue;
        mask_collect(object, &op->secrets, op->scratch);
        FoundObject one = {resource_addr_to_str((*planned)->address, op->scratch),
                           value_unmark_deep(object, op->scratch)};
        vec_push(op->scratch, out, one);
    }
}

Call instance_op_call(InstanceOp *op) {
    const EngineWalk *walk = op->walk;
    return (Call){
        .provider = op->provider->provider,
        .type = op->type,
        .client = op->mock.type ? NULL : op->provider->client,
        .io = walk->engine->io,
        .cancel = walk->engine->cancel,
        .arena = op->scratch,
        .is_planning = walk->phase == PHASE_PLAN,
        .allows_deferral = walk->phase == PHASE_PLAN && walk->options->allows_deferral,
        .is_full_refresh = (walk->options && walk->options->is_full_refresh) ||
                           (walk->plan && walk->plan->is_full_refresh),
        .planned_ms = walk->plan ? walk->plan->created_ms : walk->engine->now_ms,
        .address = op->address,
        .lineage = walk->lineage,
        .stores_plain_state = walk->engine->stores_plain_state,
        .kept = walk->phase == PHASE_APPLY ? &op->kept : NULL,
        .generation = walk->working ? working_state_generation(walk->working, op->record->address)
                                    : walk->serial,
        .secrets = &op->secrets,
        .provider_secrets = &op->provider->secrets,
        .progress_payload = op,
        .progress = report_progress,
        .deletes = find_deleted,
        .loses = find_lost,
        .makes_machine = makes_machine,
        .find_objects = find_objects,
        .find_planned = find_planned,
        .parts_record = op->parts_record,
        .part_begin = op->part_begin,
        .part_end = op->part_end,
        .keep_state = op->keep_state,
    };
}

WalkEvent instance_op_event(const InstanceOp *op, WalkEventKind kind) {
    const Clock *clock = op->walk->engine->io->clock;
    return (WalkEvent){
        .kind = kind,
        .address = op->address,
        .resource = op->record->address,
        .deposed = op->record->deposed,
        .provider = op->provider->address.provider,
        .action = op->action,
        .elapsed_ms = clock->monotonic_ms(clock->self) - op->started_ms,
        .operation = op->invocation ? "invoke" : NULL,
        .invocation = op->invocation,
    };
}

static void op_send_event(const InstanceOp *op, WalkEventKind kind, Str id, bool failed) {
    const Hooks *hooks = op->walk->engine->hooks;
    if (!hooks)
        return;
    WalkEvent event = instance_op_event(op, kind);
    event.id = id;
    event.failed = failed;
    hooks_send(hooks, &event);
}

void instance_op_send(const InstanceOp *op, WalkEventKind kind, Str id) {
    op_send_event(op, kind, id, false);
}

void instance_op_send_end(const InstanceOp *op, WalkEventKind kind, Str id, bool ok) {
    op_send_event(op, kind, id, !ok);
}

void instance_op_place_diags(InstanceOp *op, size_t from) {
    for (size_t i = from; i < op->diags.count; i++) {
        Diag *diag = &op->diags.items[i];
        Path path = path_parse(diag->path, op->scratch);
        if (!diag->range.source && path.count > 0 && op->resource->decoded)
            diag->range = decode_range_of(op->resource->decoded, path);
    }
    if (op->resource->config)
        diags_set_range(&op->diags, from, op->resource->config->body->range);
}

bool instance_op_require_provider(InstanceOp *op) {
    if (op->provider->is_configured || op->mock.type)
        return true;
    if (op->provider->fails_at_use) {
        diags_append(&op->diags, &op->provider->failure);
        return false;
    }
    return diags_fail(&op->diags, NO_RANGE, "Provider configuration unknown",
                      "%.*s cannot be changed, because the configuration of its provider \"%s\" "
                      "depends on an object that does not exist.",
                      STR_ARG(op->address), op->provider->provider->name);
}

ProviderConfigAddr instance_op_provider_config(const InstanceOp *op) {
    ProviderConfigAddr address = op->provider->address;
    address.key = op->record->provider_key; /* also if that configuration was removed */
    return address;
}

static bool op_has_effect(const InstanceOp *op) {
    const ResourceType *type = op->mock.type ? NULL : op->managed;
    return op->resource->provisioners.count > 0 || (type && type->effect == EFFECT_OUTSIDE);
}

ResourceChange *instance_op_new_change(const InstanceOp *op) {
    ResourceChange *change = arena_new(op->walk_arena, ResourceChange);
    change->address = op->record->address;
    change->provider_config = instance_op_provider_config(op);
    change->deposed = op->record->deposed;
    change->schema = op->schema;
    change->before = value_null(schema_implied_type(op->schema));
    change->after = change->before;
    change->config = value_null(&TYPE_DYNAMIC);
    change->dependencies = op->resource->dependencies;
    change->dependency_count = op->resource->dependency_count;
    change->has_effect = op_has_effect(op);
    return change;
}

JournalIntent instance_op_intent(const InstanceOp *op, PendingAction action) {
    return (JournalIntent){
        .address = op->record->address,
        .provider_config = instance_op_provider_config(op),
        .deposed = op->record->deposed,
        .action = action,
        .schema_version = (uint64_t)op->schema->version,
    };
}

JournalOutcome instance_op_outcome(const InstanceOp *op, const StateObject *object) {
    return (JournalOutcome){
        .address = op->record->address,
        .provider_config = instance_op_provider_config(op),
        .deposed = op->record->deposed,
        .object = object,
    };
}

/* A text that a provider made of a secret has no mark: the path of a file with a secret name. */
static bool is_shown(const InstanceOp *op, Value text) {
    Str known = value_text(text);
    return !text.marks && str_equal(log_scrub(known, &op->secrets, op->scratch), known);
}

Str instance_op_object_id(const InstanceOp *op, Value marked) {
    if (!value_is_present(marked))
        return STR_EMPTY;
    static const char *const keys[] = {"id", "name"};
    for (size_t i = 0; i < ARRAY_COUNT(keys); i++) {
        Value found;
        if (!value_find(marked, str_from_cstr(keys[i]), &found))
            continue;
        if (value_is_present(found) && found.type->kind == KIND_STRING && is_shown(op, found))
            return value_text(found);
    }
    return STR_EMPTY;
}
