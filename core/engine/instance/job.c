/* What planning, applying and destroying one resource instance have in common. */
#include "job.h"

#include "change_parts.h"
#include "conform.h"
#include "deletions.h"
#include "log.h"
#include "mask.h"
#include "mocking.h"
#include "propose.h"
#include "provider_call.h"
#include "resource_plan.h"

#include <inttypes.h>

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
    job->provider =
        node_provider_choose(job->resource->provider->as.provider, record->provider_key);
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
    log_debug("instance done phase=%s address=%.*s ok=%d ms=%" PRId64, phases[job->walk->phase],
              STR_ARG(job->address), ok, clock->monotonic_ms(clock->self) - job->started_ms);
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
    const Hooks *hooks = job->walk->engine->hooks;
    WalkPhase phase = job->walk->phase;
    if (!hooks || (phase != PHASE_APPLY && phase != PHASE_PLAN))
        return;
    HookEvent event = job_event(job);
    if (phase == PHASE_APPLY && hooks->apply_progress)
        hooks->apply_progress(hooks->self, &event, done, total, str_from_cstr(what));
    if (phase == PHASE_PLAN && hooks->refresh_progress)
        hooks->refresh_progress(hooks->self, &event, done, total, str_from_cstr(what));
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
        .part_begin = job->parts ? change_parts_begin : NULL,
        .part_end = job->parts ? change_parts_end : NULL,
    };
}

HookEvent job_event(const Job *job) {
    const Clock *clock = job->walk->engine->io->clock;
    return (HookEvent){
        .address = job->address,
        .resource = job->record->address,
        .deposed = job->record->deposed,
        .action = job->action,
        .elapsed_ms = clock->monotonic_ms(clock->self) - job->started_ms,
    };
}

/* An object that was stored by an older version of its type. */
static bool upgrade(Job *job, const StateObject *object, StateObject *out) {
    *out = *object;
    if (object->schema_version == (uint64_t)job->schema->version)
        return true;
    if (object->schema_version > (uint64_t)job->schema->version) {
        diags_error(
            &job->diags, NO_RANGE, "Resource instance managed by newer provider version",
            "%.*s was last written by a newer loam (schema version %llu, this one knows %lld). "
            "Use that version or a later one.",
            STR_ARG(job->address), (unsigned long long)object->schema_version,
            (long long)job->schema->version);
        return false;
    }
    UpgradeRequest request = {(int64_t)object->schema_version, object->attributes};
    UpgradeResponse response;
    if (!provider_call_upgrade(job, &request, &response))
        return false;
    out->attributes = response.upgraded;
    out->schema_version = (uint64_t)job->schema->version;
    return true;
}

