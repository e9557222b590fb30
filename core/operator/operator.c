/* The controller: from events to keys, from keys to decisions, from decisions to requests. */
#include "act.h"
#include "act_trace.h"
#include "change_watch.h"
#include "informer.h"
#include "leader.h"
#include "log.h"
#include "lost_nodes.h"
#include "metrics.h"
#include "notifier.h"
#include "operator_entry.h"
#include "otlp_export.h"
#include "runner_message.h"
#include "runner_trace.h"
#include "thread.h"
#include "web_server.h"
#include "work_queue.h"
#include "world_metrics.h"

#define WORKERS    4
#define REQUEST_MS 30000
#define KINDS_MAX  16    /* of one Stack that are followed: others want their share */
#define TRACE_MS   60000 /* pause after a failure, so that a lost collector delays no work */
#define FLUX       STR_CONST("source.toolkit.fluxcd.io")
#define SHARD      "sharding.fluxcd.io/key"
#define NO_THREADS STR("The system has no more threads.")

typedef struct Operator {
    OperatorSettings settings;
    DecideOptions options;
    Io io; /* counts the requests of the client */
    KubeClient *client;
    Metrics *metrics;
    WebServer *servers[2];
    Notifier *notifier;   /* NULL: none */
    pthread_mutex_t lock; /* of the world, and of the members up to the queue */
    World world;
    LostNodes nodes;
    bool is_fresh[WORLD_KINDS]; /* the store has what the server has, but for events on the way */
    uint32_t breaks;            /* how often a store was not fresh any more */
    bool is_ready;              /* all were fresh once */
    bool is_leader;
    WorkQueue *queue;
    Informer *informers[WORLD_KINDS];
    ChangeWatch *changes;
    VEC(Thread *) workers;
    OtlpExport collector;
    Str tracing;                 /* see ActJobOptions */
    _Atomic int64_t trace_at_ms; /* nothing is sent before */
    CancelToken *stop;           /* of all threads */
    Arena *arena;
} Operator;

/* Where the objects of each kind come from. */
static const KubeResource git_repositories = {FLUX, STR_CONST("v1"), STR_CONST("GitRepository"),
                                              STR_CONST("gitrepositories"), true};
static const KubeResource oci_repositories = {FLUX, STR_CONST("v1"), STR_CONST("OCIRepository"),
                                              STR_CONST("ocirepositories"), true};
static const KubeResource buckets = {FLUX, STR_CONST("v1"), STR_CONST("Bucket"),
                                     STR_CONST("buckets"), true};
static const KubeResource external_artifacts = {
    FLUX, STR_CONST("v1"), STR_CONST("ExternalArtifact"), STR_CONST("externalartifacts"), true};

static const KubeResource *const resources[WORLD_KINDS] = {
    [WORLD_STACK] = &act_stacks,
    [WORLD_RUN] = &act_runs,
    [WORLD_APPROVAL] = &act_approvals,
    [WORLD_LANE] = &act_lanes,
    [WORLD_JOB] = &act_jobs,
    [WORLD_POD] = &act_pods,
    [WORLD_GIT_REPOSITORY] = &git_repositories,
    [WORLD_OCI_REPOSITORY] = &oci_repositories,
    [WORLD_BUCKET] = &buckets,
    [WORLD_EXTERNAL_ARTIFACT] = &external_artifacts,
};

static WorldKind kind_of(const KubeResource *resource) {
    size_t kind = 0;
    while (resources[kind] != resource)
        kind++;
    return (WorldKind)kind;
}

/* Events. A controller that waits to lead keeps the stores, so that it can begin at once. */

static bool is_fresh(const Operator *controller) {
    for (size_t kind = 0; kind < WORLD_KINDS; kind++) {
        if (!controller->is_fresh[kind])
            return false;
    }
    return true;
}

static bool has_begun(const Operator *controller) {
    return controller->is_leader && is_fresh(controller);
}

static void add_key(void *payload, WorldKind kind, Str namespace, Str name) {
    work_queue_add(payload, (WorkKey){(int)kind, namespace, name});
}

