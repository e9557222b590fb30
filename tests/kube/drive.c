/* kube_drive: runs requests of core/kube, and waits of the provider, for tests. The first line of
 * standard input describes the client, each further line a request; each prints one line of JSON.
 */
#include "curl_http.h"
#include "io.h"
#include "kube_discovery.h"
#include "kube_error.h"
#include "kube_object.h"
#include "kube_watch.h"
#include "kubeconfig.h"
#include "thread.h"
#include "wait_block.h"
#include "wait_gate.h"
#include "wait_ready.h"

#include <stdio.h>

typedef struct Drive {
    Io io;
    KubeTarget target;
    KubeClient *client;
    KubeDiscovery *discovery;
    Str failure;  /* of the kubeconfig; each request has this result */
    Arena *arena; /* of the run */
} Drive;

/* One request and its result. */
typedef struct Turn {
    Drive *drive;
    Value what;
    KubeCall call;
    KubeResource resource;
    KubeRef ref;
    KubeResponse response;
    Diags diags;
    JsonWriter *out; /* the open object of the result */
} Turn;

static Value parse(Str text, Arena *arena) {
    Value value;
    const char *error;
    size_t offset;
    bool ok = json_parse_any(text, &value, &error, &offset, arena);
    CHECK(ok);
    return value;
}

static Str text_of(Value what, const char *name) {
    return kube_object_text(what, "", name);
}

static int64_t number_of(Value what, const char *name) {
    Value found;
    int64_t number = 0;
    if (kube_object_find(what, "", name, &found))
        (void)value_to_int(found, &number);
    return number;
}

static bool flag_of(Value what, const char *name) {
    Value found;
    return kube_object_find(what, "", name, &found) && value_is_true(found);
}

static Str body_of(Value what, Arena *arena) {
    Value body;
    bool has_body = kube_object_find(what, "", "body", &body);
    CHECK(has_body);
    return json_text(body, arena);
}

static void write_object(Turn *turn) {
    Value object;
    if (turn->response.body.len && kube_client_decode(&turn->response, &object, turn->call.arena)) {
        json_key(turn->out, STR("object"));
        json_write_value(turn->out, object);
    }
}

static KubeOutcome get(Turn *turn) {
    KubeOutcome outcome = kube_call_get(&turn->call, &turn->ref, &turn->response, &turn->diags);
    write_object(turn);
    return outcome;
}

static KubeOutcome apply(Turn *turn) {
    KubeApply request = {
        .ref = turn->ref,
        .body = body_of(turn->what, turn->call.arena),
        .manager = text_of(turn->what, "manager"),
        .should_force = flag_of(turn->what, "force"),
        .is_dry_run = flag_of(turn->what, "dryRun"),
        .waits_for_webhook = flag_of(turn->what, "waitsForWebhook"),
    };
    KubeOutcome outcome = kube_call_apply(&turn->call, &request, &turn->response, &turn->diags);
    write_object(turn);
    return outcome;
}

static KubeOutcome patch(Turn *turn) {
    KubePatch request = {
        .ref = turn->ref,
        .type = str_equal(text_of(turn->what, "type"), STR("json")) ? KUBE_PATCH_JSON
                                                                    : KUBE_PATCH_MERGE,
        .body = body_of(turn->what, turn->call.arena),
        .manager = text_of(turn->what, "manager"),
        .is_dry_run = flag_of(turn->what, "dryRun"),
    };
    KubeOutcome outcome = kube_call_patch(&turn->call, &request, &turn->response, &turn->diags);
    write_object(turn);
    return outcome;
}

static KubeOutcome create(Turn *turn) {
    KubeOutcome outcome =
        kube_call_create(&turn->call, &turn->ref, body_of(turn->what, turn->call.arena),
                         &turn->response, &turn->diags);
    write_object(turn);
    return outcome;
}

static KubeOutcome delete_object(Turn *turn) {
    Str propagation = text_of(turn->what, "propagation");
    KubeDelete request = {
        .ref = turn->ref,
        .uid = text_of(turn->what, "uid"),
        .resource_version = text_of(turn->what, "resourceVersion"),
        .is_dry_run = flag_of(turn->what, "dryRun"),
    };
    if (str_equal(propagation, STR("Orphan")))
        request.propagation = KUBE_PROPAGATION_ORPHAN;
    else if (str_equal(propagation, STR("Background")))
        request.propagation = KUBE_PROPAGATION_BACKGROUND;
    return kube_call_delete(&turn->call, &request, &turn->response, &turn->diags);
}