bool job_decode(Job *job, const StateObject *object, Value *out) {
    if (!object) {
        *out = value_null(schema_implied_type(job->schema));
        return true;
    }
    StateObject current;
    if (!upgrade(job, object, &current))
        return false;
    if (!state_object_decode(&current, job->schema, out, job->scratch, &job->diags))
        return false;
    mask_collect(*out, &job->secrets, job->scratch);
    return true;
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

/* The argument that a place inside the configuration belongs to: past nested blocks. */
static Path argument_path(const Schema *schema, Path path, const Attribute **out) {
    *out = NULL;
    for (size_t i = 0; i < path.count; i++) {
        if (path.steps[i].is_index)
            continue;
        *out = schema_find_attribute(schema, path.steps[i].name);
        const Block *block = *out ? NULL : schema_find_block(schema, path.steps[i].name);
        if (!block)
            return (Path){path.steps, i + 1};
        schema = &block->schema;
    }
    return path;
}

/* What is ephemeral lives in write-only attributes or nowhere. */
static bool check_ephemeral(Job *job, const Configured *configured) {
    bool ok = true;
    if (job->record->address.mode == MODE_EPHEMERAL)
        return true;
    vec_each(&configured->ephemeral, path) {
        const Attribute *attribute;
        Path argument = argument_path(job->schema, *path, &attribute);
        if (attribute && (attribute->flags & WRITE_ONLY))
            continue;
        ok = false;
        diags_error(&job->diags, decode_range_of(job->resource->decoded, argument),
                    "Invalid use of ephemeral value",
                    "An ephemeral value cannot stand in %.*s, because it would be kept in the "
                    "state.",
                    STR_ARG(path_to_str(*path, job->scratch)));
    }
    return ok;
}

/* Neither plan nor state could hold it. */
static bool check_finite(Job *job, Value config) {
    Path path;
    if (job->walk->phase == PHASE_VALIDATE || !path_find_infinity(config, &path, job->scratch))
        return true;
    diags_error(
        &job->diags, decode_range_of(job->resource->decoded, path), "Infinite number",
        "The number in %.*s has become infinite, as by a division by zero, or has more than "
        "a million digits, and cannot be stored.",
        STR_ARG(path_to_str(path, job->scratch)));
    return false;
}

static Configured configured_of(Value marked, Arena *arena) {
    Configured configured = {.marked = marked, .value = marked};
    path_find_marks(marked, MARK_SENSITIVE, &configured.sensitive, arena);
    path_find_marks(marked, MARK_EPHEMERAL, &configured.ephemeral, arena);
    if (value_has_marks_anywhere(marked))
        configured.value = value_unmark_deep(marked, arena);
    return configured;
}

bool job_configure(Job *job, const EvalScope *scope, Configured *out) {
    size_t before = job->diags.count;
    Value marked;
    *out = (Configured){0};
    if (!decode_eval(job->resource->decoded, &scope->scope, &marked, job->scratch, &job->diags)) {
        for (size_t i = before; i < job->diags.count; i++)
            job->diags.items[i].is_of_expression = true;
        return false;
    }
    mask_collect(marked, &job->secrets, job->scratch);
    *out = configured_of(marked, job->scratch);
    if (!check_ephemeral(job, out) || !check_finite(job, out->value))
        return false;
    return provider_call_validate(job, out->value);
}

static bool conditions_hold(Job *job,
                            const Conditions *conditions,
                            EvalScope *scope,
                            const char *summary) {
    scope->scope.self = scope;
    scope->keep = job->keep;
    scope->checked = job->address;
    const PlanOptions *options = job->walk->options;
    bool only_reads = options->mode == PLAN_REFRESH_ONLY || options->is_rehearsal;
    if (only_reads && job->walk->phase == PHASE_APPLY)
        return true; /* the plan has said it */
    scope->warns = only_reads;
    return evaluate_conditions(conditions, scope, summary, job->scratch, &job->diags);
}

bool job_preconditions(Job *job, const EvalScope *scope) {
    const Conditions *conditions = &job->resource->config->lifecycle.preconditions;
    EvalScope local = *scope;
    if (conditions->count == 0)
        return true;
    local.results = job->record->results ? job->record->results->items : NULL;
    return conditions_hold(job, conditions, &local, "Resource precondition failed");
}

bool job_postconditions(Job *job, const EvalScope *scope) {
    const Lifecycle *lifecycle = &job->resource->config->lifecycle;
    EvalScope local = *scope;
    if (lifecycle->postconditions.count == 0)
        return true;
    local.self = &job->record->value;
    if (job->record->results)
        local.results = job->record->results->items + lifecycle->preconditions.count;
    return conditions_hold(job, &lifecycle->postconditions, &local,
                           "Resource postcondition failed");
}

Value job_mark(Job *job, Value object, const Configured *configured) {
    if (!value_is_present(object))
        return object;
    Paths paths = {0};
    schema_sensitive_paths(job->schema, object, &paths, job->scratch);
    if (paths.count > 0)
        object = path_mark(object, &paths, MARK_SENSITIVE, job->scratch);
    if (configured && configured->sensitive.count > 0) {
        object = path_mark(object, &configured->sensitive, MARK_SENSITIVE, job->scratch);
    }
    mask_collect(object, &job->secrets, job->scratch);
    return object;
}

Value job_keep_marks(Job *job, Value before, Value after) {
    if (!value_is_present(after))
        return after;
    Paths sensitive = {0};
    path_find_marks(before, MARK_SENSITIVE, &sensitive, job->scratch);
    if (sensitive.count > 0)
        after = path_mark(after, &sensitive, MARK_SENSITIVE, job->scratch);
    return job_mark(job, after, NULL);
}

/* A default counts when the provider is called, so it is as open as the rest. */
static Value open_top_level(const Job *job, Value config) {
    Value *items = value_copy_items(config, job->scratch);
    for (size_t i = 0; i < config.count; i++) {
        const Attribute *attribute = schema_find_attribute(job->schema, value_key_at(config, i));
        if (attribute && (attribute->flags & COMPUTED) && value_is_null(items[i]))
            items[i] = value_unknown(items[i].type);
    }
    return value_with_items(config, items, job->scratch);
}

Value job_expect(Job *job, Value config) {
    PlanRequest request = {
        .prior = value_null(config.type),
        .proposed = open_top_level(job, config),
        .config = config,
    };
    return resource_plan_object(job->schema, &request, job->scratch);
}

/* Is an object changing that the job's instance can see? Of a block in the same module, the objects
 * in other instances of that module do not count. */
static bool is_seen_changing(const Job *job, const Node *block) {
    bool is_changing = block->is_changing || block->as.resource->value->is_changing;
    if (!is_changing || block->module != job->node->module)
        return is_changing;
    const ResourceExpansion *expansion = node_slot(block, job->record->module)->payload;
    return expansion && expansion->is_changing;
}

/* Of a resource its own objects count, and those of a data source do not: reading has no effects.
 * What else is named stands for all resources behind it. */
static bool is_changing(const Job *job, const Node *on) {
    if (on->kind == NODE_RESOURCE)
        return on->as.resource->config->mode == MODE_MANAGED && is_seen_changing(job, on);
    return on->kind == NODE_MODULE ? job->node->is_pending : on->is_pending;
}

/* A reference to a resource is a dependency on it, even where the value is known. */
static bool refers_to_changing(const Job *job) {
    const EngineWalk *walk = job->walk;
    const Graph *graph = &walk->graph;
    GraphNode id = job->node->id;
    for (uint32_t i = graph->need_start[id]; i < graph->need_start[id + 1]; i++) {
        const Node *need = walk->nodes.items[graph->need[i]];
        if (need->kind != NODE_RESOURCE_VALUE)
            continue;
        const Node *block = node_find(need->module, need->as.resource->local_address);
        if (is_changing(job, block))
            return true;
    }
    return false;
}

bool job_waits_for_changes(const Job *job) {
    if (job->resource->config->mode == MODE_DATA && refers_to_changing(job))
        return true;
    vec_each(&job->resource->config->depends_on, item) {
        const Binding *binding = (*item)->binding;
        if (!binding || !binding->node)
            continue;
        if (is_changing(job, binding->node))
            return true;
    }
    for (const Node *call = job->node->module->call; call; call = call->module->call) {
        if (call->as.call->depends_on.count > 0 && call->is_pending)
            return true;
    }
    const Lifecycle *lifecycle = &job->resource->config->lifecycle;
    bool has_conditions = lifecycle->preconditions.count + lifecycle->postconditions.count > 0;
    return has_conditions && job->node->is_pending;
}

Value job_propose(Job *job, Value prior, Value config) {
    return schema_drop_write_only(
        job->schema, propose_object(job->schema, prior, config, job->scratch), job->scratch);
}

/* Quick without marks; a broken promise is told again with them, so that no secret is shown. */
bool job_conform_plan(
    Job *job, Value prior, Value config, Value planned, const Configured *configured) {
    Diags unmasked = diags_new(job->scratch);
    if (conform_plan(job->schema, prior, config, planned, job->scratch, &unmasked))
        return true;
    return conform_plan(job->schema, prior, job_mark(job, config, configured),
                        job_mark(job, planned, configured), job->scratch, &job->diags);
}

bool job_conform_result(
    Job *job, Value planned, Value actual, const char *summary, const Configured *configured) {
    Diags unmasked = diags_new(job->scratch);
    if (conform_result(job->schema, planned, actual, summary, job->scratch, &unmasked))
        return true;
    return conform_result(job->schema, job_mark(job, planned, configured),
                          job_mark(job, actual, configured), summary, job->scratch, &job->diags);
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

static Path ignored_path(const Traversal *traversal, Arena *arena) {
    Path path = path_attribute((Path){0}, traversal->root, arena);
    for (size_t i = 0; i < traversal->step_count; i++) {
        const TraversalStep *step = &traversal->steps[i];
        path = step->is_index ? path_index(path, step->key, arena)
                              : path_attribute(path, step->name, arena);
    }
    return path;
}

static bool is_set_by_provider(const Attribute *attribute) {
    return !(attribute->flags & (OPTIONAL | REQUIRED));
}

/* The prior object as if it had been configured: what only the provider sets is null, as in a
 * configuration. */
static Value drop_computed(const Schema *schema, Value prior, Arena *arena);

static Value drop_computed_nested(const Schema *schema,
                                  Nesting nesting,
                                  Value prior,
                                  Arena *arena) {
    if (!value_is_present(prior) || !schema_has(schema, is_set_by_provider))
        return prior;
    if (nesting == NEST_SINGLE)
        return drop_computed(schema, prior, arena);
    Value *items = value_copy_items(prior, arena);
    for (size_t i = 0; i < prior.count; i++)
        items[i] = drop_computed(schema, items[i], arena);
    return value_with_items(prior, items, arena);
}

static Value drop_computed(const Schema *schema, Value prior, Arena *arena) {
    if (!value_is_present(prior))
        return prior;
    Value *items = value_copy_items(prior, arena);
    for (size_t i = 0; i < prior.count; i++) {
        Str name = value_key_at(prior, i);
        const Attribute *attribute = schema_find_attribute(schema, name);
        const Block *block = attribute ? NULL : schema_find_block(schema, name);
        if (block) {
            items[i] = drop_computed_nested(&block->schema, block->nesting, items[i], arena);
        } else if (attribute && is_set_by_provider(attribute)) {
            items[i] = value_null(items[i].type);
        } else if (attribute && attribute->nested) {
            Schema members = schema_of_nested(attribute->nested);
            items[i] = drop_computed_nested(&members, attribute->nested->nesting, items[i], arena);
        }
    }
    return value_with_items(prior, items, arena);
}

/* One key of a map: as it was before, be it that it was not there. The marks of the map that it
 * comes from come along. */
static Value ignore_key(Value before, Value config, Str key, Arena *arena) {
    Value item;
    bool was_there = value_find(before, key, &item);
    size_t count = value_is_present(config) ? config.count : 0;
    Str *keys = arena_new_array(arena, Str, count + 1);
    Value *items = arena_new_array(arena, Value, count + 1);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (str_equal(value_key_at(config, i), key))
            continue;
        keys[kept] = value_key_at(config, i);
        items[kept++] = value_at(config, i);
    }
    if (was_there) {
        keys[kept] = key;
        items[kept++] = value_with_marks(item, before.marks);
    }
    if (kept == 0 && value_is_null(config))
        return config;
    Value map = value_map(config.type->element, keys, items, kept, arena);
    return value_with_marks(map, config.marks);
}

static bool last_key(Path path, Str *out) {
    const PathStep *last = &path.steps[path.count - 1];
    if (!last->is_index)
        *out = last->name;
    else if (value_is_present(last->key) && last->key.type->kind == KIND_STRING)
        *out = value_text(last->key);
    else
        return false;
    return true;
}

static bool ends_in_text_key(Path path) {
    const PathStep *last = &path.steps[path.count - 1];
    return last->is_index && value_is_present(last->key) && last->key.type->kind == KIND_STRING;
}

/* A key in brackets is one of a map; behind anything else it stands for all that it is in. */
static Value ignore_path(Value prior, Value config, Path path, Arena *arena) {
    Path outer = {path.steps, path.count - 1};
    Value before, now;
    Str key;
    if (outer.count > 0 && last_key(path, &key) && path_get(prior, outer, &before) &&
        path_get(config, outer, &now) && now.type->kind == KIND_MAP) {
        if (!value_is_known(now))
            return config;
        return path_set(config, outer, ignore_key(before, now, key, arena), arena);
    }
    if (ends_in_text_key(path))
        path = outer;
    return path_get(prior, path, &before) ? path_set(config, path, before, arena) : config;
}

static Value ignore_changes(Job *job, Value prior, Value config) {
    const Lifecycle *lifecycle = &job->resource->config->lifecycle;
    if (lifecycle->ignore_all_changes)
        return drop_computed(job->schema, prior, job->scratch);
    vec_each(&lifecycle->ignore_changes, item) {
        config = ignore_path(prior, config, ignored_path(*item, job->scratch), job->scratch);
    }
    return config;
}

void job_ignore_changes(Job *job, Value prior, Configured *configured) {
    const Lifecycle *lifecycle = &job->resource->config->lifecycle;
    bool ignores = lifecycle->ignore_all_changes || lifecycle->ignore_changes.count > 0;
    if (!ignores || !value_is_present(prior) || !value_is_present(configured->marked))
        return;
    *configured = configured_of(ignore_changes(job, prior, configured->marked), job->scratch);
}

void job_inherit_marks(Job *job, Value prior, Value planned, Configured *configured) {
    Paths marked = {0};
    if (!value_has_marks_anywhere(prior) || !value_is_present(planned))
        return;
    path_find_marks(prior, MARK_SENSITIVE, &marked, job->scratch);
    vec_each(&marked, path) {
        Value before, after, written;
        bool is_written = path_get(configured->value, *path, &written) && !value_is_null(written);
        if (!is_written && path_get(prior, *path, &before) && path_get(planned, *path, &after) &&
            value_is_present(after) && value_equal(value_unmark_deep(before, job->scratch), after))
            vec_push(job->scratch, &configured->sensitive, *path);
    }
}

void job_limits(Job *job, LimitAction action, Value object, WalkTask *task) {
    LimitsRequest request = {action, object};
    LimitsResponse response;
    if (!provider_call_limits(job, &request, &response)) {
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

const StateObject *job_encode(Job *job, Value marked, ObjectStatus status, Str private_data) {
    if (!value_is_present(marked))
        return NULL;
    /* What was read needs no order: nobody deletes it. */
    bool is_ordered = job->record->address.mode == MODE_MANAGED;
    const StateObject *object =
        state_object_encode(marked, job->schema, status, private_data, job->resource->dependencies,
                            is_ordered ? job->resource->dependency_count : 0,
                            job->resource->create_before_destroy, job->scratch);
    if (!job->resource->config || job->resource->config->lifecycle.destroy)
        return object;
    StateObject *kept = arena_new(job->scratch, StateObject);
    *kept = *object;
    kept->skip_destroy = true;
    return kept;
}

ResourceChange *job_new_change(const Job *job) {
    ResourceChange *change = arena_new(job->passing, ResourceChange);
    change->address = job->record->address;
    change->provider = str_from_cstr(job->provider->provider->address);
    change->provider_alias = job->provider->alias;
    change->provider_module = job->provider->module_path;
    change->provider_key = job->record->provider_key;
    change->deposed = job->record->deposed;
    change->schema = job->schema;
    change->before = value_null(schema_implied_type(job->schema));
    change->after = change->before;
    change->config = value_null(&TYPE_DYNAMIC);
    change->dependencies = job->resource->dependencies;
    change->dependency_count = job->resource->dependency_count;
    return change;
}

JournalIntent job_intent(const Job *job, const char *action) {
    return (JournalIntent){
        .address = job->record->address,
        .provider = str_from_cstr(job->provider->provider->address),
        .provider_alias = job->provider->alias,
        .provider_module = job->provider->module_path,
        .provider_key = job->record->provider_key,
        .deposed = job->record->deposed,
        .action = str_from_cstr(action),
        .schema_version = (uint64_t)job->schema->version,
    };
}

JournalOutcome job_outcome(const Job *job, const StateObject *object) {
    return (JournalOutcome){
        .address = job->record->address,
        .provider = str_from_cstr(job->provider->provider->address),
        .provider_alias = job->provider->alias,
        .provider_module = job->provider->module_path,
        .provider_key = job->record->provider_key,
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