static void changed(void *payload, const KubeResource *resource, const ObjectMeta *meta) {
    Operator *controller = payload;
    SCOPED(ArenaRef) arena = arena_open("change");
    if (has_begun(controller))
        world_touch(&controller->world, kind_of(resource), meta,
                    &(WorldTouch){add_key, controller->queue}, arena);
    if (resource == &act_runs || controller->is_fresh[WORLD_RUN]) /* else it may not have ended */
        world_forget(&controller->world, kind_of(resource), meta, arena);
}

/* A decision from a part of the objects would see Runs and Jobs as missing. */
static void try_begin(Operator *controller) {
    static const WorldKind decided[] = {WORLD_STACK, WORLD_RUN, WORLD_LANE};
    const ObjectMeta *meta;
    if (!has_begun(controller))
        return;
    for (size_t i = 0; i < ARRAY_COUNT(decided); i++) {
        const ObjectStore *store = controller->world.stores[decided[i]];
        for (ObjectCursor at = {0}; (meta = object_store_next(store, &at));)
            add_key(controller->queue, decided[i], meta->namespace, meta->name);
    }
    work_queue_begin(controller->queue);
}

/* An object of a Stack, by another manager. */
static void see_change(void *payload, Str lineage) {
    Operator *controller = payload;
    LOCKED(&controller->lock);
    world_touch_listening(&controller->world, lineage, &(WorldTouch){add_key, controller->queue});
}

static void follow_kinds(Operator *controller, const Stack *stack) {
    if (!stack_listens(stack))
        return;
    for (size_t i = 0; i < stack->status.kinds.count && i < KINDS_MAX; i++)
        change_watch_add(controller->changes, stack->status.kinds.items[i]);
}

static void synced(void *payload, const KubeResource *resource) {
    Operator *controller = payload;
    LOCKED(&controller->lock);
    controller->is_fresh[kind_of(resource)] = true;
    controller->is_ready = controller->is_ready || is_fresh(controller);
    try_begin(controller);
}

/* The server that responds next may have an older etcd. A decision that mixes its objects with
 * newer ones could make an object again that the older one lacks. So nothing is decided, and no
 * step of an earlier decision sent, until all are read again. */
static void broken(void *payload, const KubeResource *resource) {
    Operator *controller = payload;
    LOCKED(&controller->lock);
    controller->is_fresh[kind_of(resource)] = false;
    controller->breaks++;
}

static void lead(Operator *controller) {
    LOCKED(&controller->lock);
    controller->is_leader = true;
    try_begin(controller);
}

/* Work. */

typedef struct WorkRequest {
    ActRequest request;
    RunEnd end; /* status NULL: it ends no Run */
    Str notice; /* empty: none */
} WorkRequest;

typedef struct Work {
    VEC(WorkRequest) requests;
    int64_t wake_ms; /* Unix time; 0: never */
    Str trace;       /* of a Run that ends; empty: none */
    uint32_t breaks; /* of the controller when it was decided */
} Work;

/* The response of a change is its newest version: the next decision need not wait for the event. */
static void keep_response(Operator *controller, const Work *work, const ActRequest *request,
                          const KubeResponse *response) {
    size_t kind = 0;
    const ObjectMeta *meta;
    while (kind < WORLD_KINDS && resources[kind] != request->ref.resource)
        kind++;
    if (kind == WORLD_KINDS || response->outcome != KUBE_DONE ||
        str_equal_cstr(STR("DELETE"), request->method))
        return;
    LOCKED(&controller->lock);
    if (work->breaks == controller->breaks &&
        object_store_put_newer(controller->world.stores[kind], response->body, &meta) && meta)
        changed(controller, request->ref.resource, meta);
}

static KubeCall call_of(const Operator *controller, Arena *arena) {
    const Clock *clock = controller->io.clock;
    return (KubeCall){.client = controller->client,
                      .arena = arena,
                      .cancel = controller->stop,
                      .cancel_at = CANCEL_STOP,
                      .deadline_ms = clock->monotonic_ms(clock->self) + REQUEST_MS};
}

/* Nodes. */

static int64_t monotonic_now(const Operator *controller) {
    const Clock *clock = controller->io.clock;
    return clock->monotonic_ms(clock->self);
}

/* A time of ours on the wall clock, from which decisions count. */
static void set_lost(const Operator *controller, RunPods *pods, int64_t now_ms) {
    vec_each(pods, each) {
        int64_t since_ms = lost_nodes_since(&controller->nodes, each->pod->spec.node_name);
        if (since_ms >= 0)
            each->lost_ms = now_ms - (monotonic_now(controller) - since_ms);
    }
}