static KubeOutcome list(Turn *turn) {
    KubeList found = {0};
    KubeListRequest request = {
        .ref = turn->ref,
        .label_selector = text_of(turn->what, "labelSelector"),
        .field_selector = text_of(turn->what, "fieldSelector"),
        .only_metadata = flag_of(turn->what, "onlyMetadata"),
        .count_max = (size_t)number_of(turn->what, "countMax"),
        .page_size = (size_t)number_of(turn->what, "pageSize"),
    };
    KubeOutcome outcome =
        kube_list_read(&turn->call, &request, &found, &turn->response, &turn->diags);
    json_key_bool(turn->out, "isCut", found.is_cut);
    json_key(turn->out, STR("items"));
    json_array_start(turn->out);
    vec_each(&found.items, item)
        json_write_value(turn->out, *item);
    json_array_end(turn->out);
    return outcome;
}

typedef struct Seen {
    JsonWriter *out;
    size_t count;
    size_t enough;
} Seen;

static bool see(void *payload, const KubeEvent *event) {
    static const char *const types[] = {[KUBE_EVENT_PRESENT] = "present",
                                        [KUBE_EVENT_ABSENT] = "absent",
                                        [KUBE_EVENT_LISTED] = "listed"};
    Seen *seen = payload;
    json_object_start(seen->out);
    json_key_string(seen->out, "type", str_from_cstr(types[event->type]));
    json_key_string(seen->out, "name", event->name);
    json_key_string(seen->out, "value", kube_object_text(event->object, "data", "a"));
    json_object_end(seen->out);
    fprintf(stderr, "%s %.*s\n", types[event->type], STR_ARG(event->name));
    return ++seen->count == seen->enough;
}

static KubeOutcome watch(Turn *turn) {
    Seen seen = {.out = turn->out, .enough = (size_t)number_of(turn->what, "enough")};
    KubeWatchRequest request = {
        .ref = turn->ref,
        .label_selector = text_of(turn->what, "labelSelector"),
        .see = see,
        .payload = &seen,
        .poll_ms = number_of(turn->what, "pollMs"),
        .round_s = number_of(turn->what, "roundS"),
    };
    json_key(turn->out, STR("events"));
    json_array_start(turn->out);
    KubeOutcome outcome = kube_watch_run(&turn->call, &request, &turn->response, &turn->diags);
    json_array_end(turn->out);
    return outcome;
}

static KubeOutcome find(Turn *turn) {
    json_key_string(turn->out, "plural", turn->resource.plural);
    json_key_bool(turn->out, "isNamespaced", turn->resource.is_namespaced);
    json_key_int(turn->out, "verbs", turn->resource.verbs);
    json_key(turn->out, STR("subresources"));
    json_array_start(turn->out);
    vec_each(&turn->resource.subresources, name)
        json_write_string(turn->out, *name);
    json_array_end(turn->out);
    return KUBE_DONE;
}

/* The same GET from several threads. */
typedef struct Worker {
    const Turn *turn;
    int64_t count;
    int64_t done;
} Worker;

static void work(void *payload) {
    Worker *worker = payload;
    for (int64_t i = 0; i < worker->count; i++) {
        SCOPED(ArenaRef) arena = arena_open("worker");
        KubeCall call = worker->turn->call;
        KubeResponse response;
        Diags diags = diags_new(arena);
        call.arena = arena;
        worker->done += kube_call_get(&call, &worker->turn->ref, &response, &diags) == KUBE_DONE;
    }
}

static KubeOutcome parallel(Turn *turn) {
    Worker workers[8];
    Thread *threads[ARRAY_COUNT(workers)];
    int64_t done = 0;
    for (size_t i = 0; i < ARRAY_COUNT(workers); i++) {
        workers[i] = (Worker){turn, number_of(turn->what, "count"), 0};
        threads[i] = thread_start(THREAD_WALK_WORKER, work, &workers[i]);
    }
    for (size_t i = 0; i < ARRAY_COUNT(workers); i++) {
        thread_join(threads[i]);
        done += workers[i].done;
    }
    json_key_int(turn->out, "done", done);
    return KUBE_DONE;
}

/* Waits. */

static void show_progress(void *payload, uint64_t done, uint64_t total, const char *what) {
    (void)payload, (void)done, (void)total;
    fprintf(stderr, "%s\n", what);
}

/* Reads {"wait": {…}} as the block of a resource. */
static Value wait_config(Value what, Arena *arena) {
    static const Block blocks[] = {WAIT_BLOCK};
    static const Schema schema = {SCHEMA_BLOCKS(blocks)};
    Value found, config;
    const char *error;
    if (!kube_object_find(what, "", "wait", &found))
        return value_null(schema_implied_type(&schema));
    Str text = str_format(arena, "{\"wait\":%.*s}", STR_ARG(json_text(found, arena)));
    JsonReader reader = json_reader_new(text, arena);
    bool ok = json_read_typed(&reader, json_next(&reader), schema_implied_type(&schema), &config,
                              &error, arena);
    CHECK(ok);
    return config;
}

