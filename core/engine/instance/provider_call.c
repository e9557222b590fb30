/* provider_call: calls the provider or the mock, sets the range of its diagnostics, writes the log,
 * and checks responses. */
#include "provider_call.h"

#include "conform.h"
#include "error_type.h"
#include "instance_object.h"
#include "log.h"
#include "mask.h"
#include "object_type.h"

/* One provider call in progress. */
typedef struct Calling {
    InstanceOp *op;
    const char *name;
    Call call;
    size_t from;        /* index of its first diagnostic */
    LogContext outer;   /* log context of the thread before the call */
    int64_t started_ms; /* set only while logging */
    bool has_begun;     /* false: the call needs a client, and it could not be made */
} Calling;

static bool is_mocked(const InstanceOp *op) {
    return op->mock.type != NULL;
}

/* `error_type` is NULL unless the call has failed. */
static void provider_call_send(const InstanceOp *op, const char *name, WalkEventKind kind,
                               const char *error_type) {
    const Hooks *hooks = op->walk->engine->hooks;
    if (!hooks || op->walk->phase == PHASE_VALIDATE)
        return;
    WalkEvent event = instance_op_event(op, kind);
    event.operation = name;
    event.failed = error_type != NULL;
    event.error_type = error_type;
    hooks_send(hooks, &event);
}

static Calling provider_call_begin(InstanceOp *op, const char *name) {
    Calling calling = {.op = op,
                       .name = name,
                       .call = instance_op_call(op),
                       .from = op->diags.count,
                       .has_begun = true};
    calling.outer = log_swap_context((LogContext){
        .address = op->address,
        .secrets = calling.call.secrets,
        .other_secrets = calling.call.provider_secrets,
    });
    calling.started_ms = log_clock_ms();
    provider_call_send(op, name, EVENT_CALL_START, NULL);
    return calling;
}

/* What an ephemeral resource computes is for the run alone, also if its schema has no mark. */
static bool is_of_run_alone(const InstanceOp *op, Str name) {
    if (op->type->mode != MODE_EPHEMERAL)
        return false;
    const Attribute *attribute = schema_find_attribute(op->schema, name);
    return !attribute || (attribute->flags & COMPUTED);
}

/* Hides each attribute that contains a secret, as a whole: its keys may be secret too. */
static Value hide_attributes(const InstanceOp *op, Value object) {
    if (!value_is_present(object) || object.type->kind != KIND_OBJECT)
        return object;
    Value *items = value_copy_items(object, op->scratch);
    for (uint32_t i = 0; i < object.type->count; i++) {
        bool is_hidden = value_is_present(items[i]) && is_of_run_alone(op, object.type->names[i]);
        if (is_hidden || value_has_marks_anywhere(items[i]))
            items[i] = value_with_marks(items[i], MARK_SENSITIVE);
    }
    return value_with_items(object, items, op->scratch);
}

/* Formats an object for the log, without write-only values. Marks of the schema hide sensitive
 * values that the provider has just computed. Known secrets hide the others. */
static LogField provider_call_shown(InstanceOp *op, const char *key, Value object) {
    if (!object.type)
        return log_text(key, STR_EMPTY);
    object = schema_drop_write_only(op->schema, object, op->scratch);
    Value marked = object_marks_add(op, object, NULL); /* adds secrets */
    SecretIndex secrets = secret_index_new(&op->secrets, op->scratch);
    marked = mask_value(marked, &secrets, op->scratch);
    return log_text(key, value_summary(hide_attributes(op, marked), op->scratch));
}

static void log_request(const Calling *calling, Value prior, Value wanted) {
    if (!log_enabled(LOG_DEBUG))
        return;
    log_debug("provider request", log_cstr("call", calling->name),
              provider_call_shown(calling->op, "prior", prior),
              provider_call_shown(calling->op, "wanted", wanted));
}

/* Begins a call that needs a client. If the client could not be made, adds the errors of the
 * provider's configuration. They name the provider, so that equal ones of other objects are not
 * shown. */
static Calling begin_with_client(InstanceOp *op, const char *name) {
    if (!op->provider->fails_at_use || is_mocked(op))
        return provider_call_begin(op, name);
    diags_append(&op->diags, &op->provider->failure);
    return (Calling){0};
}