static StrVec nodes_to_read(Operator *controller, WorkKey key, Arena *arena) {
    StrVec names = {0};
    RunView run;
    LOCKED(&controller->lock);
    if (key.kind != WORLD_RUN || controller->options.takeover_after_ms == 0 ||
        !world_view_run(&controller->world, key.namespace, key.name, &run, arena))
        return names;
    for (size_t i = 0; i < 2; i++) {
        vec_each(i == 0 ? &run.plan_pods : &run.apply_pods, each) {
            if (decide_run_may_release(each->pod))
                vec_push(arena, &names, str_clone(each->pod->spec.node_name, arena));
        }
    }
    return names;
}

static void read_nodes(Operator *controller, WorkKey key, Arena *arena) {
    StrVec names = nodes_to_read(controller, key, arena);
    vec_each(&names, name) {
        KubeCall call = call_of(controller, arena);
        NodeSight sight = lost_nodes_read(&call, *name);
        LOCKED(&controller->lock);
        lost_nodes_put(&controller->nodes, *name, sight, monotonic_now(controller));
    }
}

static bool decide(Operator *controller, WorkKey key, int64_t now_ms, Decision *out, Arena *arena) {
    const DecideOptions *options = &controller->options;
    StackView stack;
    RunView run;
    LaneView lane;
    switch (key.kind) {
    case WORLD_STACK:
        if (!world_view_stack(&controller->world, key.namespace, key.name, options, &stack, arena))
            return false;
        follow_kinds(controller, stack.stack);
        *out = decide_stack(&stack, options, now_ms, arena);
        return true;
    case WORLD_CHANGE:
        if (!world_view_stack(&controller->world, key.namespace, key.name, options, &stack, arena))
            return false;
        *out = decide_change(stack.stack, now_ms, arena);
        return true;
    case WORLD_RUN:
        if (!world_view_run(&controller->world, key.namespace, key.name, &run, arena))
            return false;
        set_lost(controller, &run.plan_pods, now_ms);
        set_lost(controller, &run.apply_pods, now_ms);
        *out = decide_run(&run, options, now_ms, arena);
        return true;
    default:
        if (!world_view_lane(&controller->world, key.name, &lane, arena))
            return false;
        *out = decide_lane(&lane, arena);
        return true;
    }
}

/* The Run that a step ends. */
static RunEnd end_of(const DecisionStep *step) {
    const Run *run = (const Run *)step->object;
    bool is_end = step->kind == STEP_RUN_STATUS && step->run_status->finished_ms != 0 &&
                  !run_is_finished(run);
    return is_end ? (RunEnd){run->spec.type, run->meta.created_ms, step->run_status} : (RunEnd){0};
}

/* The event that a step sends to Flux too. */
static Str notice_of(const Operator *controller, const DecisionStep *step,
                     const ActOptions *options, Arena *arena) {
    const Run *run;
    if (step->kind != STEP_EVENT || !controller->notifier)
        return STR_EMPTY;
    run = object_store_find(controller->world.stores[WORLD_RUN], step->object->namespace,
                            step->event.run);
    return act_notice_json(step, options, run ? run->spec.revision : STR_EMPTY, arena);
}

/* Decides, and renders the requests while the objects cannot change. */
static Work plan_work(Operator *controller, WorkKey key, Arena *arena) {
    const Clock *clock = controller->io.clock;
    ActOptions options = {controller->settings.name, controller->settings.log_level,
                          controller->tracing, clock->now_ms(clock->self)};
    Work work = {0};
    Decision decision;
    LOCKED(&controller->lock);
    work.breaks = controller->breaks;
    if (!has_begun(controller)) /* all keys come again when it does */
        return work;
    if (!decide(controller, key, options.now_ms, &decision, arena))
        return work;
    vec_each(&decision.steps, step) {
        ActRequest requests[ACT_REQUESTS_MAX];
        size_t count = act_requests(step, &options, requests, arena);
        for (size_t i = 0; i < count; i++)
            vec_push(arena, &work.requests,
                     (WorkRequest){requests[i], end_of(step),
                                   notice_of(controller, step, &options, arena)});
        if (controller->collector.url.len > 0 && end_of(step).status)
            work.trace = act_trace_of(step, arena);
        if (step->kind == STEP_WAKE && (work.wake_ms == 0 || step->wake_ms < work.wake_ms))
            work.wake_ms = step->wake_ms;
    }
    return work;
}

