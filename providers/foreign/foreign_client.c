/* foreign_client: encodes requests, decodes responses and adjusts the paths of their diagnostics.
 */
#include "foreign_client.h"

#include "log.h"
#include "thread.h"

/* The process that answers a client's calls, and its successors.
 *
 * Providers that are made with Terraform's plugin framework keep about 22 KiB of each call. So a
 * process whose memory has grown too much is retired: new calls go to a second process with the
 * same configuration, and the first one ends after its last call. */

/* Starts a process for a client; returns NULL if it cannot. */
typedef ForeignProcess *ForeignSuccessor(void *payload);

enum {
    CALLS_PER_LOOK = 250,
    GROWTH_MAX = 128 << 20, /* bytes since the first look */
};

ForeignWorker *foreign_client_worker(ForeignProcess *process, Arena *arena) {
    ForeignWorker *worker = arena_new(arena, ForeignWorker);
    worker->process = process;
    return worker;
}

/* Begins a call of the current worker of a client. The caller holds the client's lock. */
static ForeignWorker *foreign_worker_begin(ForeignWorker *current) {
    current->in_flight++;
    return current;
}

static bool has_grown(ForeignWorker *worker) {
    if (++worker->calls % CALLS_PER_LOOK != 0)
        return false;
    uint64_t memory = foreign_process_memory(worker->process);
    if (worker->memory == 0)
        worker->memory = memory;
    return memory > worker->memory + GROWTH_MAX;
}

static void retire(ForeignWorker **current, ForeignSuccessor *successor, void *payload,
                   Arena *arena) {
    ForeignProcess *process = successor(payload);
    log_debug(process ? "provider retired" : "provider not retired",
              log_number("calls", (int64_t)(*current)->calls));
    if (process)
        *current = foreign_client_worker(process, arena);
}

/* Ends a call of this worker; the caller holds the client's lock. If the process has grown too
 * large and `successor` can start another one, sets *current to a worker of that one; else the
 * process serves further calls. Returns a process without calls that the caller must end, after it
 * has released the lock; NULL: none. */
static ForeignProcess *foreign_worker_end(ForeignWorker *worker, ForeignWorker **current,
                                          ForeignSuccessor *successor, void *payload,
                                          Arena *arena) {
    worker->in_flight--;
    if (worker == *current && has_grown(worker))
        retire(current, successor, payload, arena);
    return worker != *current && worker->in_flight == 0 ? worker->process : NULL;
}

/* A path that ends at a block type instead of a block means the object that contains the blocks,
 * because there may be no block. Returns the path of that object; other paths unchanged. */
static Path path_of_object(const Schema *schema, Path path) {
    size_t i = 0;
    while (i < path.count && !path.steps[i].is_index) {
        const Block *block = schema_find_block(schema, path.steps[i].name);
        if (!block)
            break;
        if (block->nesting == NEST_SINGLE) {
            i++;
        } else if (i + 1 == path.count) {
            return (Path){path.steps, i};
        } else {
            i += 2; /* the index of the block */
        }
        schema = &block->schema;
    }
    return path;
}

static void place_diagnostics(const Call *call, size_t from, Diags *diags) {
    for (size_t i = from; call->type && i < diags->count; i++) {
        Diag *diag = &diags->items[i];
        Path path = path_parse(diag->path, call->arena);
        Path kept = path_of_object(&call->type->schema, path);
        if (kept.count < path.count)
            diag->path = kept.count ? path_to_str(kept, diags->arena) : STR_EMPTY;
    }
}

/* The processes of a client. */

/* Some providers read their own schema only during a GetProviderSchema call. */
static void read_own_schema(ForeignProcess *process, const ForeignProvider *foreign) {
    SCOPED(ArenaRef) scratch = arena_open("provider schema");
    Diags ignored = diags_new(scratch);
    Str response;
    ForeignRequest schema = {.method = PROTOCOL_GET_SCHEMA};
    if (!foreign->schemas.is_schema_optional)
        (void)foreign_process_call(process, &schema, &response, NULL, scratch, &ignored);
}

ForeignProcess *foreign_client_start(const ForeignProvider *foreign, Diags *diags) {
    ForeignProcess *process = foreign_process_start(&foreign->program, foreign->io, diags);
    if (process && foreign->clients) /* the first process is asked for the schemas */
        read_own_schema(process, foreign);
    return process;
}

/* Starts a process with the configuration of the client. The caller holds the lock. */
static ForeignProcess *start_successor(void *payload) {
    SCOPED(ArenaRef) scratch = arena_open("provider successor");
    const ForeignClient *client = payload;
    Diags ignored = diags_new(scratch);
    ProtocolResponse response;
    Str bytes;
    ForeignRequest configure = {.method = PROTOCOL_CONFIGURE, .message = client->config};
    if (client->config.len == 0)
        return NULL; /* its configuration may be in flight */
    ForeignProcess *process = foreign_client_start(client->owner, &ignored);
    if (!process)
        return NULL;
    if (foreign_process_call(process, &configure, &bytes, NULL, scratch, &ignored) ==
            FOREIGN_DONE &&
        protocol_message_response(PROTOCOL_CONFIGURE, bytes, &response, scratch, &ignored) &&
        ignored.error_count == 0)
        return process;
    foreign_process_end(process);
    return NULL;
}