/* The same, and logs its objects. */
static Calling begin_with_request(InstanceOp *op, const char *name, Value prior, Value wanted) {
    Calling calling = begin_with_client(op, name);
    if (calling.has_begun)
        log_request(&calling, prior, wanted);
    return calling;
}

static const Diag *provider_call_first_error(const Calling *calling) {
    const Diags *diags = &calling->op->diags;
    for (size_t i = calling->from; i < diags->count; i++) {
        if (diags->items[i].severity == DIAG_ERROR)
            return &diags->items[i];
    }
    return NULL;
}

/* Ends a call that returned `ok` and the object `result` (NULL: none). Returns `ok`. */
static bool provider_call_end(const Calling *calling, bool ok, const Value *result) {
    InstanceOp *op = calling->op;
    instance_op_place_diags(op, calling->from);
    const char *error_type = ok ? NULL : error_type_first(&op->diags, calling->from, "provider");
    provider_call_send(op, calling->name, EVENT_CALL_END, error_type);
    const Diag *error = log_enabled(LOG_DEBUG) ? provider_call_first_error(calling) : NULL;
    log_debug("provider call", log_cstr("call", calling->name), log_number("ok", ok),
              log_text("error", error ? error->summary : STR_EMPTY),
              log_text("path", error ? error->path : STR_EMPTY), log_text("mock", op->mock.place),
              provider_call_shown(op, "result", result ? *result : (Value){0}),
              log_took(calling->started_ms));
    (void)log_swap_context(calling->outer);
    return ok;
}

static Str paths_text(const Paths *paths, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    vec_each(paths, path) {
        strbuf_add_format(&text, "%s%.*s", text.len > 0 ? " " : "",
                          STR_ARG(path_to_str(*path, arena)));
    }
    return strbuf_str(&text);
}

static void log_plan_response(const Calling *calling, const PlanResponse *response) {
    Arena *scratch = calling->op->scratch;
    log_debug("plan response",
              log_text("requires_replace", paths_text(&response->requires_replace, scratch)),
              log_number("notes", (int64_t)response->notes.count),
              log_number("parts", (int64_t)response->parts.count),
              log_number("unknown_parts", response->has_unknown_parts),
              log_number("private_bytes", (int64_t)response->private_data.len));
}

/* Ends a call that no mock answers. */
static bool reject_mock(const Calling *calling, const char *operation) {
    InstanceOp *op = calling->op;
    return provider_call_end(
        calling, object_type_report_unsupported(op->type->name, operation, &op->diags), NULL);
}

Effect provider_call_effect(const InstanceOp *op) {
    return is_mocked(op) || !op->managed ? EFFECT_NONE : op->managed->effect;
}

bool provider_call_validate(InstanceOp *op, Value config) {
    Calling calling = provider_call_begin(op, "validate");
    log_request(&calling, (Value){0}, config);
    return provider_call_end(&calling, object_type_validate(&calling.call, config, &op->diags),
                             NULL);
}

bool provider_call_plan(InstanceOp *op, const PlanRequest *request, PlanResponse *response) {
    Calling calling = begin_with_request(op, "plan", request->prior, request->proposed);
    if (!calling.has_begun)
        return false;
    bool ok = true;
    if (is_mocked(op))
        ok = mock_plan(&op->mock, &calling.call, request, response, &op->diags);
    else if (op->provider->is_deferred)
        resource_type_plan_by_schema(&calling.call, request, response);
    else
        ok = resource_type_plan(&calling.call, request, response, &op->diags);
    if (log_enabled(LOG_DEBUG))
        log_plan_response(&calling, response);
    return provider_call_end(&calling, ok, &response->planned);
}

bool provider_call_plans_destroy(const InstanceOp *op) {
    return !is_mocked(op) && op->managed && op->managed->plans_destroy &&
           !op->provider->is_deferred;
}

bool provider_call_marker(InstanceOp *op, PendingAction action, const MarkerRequest *request,
                          MarkerResponse *response) {
    bool has_marker =
        op->managed->marker && (action == PENDING_CREATE || op->managed->marks_changes);
    *response = (MarkerResponse){0};
    if (is_mocked(op) || !has_marker)
        return true;
    Calling calling = provider_call_begin(op, "marker");
    return provider_call_end(
        &calling, resource_type_marker(&calling.call, request, response, &op->diags), NULL);
}