/* A Job exists that the store lacks. Those of a finished Run were dropped; if etcd is restored to
 * an older time, the Run goes on. */
static void read_jobs_again(Operator *controller) {
    LOCKED(&controller->lock);
    informer_relist(controller->informers[WORLD_JOB]);
    informer_relist(controller->informers[WORLD_POD]);
}

static bool is_current(Operator *controller, const Work *work) {
    LOCKED(&controller->lock);
    return work->breaks == controller->breaks;
}

static bool do_work(Operator *controller, WorkKey key, const Work *work, Arena *arena) {
    const Clock *clock = controller->io.clock;
    vec_each(&work->requests, each) {
        const ActRequest *request = &each->request;
        KubeResponse response = {0};
        KubeCall call = call_of(controller, arena);
        call.attempts_max = 1; /* another attempt is another decision */
        if (!is_current(controller, work))
            return true;
        if (!act_send(&call, request, &response)) {
            log_event(LOG_WARN, "request failed", log_cstr("method", request->method),
                      log_text("path", kube_resource_path(&request->ref, arena)),
                      log_text("problem", response.problem));
            return false;
        }
        keep_response(controller, work, request, &response);
        if (request->ref.resource == &act_jobs && response.outcome == KUBE_CONFLICT)
            read_jobs_again(controller);
        if (each->notice.len > 0 && response.outcome == KUBE_DONE) /* else another has sent it */
            notifier_send(controller->notifier, each->notice);
        if (each->end.status)
            metrics_count_run(controller->metrics, &each->end);
    }
    if (work->wake_ms != 0)
        work_queue_add_at(controller->queue, key,
                          clock->monotonic_ms(clock->self) + work->wake_ms -
                              clock->now_ms(clock->self));
    return true;
}

static const char *kind_text(WorldKind kind) {
    return kind == WORLD_CHANGE ? "Change" : resources[kind]->kind.ptr;
}

static void send_trace(Operator *controller, Str trace) {
    const Io *io = controller->settings.io;
    int64_t now_ms = io->clock->monotonic_ms(io->clock->self);
    if (trace.len > 0 && now_ms >= controller->trace_at_ms &&
        !otlp_export_send(&controller->collector, io, trace))
        controller->trace_at_ms = now_ms + TRACE_MS;
}

static void run_worker(void *payload) {
    Operator *controller = payload;
    const Clock *clock = controller->io.clock;
    Arena *arena = arena_open("work of the operator");
    WorkKey key;
    while (arena_reset(arena), work_queue_take(controller->queue, &key, arena)) {
        int64_t began_ms = clock->monotonic_ms(clock->self);
        read_nodes(controller, key, arena);
        Work work = plan_work(controller, key, arena);
        bool ok = do_work(controller, key, &work, arena);
        metrics_count_reconcile(controller->metrics, kind_text((WorldKind)key.kind),
                                clock->monotonic_ms(clock->self) - began_ms, !ok);
        work_queue_done(controller->queue, key, !ok);
        if (ok)
            send_trace(controller, work.trace);
    }
    arena_close(arena);
}

/* Metrics and health. */

static void add_gauges(Operator *controller, StrBuf *out) {
    metrics_family(out, "loam_leader", "gauge", "1: this controller works.");
    metrics_begin(out, "loam_leader");
    metrics_value(out, controller->is_leader);
    metrics_family(out, "loam_workqueue_depth", "gauge", "Objects that are due.");
    metrics_begin(out, "loam_workqueue_depth");
    metrics_value(out, (double)work_queue_depth(controller->queue));
    metrics_family(out, "loam_watch_restarts_total", "counter",
                   "Lists that were read again because a watch could not go on.");
    for (size_t kind = 0; kind < WORLD_KINDS; kind++) {
        if (!controller->informers[kind])
            continue;
        metrics_begin(out, "loam_watch_restarts_total");
        metrics_label(out, "kind", resources[kind]->kind);
        metrics_value(out, informer_restarts(controller->informers[kind]));
    }
}