static ForeignWorker *client_begin_call(ForeignClient *client) {
    LOCKED(&client->owner->lock);
    ForeignWorker *worker = foreign_worker_begin(client->worker);
    return worker;
}

static void client_end_call(ForeignClient *client, ForeignWorker *worker) {
    ForeignProvider *foreign = client->owner;
    pthread_mutex_lock(&foreign->lock);
    ForeignProcess *retired =
        foreign_worker_end(worker, &client->worker, start_successor, client, foreign->arena);
    pthread_mutex_unlock(&foreign->lock);
    if (retired)
        foreign_process_end(retired);
}

/* Calls. */

/* Rejects a deferred response to a call that did not allow one. The engine does that for plans of
 * actions, because a requested invocation can never wait. */
static void client_check_deferral(const Call *call, const ProtocolResponse *response,
                                  Diags *diags) {
    if (!response->is_deferred || call->allows_deferral)
        return;
    diags_error(diags, NO_RANGE, "Change deferred by its provider",
                "The provider %s cannot handle %.*s before other changes are made. %s",
                call->provider->address, STR_ARG(call->address),
                call->is_planning ? "Apply these first: plan with -allow-deferral, or with -target."
                                  : "Make a new plan with -allow-deferral.");
}

static ForeignOutcome client_send(const ForeignCall *made, const ForeignRequest *request,
                                  Str *bytes, bool *is_lost) {
    ForeignProvider *foreign = (ForeignProvider *)made->call->provider;
    ForeignClient *client = made->call->client ? made->call->client : foreign->clients;
    ForeignWorker *worker = client_begin_call(client);
    ForeignOutcome outcome = foreign_process_call(worker->process, request, bytes, is_lost,
                                                  made->call->arena, made->diags);
    client_end_call(client, worker);
    return outcome;
}

static void report_unimplemented(const ForeignCall *made) {
    diags_error(made->diags, NO_RANGE, "Unsupported plugin method",
                "The provider %s does not support the call %s.", made->call->provider->address,
                protocol_method_fields(made->method)->name);
}

bool foreign_client_call(ForeignCall *made) {
    const Call *call = made->call;
    Diags *diags = made->diags;
    size_t first = diags->count;
    size_t errors = diags->error_count;
    Str bytes;
    made->received = (ProtocolResponse){0};
    ForeignRequest sent = {
        .method = made->method,
        .message = protocol_message_request(made->method, &made->sent, call->arena),
        .label = made->label,
        .cancel = call->cancel,
    };
    ForeignOutcome outcome = client_send(made, &sent, &bytes, &made->is_lost);
    bool is_done =
        outcome == FOREIGN_DONE &&
        protocol_message_response(made->method, bytes, &made->received, call->arena, diags);
    if (outcome == FOREIGN_DONE && !is_done)
        made->is_lost = true; /* the provider has acted, and its response is damaged */
    if (is_done && diags->error_count == errors && made->method != PROTOCOL_PLAN_ACTION)
        client_check_deferral(call, &made->received, diags);
    place_diagnostics(call, first, diags);
    if (outcome == FOREIGN_UNIMPLEMENTED)
        report_unimplemented(made);
    return is_done && diags->error_count == errors;
}

bool foreign_client_stream(const ForeignCall *made, bool (*on_message)(void *payload, Str message),
                           void *payload) {
    const Call *call = made->call;
    size_t first = made->diags->count;
    Str bytes;
    ForeignRequest sent = {
        .method = made->method,
        .message = protocol_message_request(made->method, &made->sent, call->arena),
        .cancel = call->cancel,
        .on_message = on_message,
        .payload = payload,
    };
    ForeignOutcome outcome = client_send(made, &sent, &bytes, NULL);
    place_diagnostics(call, first, made->diags);
    if (outcome == FOREIGN_UNIMPLEMENTED)
        report_unimplemented(made);
    return outcome == FOREIGN_DONE;
}

/* The messages of one invocation. */
typedef struct Invocation {
    const Call *call;
    Arena *scratch; /* of one message */
    Diags *diags;
    bool is_completed;
} Invocation;

static bool receive_event(void *payload, Str message) {
    Invocation *invocation = payload;
    ProtocolResponse event;
    arena_reset(invocation->scratch);
    if (!protocol_message_response(PROTOCOL_INVOKE_ACTION, message, &event, invocation->scratch,
                                   invocation->diags))
        return false;
    invocation->is_completed |= event.is_completed;
    if (event.has_progress)
        call_progress(invocation->call, 0, 0, str_to_cstr(event.progress, invocation->scratch));
    return true;
}

bool foreign_client_invoke(const ForeignCall *made) {
    SCOPED(ArenaRef) scratch = arena_open("invocation");
    const Call *call = made->call;
    Diags *diags = made->diags;
    Invocation invocation = {.call = call, .scratch = scratch, .diags = diags};
    size_t errors = diags->error_count;
    bool is_done = foreign_client_stream(made, receive_event, &invocation);
    if (is_done && !invocation.is_completed && diags->error_count == errors)
        diags_error(diags, NO_RANGE, "Provider returned no result",
                    "The provider %s ended the action %s without its result. This is a mistake in "
                    "the provider; please report it to its developers.",
                    call->provider->address, call->type->name);
    return diags->error_count == errors;
}