bool provider_call_apply(InstanceOp *op, const ApplyRequest *request, ApplyResponse *response) {
    const char *name = value_is_null(request->prior) ? "create" : "update";
    Calling calling = begin_with_request(op, name, request->prior, request->planned);
    if (!calling.has_begun)
        return false;
    bool ok = is_mocked(op) ? mock_apply(&op->mock, &calling.call, request, response, &op->diags)
                            : resource_type_apply(&calling.call, request, response, &op->diags);
    return provider_call_end(&calling, ok, &response->state);
}

bool provider_call_delete(InstanceOp *op, const DeleteRequest *request, DeleteResponse *response) {
    *response = (DeleteResponse){.state = request->prior, .private_data = request->private_data};
    if (is_mocked(op))
        return true;
    Calling calling = begin_with_request(op, "delete", request->prior, (Value){0});
    return calling.has_begun &&
           provider_call_end(
               &calling, resource_type_delete(&calling.call, request, response, &op->diags), NULL);
}

bool provider_call_read(InstanceOp *op, const ReadRequest *request, ReadResponse *response) {
    *response = (ReadResponse){.state = request->state,
                               .private_data = request->private_data,
                               .identity = request->identity};
    if (is_mocked(op))
        return true;
    Calling calling = begin_with_request(op, "read", request->state, (Value){0});
    return calling.has_begun &&
           provider_call_end(&calling,
                             resource_type_read(&calling.call, request, response, &op->diags),
                             &response->state);
}

bool provider_call_gitops(InstanceOp *op, int64_t timeout_ms, const GitopsRequest *request,
                          GitopsResponse *response) {
    Calling calling = provider_call_begin(op, "gitops");
    *response = (GitopsResponse){0};
    if (is_mocked(op) || !op->managed->gitops)
        return reject_mock(&calling, "reconciled");
    if (timeout_ms > 0)
        calling.call.deadline_ms = call_monotonic_ms(&calling.call) + timeout_ms;
    log_request(&calling, request->state, (Value){0});
    return provider_call_end(
        &calling, op->managed->gitops(&calling.call, request, response, &op->diags), NULL);
}

bool provider_call_import(InstanceOp *op, const ImportRequest *request, ImportResponse *response) {
    Calling calling = begin_with_client(op, "import");
    if (is_mocked(op))
        return reject_mock(&calling, "imported");
    return calling.has_begun &&
           provider_call_end(&calling,
                             resource_type_import(&calling.call, request, response, &op->diags),
                             &response->state);
}

bool provider_call_upgrade(InstanceOp *op, const UpgradeRequest *request,
                           UpgradeResponse *response) {
    *response = (UpgradeResponse){.upgraded = request->stored};
    if (is_mocked(op) || !op->managed)
        return true;
    Calling calling = provider_call_begin(op, "upgrade");
    return provider_call_end(
        &calling, resource_type_upgrade(&calling.call, request, response, &op->diags), NULL);
}

bool provider_call_upgrade_identity(InstanceOp *op, const UpgradeIdentityRequest *request,
                                    UpgradeIdentityResponse *response) {
    *response = (UpgradeIdentityResponse){0};
    if (is_mocked(op))
        return true;
    Calling calling = provider_call_begin(op, "upgrade_identity");
    return provider_call_end(
        &calling, resource_type_upgrade_identity(&calling.call, request, response, &op->diags),
        NULL);
}

bool provider_call_move(InstanceOp *op, const MoveRequest *request, MoveResponse *response) {
    Calling calling = begin_with_client(op, "move");
    if (is_mocked(op))
        return reject_mock(&calling, "moved");
    return calling.has_begun &&
           provider_call_end(
               &calling, resource_type_move(&calling.call, request, response, &op->diags), NULL);
}

bool provider_call_recover(InstanceOp *op, uint64_t generation, const RecoverRequest *request,
                           RecoverResponse *response) {
    *response = (RecoverResponse){.state = value_null(schema_implied_type(op->schema))};
    if (is_mocked(op))
        return true;
    Calling calling = begin_with_client(op, "recover");
    calling.call.generation = generation;
    return calling.has_begun &&
           provider_call_end(&calling,
                             resource_type_recover(&calling.call, request, response, &op->diags),
                             &response->state);
}