static WebAnswer answer_metrics(void *payload, Str path, Arena *arena) {
    Operator *controller = payload;
    StrBuf out = strbuf_new(arena);
    if (!str_equal_cstr(path, "/metrics"))
        return (WebAnswer){404, NULL, STR("not found\n")};
    metrics_add_counts(controller->metrics, &out);
    LOCKED(&controller->lock);
    add_gauges(controller, &out);
    if (controller->is_leader) /* else each object would be shown by each controller */
        world_metrics_add(&controller->world,
                          controller->io.clock->now_ms(controller->io.clock->self), &out);
    return (WebAnswer){200, "text/plain; version=0.0.4; charset=utf-8", strbuf_str(&out)};
}

/* A controller that waits to lead is ready too, or else a Deployment would replace none. */
static WebAnswer answer_health(void *payload, Str path, Arena *) {
    Operator *controller = payload;
    LOCKED(&controller->lock);
    bool is_ready_path = str_equal_cstr(path, "/readyz");
    if (!is_ready_path && !str_equal_cstr(path, "/healthz"))
        return (WebAnswer){404, NULL, STR("not found\n")};
    if (is_ready_path && !controller->is_ready)
        return (WebAnswer){503, NULL, STR("the objects of the cluster are not read yet\n")};
    return (WebAnswer){200, NULL, STR("ok\n")};
}

static bool start_servers(Operator *controller, Str *problem) {
    const WebServerOptions options[] = {
        {controller->settings.metrics_address, answer_metrics, controller},
        {controller->settings.health_address, answer_health, controller},
    };
    for (size_t i = 0; i < ARRAY_COUNT(options); i++) {
        if (options[i].address.len == 0)
            continue;
        controller->servers[i] = web_server_open(&options[i], problem, controller->arena);
        if (!controller->servers[i])
            return false;
    }
    return true;
}

static bool start_notifier(Operator *controller, Str *problem) {
    const OperatorSettings *settings = &controller->settings;
    if (settings->events_address.len == 0)
        return true;
    controller->notifier = notifier_open(settings->io, settings->events_address);
    *problem = NO_THREADS;
    return controller->notifier != NULL;
}

/* Threads. */

/* Of Flux's kinds; the others are always there. */
static bool refers_to(void *payload, const KubeResource *resource) {
    const Operator *controller = payload;
    return world_refers_to(&controller->world, kind_of(resource));
}

static Str label_selector(const Operator *controller, WorldKind kind) {
    Str shard = controller->settings.shard;
    if (kind == WORLD_JOB || kind == WORLD_POD)
        return STR("infra.loam.internal/run");
    if (kind != WORLD_STACK)
        return STR_EMPTY;
    return shard.len > 0 ? str_format(controller->arena, SHARD "=%.*s", STR_ARG(shard))
                         : STR("!" SHARD);
}

static bool start_informers(Operator *controller, Str *problem) {
    for (size_t kind = 0; kind < WORLD_KINDS; kind++) {
        Informer *informer = informer_start(&(InformerOptions){
            .client = controller->client,
            .cancel = controller->stop,
            .resource = resources[kind],
            .label_selector = label_selector(controller, (WorldKind)kind),
            .store = controller->world.stores[kind],
            .lock = &controller->lock,
            .changed = changed,
            .synced = synced,
            .broken = broken,
            .is_needed = kind < WORLD_GIT_REPOSITORY ? NULL : refers_to,
            .payload = controller,
        });
        LOCKED(&controller->lock);
        controller->informers[kind] = informer;
        if (informer)
            continue;
        *problem = NO_THREADS;
        return false;
    }
    return true;
}

static bool start_workers(Operator *controller, Str *problem) {
    size_t count = controller->settings.workers ? controller->settings.workers : WORKERS;
    for (size_t i = 0; i < count; i++) {
        Thread *thread = thread_start(THREAD_WORKER, run_worker, controller);
        *problem = NO_THREADS;
        if (!thread)
            return false;
        vec_push(controller->arena, &controller->workers, thread);
    }
    return true;
}

/* Ends the threads; a worker completes its steps. */
static void operator_stop(Operator *controller) {
    cancel_raise(controller->stop, CANCEL_STOP);
    work_queue_stop(controller->queue);
    for (size_t i = 0; i < ARRAY_COUNT(controller->servers); i++)
        web_server_close(controller->servers[i]);
    for (size_t kind = 0; kind < WORLD_KINDS; kind++)
        informer_join(controller->informers[kind]);
    vec_each(&controller->workers, worker)
        thread_join(*worker);
    change_watch_close(controller->changes);
    notifier_close(controller->notifier);
}