static bool run_wait(Turn *turn, const WaitObject *wait, Value *object) {
    Str kind = text_of(turn->what, "do");
    WaitBlock block;
    if (str_equal(kind, STR("ready")))
        return wait_ready(wait, object, &turn->diags);
    if (str_equal(kind, STR("gate")))
        return wait_gate(wait, object, &turn->diags);
    return wait_block_read(wait->call, wait_config(turn->what, turn->call.arena),
                           turn->resource.kind, &block, &turn->diags) &&
           wait_block_until(wait, &block, object, &turn->diags);
}

/* With "isKnown" the object is read before, as after an apply. The errors are in the diagnostics of
 * the result. */
static KubeOutcome wait_for(Turn *turn) {
    StrVec secrets = {0};
    Value object = value_null(&TYPE_DYNAMIC);
    Str secret = text_of(turn->what, "secret");
    if (secret.len)
        vec_push(turn->call.arena, &secrets, secret);
    Call call = {
        .io = &turn->drive->io,
        .arena = turn->call.arena,
        .deadline_ms = turn->call.deadline_ms,
        .secrets = &secrets,
        .progress = show_progress,
    };
    WaitObject wait = {
        .call = &call,
        .client = turn->drive->client,
        .discovery = turn->drive->discovery,
        .ref = turn->ref,
        .grace_ms = number_of(turn->what, "graceMs"),
    };
    if (flag_of(turn->what, "isKnown")) {
        KubeOutcome outcome = kube_call_get(&turn->call, &turn->ref, &turn->response, &turn->diags);
        if (outcome != KUBE_DONE || !kube_client_decode(&turn->response, &object, call.arena))
            return turn->response.outcome;
    }
    json_key_bool(turn->out, "isReady", run_wait(turn, &wait, &object));
    json_key(turn->out, STR("object"));
    json_write_value(turn->out, object);
    return KUBE_DONE;
}

typedef struct Row {
    const char *name;
    const char *action;
    KubeOutcome (*run)(Turn *turn);
} Row;

static const Row rows[] = {
    {"get", "Kubernetes object not read", get},
    {"apply", "Kubernetes object not applied", apply},
    {"patch", "Kubernetes object not patched", patch},
    {"create", "Kubernetes object not created", create},
    {"delete", "Kubernetes object not deleted", delete_object},
    {"list", "Kubernetes objects not listed", list},
    {"watch", "Kubernetes object not ready", watch},
    {"find", "Kind not found", find},
    {"parallel", "Kubernetes object not read", parallel},
    {"ready", "Kubernetes object not read", wait_for},
    {"gate", "Kubernetes object not read", wait_for},
    {"block", "Kubernetes object not read", wait_for},
};

static const Row *row_of(Value what) {
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        if (str_equal_cstr(text_of(what, "do"), rows[i].name))
            return &rows[i];
    }
    return NULL;
}

static void write_diags(Turn *turn) {
    json_key(turn->out, STR("diags"));
    json_array_start(turn->out);
    for (size_t i = 0; i < turn->diags.count; i++) {
        const Diag *diag = &turn->diags.items[i];
        json_object_start(turn->out);
        json_key_bool(turn->out, "isError", diag->severity == DIAG_ERROR);
        json_key_string(turn->out, "summary", diag->summary);
        json_key_string(turn->out, "detail", diag->detail);
        json_key_string(turn->out, "path", diag->path);
        json_object_end(turn->out);
    }
    json_array_end(turn->out);
}

static void run(Turn *turn) {
    static const char *const outcomes[] = {[KUBE_DONE] = "done",
                                           [KUBE_ABSENT] = "absent",
                                           [KUBE_CONFLICT] = "conflict",
                                           [KUBE_FAILED] = "failed"};
    const Row *row = row_of(turn->what);
    CHECK(row);
    turn->resource.plural = STR("unknown");
    turn->ref = (KubeRef){
        .resource = &turn->resource,
        .namespace = text_of(turn->what, "namespace"),
        .name = text_of(turn->what, "name"),
        .subresource = text_of(turn->what, "subresource"),
    };
    KubeKind kind = {text_of(turn->what, "apiVersion"), text_of(turn->what, "kind")};
    KubeOutcome outcome = kube_discovery_find(turn->drive->discovery, &turn->call, kind,
                                              &turn->resource, &turn->response, &turn->diags);
    bool is_found = outcome == KUBE_DONE;
    if (is_found)
        outcome = row->run(turn);
    if (is_found && outcome != KUBE_DONE) {
        json_key_int(turn->out, "class", kube_error_class(&turn->ref, &turn->response));
        kube_error_report(&turn->call, row->action, &turn->ref, &turn->response, &turn->diags);
    }
    json_key_string(turn->out, "outcome", str_from_cstr(outcomes[outcome]));
    json_key_int(turn->out, "code", turn->response.code);
    json_key_int(turn->out, "attempts", turn->response.attempts);
    json_key_string(turn->out, "problem", turn->response.problem);
    write_diags(turn);
}

