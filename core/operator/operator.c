/* The controller: from events to keys, from keys to decisions, from decisions to requests. */
#include "act.h"
#include "informer.h"
#include "leader.h"
#include "log.h"
#include "lost_nodes.h"
#include "operator_entry.h"
#include "runner_message.h"
#include "thread.h"
#include "work_queue.h"
#include "world.h"

#define WORKERS    4
#define REQUEST_MS 30000
#define FLUX       STR_CONST("source.toolkit.fluxcd.io")

typedef struct Operator {
    OperatorSettings settings;
    DecideOptions options;
    pthread_mutex_t lock; /* of the world, and of the lost nodes */
    World world;
    LostNodes nodes;
    WorkQueue *queue;
    Informer *informers[WORLD_KINDS];
    _Atomic size_t synced; /* informers that have read all objects once */
    VEC(Thread *) workers;
    CancelToken *stop; /* of all threads */
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

/* Events. */

static void add_key(void *payload, WorldKind kind, Str namespace, Str name) {
    work_queue_add(payload, (WorkKey){(int)kind, namespace, name});
}

static void changed(void *payload, const KubeResource *resource, const ObjectMeta *meta) {
    Operator *controller = payload;
    SCOPED(ArenaRef) arena = arena_open("change");
    world_touch(&controller->world, kind_of(resource), meta,
                &(WorldTouch){add_key, controller->queue}, arena);
    world_forget(&controller->world, kind_of(resource), meta, arena);
}

/* A decision from a part of the objects would see Runs and Jobs as missing. */
static void synced(void *payload) {
    Operator *controller = payload;
    if (++controller->synced == WORLD_KINDS)
        work_queue_begin(controller->queue);
}

/* The response of a change is its newest version: the next decision need not wait for the event. */
static void keep_response(Operator *controller, const ActRequest *request,
                          const KubeResponse *response) {
    size_t kind = 0;
    const ObjectMeta *meta;
    while (kind < WORLD_KINDS && resources[kind] != request->ref.resource)
        kind++;
    if (kind == WORLD_KINDS || response->outcome != KUBE_DONE ||
        str_equal_cstr(STR("DELETE"), request->method))
        return;
    LOCKED(&controller->lock);
    meta = object_store_put(controller->world.stores[kind], response->body);
    if (meta)
        changed(controller, request->ref.resource, meta);
}

/* Work. */

typedef struct Work {
    VEC(ActRequest) requests;
    int64_t wake_ms; /* Unix time; 0: never */
} Work;

static KubeCall call_of(const Operator *controller, Arena *arena) {
    const Clock *clock = kube_client_io(controller->settings.client)->clock;
    return (KubeCall){.client = controller->settings.client,
                      .arena = arena,
                      .cancel = controller->stop,
                      .cancel_at = CANCEL_STOP,
                      .deadline_ms = clock->monotonic_ms(clock->self) + REQUEST_MS};
}

/* Nodes. */

static int64_t monotonic_now(const Operator *controller) {
    const Clock *clock = kube_client_io(controller->settings.client)->clock;
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
        *out = decide_stack(&stack, options, now_ms, arena);
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

/* Decides, and renders the requests while the objects cannot change. */
static Work plan_work(Operator *controller, WorkKey key, Arena *arena) {
    const Clock *clock = kube_client_io(controller->settings.client)->clock;
    ActOptions options = {controller->settings.name, controller->settings.log_level,
                          clock->now_ms(clock->self)};
    Work work = {0};
    Decision decision;
    LOCKED(&controller->lock);
    if (!decide(controller, key, options.now_ms, &decision, arena))
        return work;
    vec_each(&decision.steps, step) {
        ActRequest requests[ACT_REQUESTS_MAX];
        size_t count = act_requests(step, &options, requests, arena);
        for (size_t i = 0; i < count; i++)
            vec_push(arena, &work.requests, requests[i]);
        if (step->kind == STEP_WAKE && (work.wake_ms == 0 || step->wake_ms < work.wake_ms))
            work.wake_ms = step->wake_ms;
    }
    return work;
}

static bool do_work(Operator *controller, WorkKey key, const Work *work, Arena *arena) {
    const Clock *clock = kube_client_io(controller->settings.client)->clock;
    vec_each(&work->requests, request) {
        KubeResponse response = {0};
        KubeCall call = call_of(controller, arena);
        if (!act_send(&call, request, &response)) {
            log_event(LOG_WARN, "request failed", log_cstr("method", request->method),
                      log_text("path", kube_resource_path(&request->ref, arena)),
                      log_text("problem", response.problem));
            return false;
        }
        keep_response(controller, request, &response);
    }
    if (work->wake_ms != 0)
        work_queue_add_at(controller->queue, key,
                          clock->monotonic_ms(clock->self) + work->wake_ms -
                              clock->now_ms(clock->self));
    return true;
}

static void run_worker(void *payload) {
    Operator *controller = payload;
    Arena *arena = arena_open("work of the operator");
    WorkKey key;
    while (arena_reset(arena), work_queue_take(controller->queue, &key, arena)) {
        read_nodes(controller, key, arena);
        Work work = plan_work(controller, key, arena);
        bool ok = do_work(controller, key, &work, arena);
        work_queue_done(controller->queue, key, !ok);
    }
    arena_close(arena);
}

/* Threads. */

static bool start_informers(Operator *controller) {
    for (size_t kind = 0; kind < WORLD_KINDS; kind++) {
        bool is_ours = kind == WORLD_JOB || kind == WORLD_POD;
        controller->informers[kind] = informer_start(&(InformerOptions){
            .client = controller->settings.client,
            .cancel = controller->stop,
            .resource = resources[kind],
            .label_selector = is_ours ? STR("infra.loam.internal/run") : STR_EMPTY,
            .store = controller->world.stores[kind],
            .lock = &controller->lock,
            .changed = changed,
            .synced = synced,
            .payload = controller,
        });
        if (!controller->informers[kind])
            return false;
    }
    return true;
}

static bool start_workers(Operator *controller) {
    size_t count = controller->settings.workers ? controller->settings.workers : WORKERS;
    for (size_t i = 0; i < count; i++) {
        Thread *thread = thread_start(THREAD_WORKER, run_worker, controller);
        if (!thread)
            return false;
        vec_push(controller->arena, &controller->workers, thread);
    }
    return true;
}

/* Ends the threads; a worker completes its steps. */
static void operator_close(Operator *controller) {
    cancel_raise(controller->stop, CANCEL_STOP);
    work_queue_stop(controller->queue);
    for (size_t kind = 0; kind < WORLD_KINDS; kind++)
        informer_join(controller->informers[kind]);
    vec_each(&controller->workers, worker)
        thread_join(*worker);
    work_queue_close(controller->queue);
    world_close(&controller->world);
    pthread_mutex_destroy(&controller->lock);
    cancel_close(controller->stop);
    arena_close(controller->arena);
}

static Operator *operator_open(const OperatorSettings *settings) {
    Arena *arena = arena_open("operator");
    Operator *controller = arena_new(arena, Operator);
    *controller = (Operator){.settings = *settings, .arena = arena};
    controller->options = (DecideOptions){
        .image = settings->image,
        .is_cross_allowed = settings->is_cross_allowed,
        .has_separate_duties = settings->has_separate_duties,
        .takeover_after_ms = settings->takeover_after_ms,
    };
    controller->nodes = (LostNodes){map_new(arena), arena};
    pthread_mutex_init(&controller->lock, NULL);
    controller->stop = cancel_open();
    world_open(&controller->world);
    controller->queue = work_queue_open(kube_client_io(settings->client)->clock);
    if (start_informers(controller) && start_workers(controller))
        return controller;
    operator_close(controller);
    return NULL;
}

static bool run(const OperatorSettings *settings, Str *problem) {
    SCOPED(ArenaRef) arena = arena_open("leader");
    bool has_lease = settings->lease_namespace.len > 0;
    Leader leader = {settings->client, settings->cancel, settings->lease_namespace,
                     settings->lease,  settings->name,   strbuf_new(arena)};
    Operator *controller;
    while (has_lease && !leader_try(&leader)) {
        if (cancel_wait(settings->cancel, LEADER_RETRY_MS))
            return true;
    }
    controller = operator_open(settings);
    if (!controller) {
        *problem = STR("The system has no more threads.");
        return false;
    }
    while (!cancel_wait(settings->cancel, LEADER_RETRY_MS)) {
        if (has_lease && !leader_try(&leader)) {
            /* Another may be the leader already: end at once, as a crash would. */
            *problem = STR("The Lease could not be renewed for 10 seconds.");
            operator_close(controller);
            return false;
        }
    }
    operator_close(controller);
    if (has_lease)
        leader_release(&leader);
    return true;
}

static int work(const OperatorPod *pod) {
    static int (*const works[])(Runner *) = {
        [OPERATOR_SOURCE] = runner_source,
        [OPERATOR_RUN] = runner_run,
        [OPERATOR_REPORT] = runner_report,
    };
    SCOPED(ArenaRef) arena = arena_open("runner");
    Runner runner = {.io = pod->io, .cancel = pod->cancel, .program = pod->program, .arena = arena};
    Str problem;
    if (!runner_open(&runner, &problem))
        return runner_message_fail(&runner, 1, STR("The pod has no work"), problem);
    return works[pod->work](&runner);
}

const OperatorEntry operator_entry = {run, work};