static void operator_close(Operator *controller) {
    work_queue_close(controller->queue);
    world_close(&controller->world);
    kube_client_close(controller->client);
    metrics_close(controller->metrics);
    pthread_mutex_destroy(&controller->lock);
    cancel_close(controller->stop);
    arena_close(controller->arena);
}

static Operator *operator_open(const OperatorSettings *settings, Str *problem) {
    Arena *arena = arena_open("operator");
    Operator *controller = arena_new(arena, Operator);
    *controller = (Operator){.settings = *settings, .io = *settings->io, .arena = arena};
    controller->options = (DecideOptions){
        .image = settings->image,
        .images = settings->images,
        .is_cross_allowed = settings->is_cross_allowed,
        .has_separate_duties = settings->has_separate_duties,
        .takeover_after_ms = settings->takeover_after_ms,
    };
    controller->nodes = (LostNodes){map_new(arena), arena};
    controller->collector = otlp_export_open(settings->io, OTLP_TRACES, arena);
    if (controller->collector.url.len > 0)
        controller->tracing = act_trace_environment(settings->io, arena);
    pthread_mutex_init(&controller->lock, NULL);
    controller->stop = cancel_open();
    controller->metrics = metrics_open();
    controller->io.http = metrics_http(controller->metrics, settings->io->http);
    controller->client = kube_client_open(&controller->io, settings->target, NULL);
    world_open(&controller->world);
    controller->queue = work_queue_open(controller->io.clock, WORLD_RUN);
    controller->changes = change_watch_open(
        &(ChangeWatchOptions){controller->client, controller->stop, see_change, controller});
    if (start_servers(controller, problem) && start_notifier(controller, problem) &&
        start_informers(controller, problem))
        return controller;
    *problem = str_clone(*problem, settings->arena);
    operator_stop(controller);
    operator_close(controller);
    return NULL;
}

static bool run(const OperatorSettings *settings, Str *problem) {
    SCOPED(ArenaRef) arena = arena_open("leader");
    Operator *controller = operator_open(settings, problem);
    bool leads = true, has_threads = true;
    if (!controller)
        return false;
    Leader leader = {.client = controller->client,
                     .cancel = settings->cancel,
                     .namespace = settings->lease_namespace,
                     .name = settings->lease,
                     .identity = settings->name,
                     .manager = STR("loam-operator"),
                     .seen = strbuf_new(arena)};
    if (leader_wait(&leader)) {
        lead(controller);
        has_threads = start_workers(controller, problem);
        leads = !has_threads || leader_keep(&leader);
    }
    operator_stop(controller);
    if (leads)
        leader_release(&leader);
    else /* another may be the leader already */
        *problem = STR("The Lease could not be renewed for 10 seconds.");
    operator_close(controller);
    return leads && has_threads;
}

static int work(const OperatorPod *pod) {
    static int (*const works[])(Runner *) = {
        [OPERATOR_SOURCE] = runner_source,
        [OPERATOR_RUN] = runner_run,
        [OPERATOR_REPORT] = runner_report,
    };
    SCOPED(ArenaRef) arena = arena_open("runner");
    Runner runner = {.io = pod->io, .cancel = pod->cancel, .program = pod->program, .arena = arena};
    static const char *const names[] = {"source", "run", "report"};
    Str problem;
    int status;
    if (!runner_open(&runner, &problem))
        return runner_message_fail(&runner, 1, STR("The pod has no work"), problem);
    if (pod->work != OPERATOR_SOURCE && !runner.has_key)
        return runner_message_fail(&runner, RUN_KEY_MISSING, STR("The key of the plans is missing"),
                                   str_format(arena,
                                              "the Secret loam-key-%.*s, or that of "
                                              "spec.encryption, does not exist, or its key has "
                                              "less than 32 bytes. Restore it from your copy",
                                              STR_ARG(runner.order.stack.name)));
    runner_trace_open(&runner);
    status = works[pod->work](&runner);
    runner_trace_send(&runner, names[pod->work], status);
    return status;
}

const OperatorEntry operator_entry = {run, work};