/* The target as it was read. */
static void write_target(const Drive *drive, JsonWriter *out) {
    const KubeTarget *target = &drive->target;
    json_key_string(out, "server", target->server);
    json_key_string(out, "token", target->token);
    json_key_string(out, "tokenFile", target->token_file);
    json_key_string(out, "command", target->exec.command);
    json_key_string(out, "namespace", target->namespace);
}

static void serve(Drive *drive, Str line) {
    SCOPED(ArenaRef) arena = arena_open("turn");
    Value what = parse(line, arena);
    const Clock *clock = drive->io.clock;
    int64_t timeout_ms = number_of(what, "timeoutMs");
    StrBuf text = strbuf_new(arena);
    JsonWriter out;
    json_writer_init(&out, &text, 0);
    json_object_start(&out);
    if (drive->failure.len) {
        json_key_string(&out, "outcome", STR("failed"));
        json_key_string(&out, "problem", drive->failure);
    } else if (str_equal(text_of(what, "do"), STR("target"))) {
        write_target(drive, &out);
    } else if (str_equal(text_of(what, "do"), STR("drop"))) {
        kube_discovery_drop(drive->discovery);
    } else {
        Turn turn = {
            .drive = drive,
            .what = what,
            .call = {.client = drive->client,
                     .arena = arena,
                     .deadline_ms = timeout_ms ? clock->monotonic_ms(clock->self) + timeout_ms : 0},
            .diags = diags_new(arena),
            .out = &out,
        };
        run(&turn);
    }
    json_object_end(&out);
    printf("%.*s\n", STR_ARG(strbuf_str(&text)));
    fflush(stdout);
}

/* {"content": …, "paths": […], "context": …}; without both, the files that kubectl reads. */
static void read_kubeconfig(Drive *drive, Value what) {
    Arena *arena = drive->arena;
    Diags diags = diags_new(arena);
    Value paths = value_tuple_at(what, STR("paths"));
    KubeChoice choice = {
        .content = text_of(what, "content"),
        .allow_exec = flag_of(what, "allowExec"),
        .context = text_of(what, "context"),
        .namespace = text_of(what, "namespace"),
    };
    for (size_t i = 0; i < paths.count; i++)
        vec_push(arena, &choice.paths, value_text(value_at(paths, i)));
    bool has_source = choice.content.len || choice.paths.count;
    bool ok = has_source ? kubeconfig_read(&drive->io, &choice, &drive->target, arena, &diags)
                         : kubeconfig_find(&drive->io, &choice, &drive->target, arena, &diags);
    if (!ok)
        drive->failure = diags.items[0].detail;
}

static void open_client(Drive *drive, Str line) {
    Value what = parse(str_clone(line, drive->arena), drive->arena);
    Value kubeconfig;
    drive->target = (KubeTarget){
        .server = text_of(what, "server"),
        .ca_certs = text_of(what, "ca"),
        .token = text_of(what, "token"),
        .certificate = text_of(what, "certificate"),
        .key = text_of(what, "key"),
        .server_name = text_of(what, "serverName"),
    };
    if (kube_object_find(what, "", "kubeconfig", &kubeconfig))
        read_kubeconfig(drive, kubeconfig);
    KubeClientOptions options = {
        .rate = (uint32_t)number_of(what, "rate"),
        .burst = (uint32_t)number_of(what, "burst"),
        .connect_wait_ms = number_of(what, "connectWaitMs"),
    };
    drive->client = kube_client_open(&drive->io, &drive->target, &options);
    drive->discovery = kube_discovery_open();
}

int main(void) {
    Drive drive = {.io = io_real(), .arena = arena_open("drive")};
    char *line = NULL;
    size_t capacity = 0;
    ssize_t size;
    drive.io.http = &curl_http;
    while ((size = getline(&line, &capacity, stdin)) > 0) {
        Str text = {line, (size_t)size};
        if (drive.client)
            serve(&drive, text);
        else
            open_client(&drive, text);
    }
    free(line);
    kube_discovery_close(drive.discovery);
    kube_client_close(drive.client);
    arena_close(drive.arena);
    return 0;
}