static bool call_limits(InstanceOp *op, const LimitsRequest *request, LimitsResponse *response) {
    *response = (LimitsResponse){0};
    if (is_mocked(op) || !op->managed || !op->managed->limits)
        return true;
    Calling calling = provider_call_begin(op, "limits");
    return provider_call_end(
        &calling, resource_type_limits(&calling.call, request, response, &op->diags), NULL);
}

bool provider_call_limits(InstanceOp *op, const LimitsRequest *request, WalkTask *task) {
    LimitsResponse response;
    if (!call_limits(op, request, &response))
        return instance_op_report(op);
    Limits limits = response.limits;
    WalkLimit *copies = arena_new_array(op->walk_arena, WalkLimit, limits.count);
    for (size_t i = 0; i < limits.count; i++) {
        const Limit *limit = &limits.items[i];
        copies[i].key = str_format(op->walk_arena, "%s %.*s", op->provider->provider->name,
                                   STR_ARG(limit->key));
        copies[i].capacity = limit->capacity;
        log_debug("call limit", log_text("address", op->address), log_text("key", limit->key),
                  log_number("capacity", (int64_t)limit->capacity));
    }
    task->limits = copies;
    task->limit_count = limits.count;
    return true;
}

bool provider_call_read_data(InstanceOp *op, const DataReadRequest *request,
                             DataReadResponse *response) {
    Calling calling = begin_with_request(op, "read", (Value){0}, request->config);
    if (!calling.has_begun)
        return false;
    bool ok = is_mocked(op)
                  ? mock_read_data(&op->mock, &calling.call, request, response, &op->diags)
                  : object_type_read_data(&calling.call, request, response, &op->diags);
    return provider_call_end(&calling, ok, &response->state);
}

bool provider_call_open(InstanceOp *op, const OpenRequest *request, OpenResponse *response) {
    Calling calling = begin_with_request(op, "open", (Value){0}, request->config);
    if (is_mocked(op))
        return reject_mock(&calling, "opened");
    return calling.has_begun &&
           provider_call_end(&calling,
                             object_type_open(&calling.call, request, response, &op->diags),
                             &response->result);
}

/* A mocked action does nothing. */
bool provider_call_plan_action(InstanceOp *op, const ActionRequest *request,
                               ActionResponse *response) {
    *response = (ActionResponse){0};
    if (is_mocked(op))
        return true;
    Calling calling = begin_with_request(op, "plan action", (Value){0}, request->config);
    return calling.has_begun &&
           provider_call_end(&calling,
                             object_type_plan_action(&calling.call, request, response, &op->diags),
                             NULL);
}

bool provider_call_invoke(InstanceOp *op, const ActionRequest *request) {
    if (is_mocked(op))
        return true;
    Calling calling = begin_with_request(op, "invoke", (Value){0}, request->config);
    return calling.has_begun &&
           provider_call_end(&calling, object_type_invoke(&calling.call, request, &op->diags),
                             NULL);
}

bool provider_call_list(InstanceOp *op, const ResourceType *resource, const ListRequest *request,
                        const ListSink *sink) {
    Calling calling = begin_with_request(op, "list", (Value){0}, request->config);
    if (is_mocked(op))
        return reject_mock(&calling, "listed");
    return calling.has_begun &&
           provider_call_end(&calling,
                             object_type_list(&calling.call, resource, request, sink, &op->diags),
                             NULL);
}

bool provider_call_generate_config(InstanceOp *op, const ResourceType *managed,
                                   const GenerateConfigRequest *request,
                                   GenerateConfigResponse *response) {
    Calling calling = provider_call_begin(op, "generate config");
    calling.call.type = &managed->type;
    return provider_call_end(
        &calling, resource_type_generate_config(&calling.call, request, response, &op->diags),
        NULL);
}

/* Runs without marks first, which is fast. On failure it runs again with marks, so that the
 * diagnostics show no secrets. */
bool provider_call_check_result(InstanceOp *op, Value planned, Value actual, const Paths *sensitive,
                                const char *summary) {
    Diags unmasked = diags_new(op->scratch);
    if (conform_result(op->schema, planned, actual, summary, op->scratch, &unmasked))
        return true;
    return conform_result(op->schema, object_marks_add(op, planned, sensitive),
                          object_marks_add(op, actual, sensitive), summary, op->scratch,
                          &op->diags);
}
