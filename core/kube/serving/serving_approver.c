#include "serving_approver.h"
#include "kube_error.h"
#include "kube_list.h"
#include "kube_object.h"
#include "kube_retry.h"
#include "kube_watch.h"
#include "leader.h"
#include "serving_request.h"
#include "thread.h"

#define SIGNER       STR("kubernetes.io/kubelet-serving")
#define KUBELET_USER STR_CONST("system:node:")
#define ROUND_MS     30000 /* after which all requests are read again: a Node may exist by now */
#define REQUEST_MS   30000

static const KubeResource approver_nodes = {
    .version = STR_CONST("v1"), .kind = STR_CONST("Node"), .plural = STR_CONST("nodes")};

/* Reports that were made: the name of a request → the reason. */
typedef struct Reported {
    Map map;
    Arena *arena;
} Reported;

typedef struct Approving {
    const ServingApprover *options;
    ServingNodes nodes;
    const CancelToken *cancel;
    Reported former; /* of the round before */
    Reported now;
    bool has_failed; /* in this pass */
    Arena *scratch;  /* of one request */
} Approving;

/* The decision. */

Str serving_approver_node(Value request) {
    static const Str prefix = KUBELET_USER;
    Str user = kube_object_text(request, "spec", "username");
    return str_starts_with(user, prefix) ? str_after(user, prefix.len) : STR_EMPTY;
}

static bool is_asked(Value request) {
    return str_equal(kube_object_text(request, "spec", "signerName"), SIGNER) &&
           serving_request_state(request) == SERVING_PENDING;
}

ServingVerdict serving_approver_decide(Value request, const ServingNodes *nodes, Value node,
                                       Str *reason, Arena *arena) {
    ServingNode serving = {.name = serving_approver_node(request)};
    const StrVec *addresses = serving_nodes_find(nodes, serving.name);
    *reason = STR_EMPTY;
    if (!is_asked(request))
        return SERVING_NOT_ASKED;
    if (serving.name.len == 0) {
        *reason = STR("It does not come from a kubelet.");
    } else if (!addresses) {
        *reason = STR("The file of nodes does not name this node.");
    } else if (!value_is_present(node)) {
        *reason = STR("The cluster has no Node of this name yet.");
    } else {
        serving.addresses = *addresses;
        serving.since = kube_object_text(node, "metadata", "creationTimestamp");
        *reason = str_compare(kube_object_text(request, "metadata", "creationTimestamp"),
                              serving.since) < 0
                      ? STR("It is older than the Node: a former machine sent it.")
                      : serving_request_check(request, &serving, arena);
    }
    return reason->len ? SERVING_LEAVES : SERVING_APPROVES;
}

/* Reports. */

static Reported reported_new(void) {
    Arena *arena = arena_open("reported requests");
    return (Reported){map_new(arena), arena};
}

/* A request that is still there is reported again only with another reason. */
static void approver_report(Approving *work, const ServingReport *report) {
    const Str *before = map_find(&work->now.map, report->request);
    if (!before)
        before = map_find(&work->former.map, report->request);
    bool is_known = before && str_equal(*before, report->reason);
    Str *reason = arena_new(work->now.arena, Str);
    *reason = str_clone(report->reason, work->now.arena);
    map_set(&work->now.map, str_clone(report->request, work->now.arena), reason);
    if (!is_known)
        work->options->report(work->options->payload, report);
}

/* Requests that are gone are dropped: the next list has those that are left. */
static void next_round(Approving *work) {
    arena_close(work->former.arena);
    work->former = work->now;
    work->now = reported_new();
}

/* A failure of the server, in the words of kube_error. */
static void report_failure(Approving *work, Str request, const Diags *diags) {
    work->has_failed = true;
    for (size_t i = 0; i < diags->count; i++) {
        const Diag *diag = &diags->items[i];
        Str reason =
            str_format(work->scratch, "%.*s: %.*s", STR_ARG(diag->summary), STR_ARG(diag->detail));
        approver_report(work, &(ServingReport){SERVING_UNSURE, request, STR_EMPTY, reason});
    }
}

/* One request. */

static KubeCall approver_call(const Approving *work, int64_t limit_ms, Arena *arena) {
    const Clock *clock = kube_client_io(work->options->client)->clock;
    return (KubeCall){.client = work->options->client,
                      .arena = arena,
                      .deadline_ms = clock->monotonic_ms(clock->self) + limit_ms,
                      .cancel = work->cancel,
                      .cancel_at = CANCEL_STOP};
}

/* Sets *out to the Node, null if it does not exist. Returns false after an error. */
static bool read_node(const KubeCall *call, Str name, Value *out, Diags *diags) {
    KubeRef ref = {.resource = &approver_nodes, .name = name};
    KubeResponse response;
    *out = value_null(&TYPE_DYNAMIC);
    KubeOutcome outcome = kube_call_get(call, &ref, &response, NULL);
    if (outcome == KUBE_ABSENT ||
        (outcome == KUBE_DONE && kube_client_decode(&response, out, call->arena)))
        return true;
    return kube_error_report(call, "Node not read", &ref, &response, diags);
}

/* A request that has changed meanwhile is seen again. */
static bool send_approval(const KubeCall *call, Value request, Diags *diags) {
    KubeRef ref = serving_request_ref(request);
    KubeResponse response;
    KubeOutcome outcome = serving_request_approve(call, request, &response, NULL);
    return outcome == KUBE_DONE || outcome == KUBE_CONFLICT || outcome == KUBE_ABSENT ||
           kube_error_report(call, "Serving certificate not approved", &ref, &response, diags);
}

static void look_at(Approving *work, Value request) {
    arena_reset(work->scratch);
    Arena *arena = work->scratch;
    KubeCall call = approver_call(work, REQUEST_MS, arena);
    Diags diags = diags_new(arena);
    ServingReport report = {.request = kube_object_text(request, "metadata", "name"),
                            .node = serving_approver_node(request)};
    Value node = value_null(&TYPE_DYNAMIC);
    if (!is_asked(request))
        return;
    if (!serving_nodes_read(&work->nodes, &diags))
        report_failure(work, STR_EMPTY, &diags); /* the former nodes count */
    diags = diags_new(arena);
    bool is_good = !serving_nodes_find(&work->nodes, report.node) ||
                   read_node(&call, report.node, &node, &diags);
    if (is_good)
        report.verdict =
            serving_approver_decide(request, &work->nodes, node, &report.reason, arena);
    if (is_good && report.verdict == SERVING_APPROVES)
        is_good = send_approval(&call, request, &diags);
    if (is_good)
        approver_report(work, &report);
    else
        report_failure(work, report.request, &diags);
}

/* One pass. */

static Approving approver_begin(const ServingApprover *options, const CancelToken *cancel) {
    return (Approving){
        .options = options,
        .nodes = {.io = kube_client_io(options->client), .path = options->nodes_path},
        .cancel = cancel,
        .former = reported_new(),
        .now = reported_new(),
        .scratch = arena_open("request of a kubelet")};
}

static void approver_end(Approving *work) {
    serving_nodes_release(&work->nodes);
    arena_close(work->former.arena);
    arena_close(work->now.arena);
    arena_close(work->scratch);
}

static bool pass(Approving *work, Diags *diags) {
    SCOPED(ArenaRef) arena = arena_open("requests of kubelets");
    KubeCall call = approver_call(work, REQUEST_MS, arena);
    KubeListRequest request = {.ref = {.resource = &serving_request_resource},
                               .field_selector =
                                   STR("spec.signerName=kubernetes.io/kubelet-serving")};
    KubeList list;
    KubeResponse response;
    if (!serving_nodes_read(&work->nodes, diags))
        return false;
    if (kube_list_read(&call, &request, &list, &response, diags) != KUBE_DONE)
        return kube_error_report(&call, "Requests of kubelets not read", &request.ref, &response,
                                 diags);
    vec_each(&list.items, item)
        look_at(work, *item);
    return !work->has_failed || diags_fail(diags, NO_RANGE, "Serving certificates not approved",
                                           "Not all requests could be looked at; see above.");
}

bool serving_approver_pass(const ServingApprover *approver, Diags *diags) {
    Approving work = approver_begin(approver, approver->cancel);
    bool is_good = pass(&work, diags);
    approver_end(&work);
    return is_good;
}

/* Following. */

static bool see_request(void *payload, const KubeEvent *event) {
    if (event->type == KUBE_EVENT_PRESENT)
        look_at(payload, event->object);
    return false;
}

static void follow(void *payload) {
    Approving *work = payload;
    const Clock *clock = kube_client_io(work->options->client)->clock;
    KubeWatchRequest watch = {
        .ref = {.resource = &serving_request_resource}, .see = see_request, .payload = work};
    uint32_t failures = 0;
    while (cancel_level(work->cancel) == CANCEL_NONE) {
        SCOPED(ArenaRef) arena = arena_open("requests of kubelets");
        KubeCall call = approver_call(work, ROUND_MS, arena);
        Diags diags = diags_new(arena);
        KubeResponse response;
        (void)kube_watch_run(&call, &watch, &response, NULL);
        bool is_round = response.transport == HTTP_TIMED_OUT && response.code == 0;
        next_round(work);
        if (is_round || response.transport == HTTP_CANCELLED) {
            failures = 0;
            continue;
        }
        (void)kube_error_report(&call, "Requests of kubelets not read", &watch.ref, &response,
                                &diags);
        report_failure(work, STR_EMPTY, &diags);
        (void)clock->sleep_ms(clock->self, kube_retry_wait_ms(++failures, -1), work->cancel);
    }
}

/* Works in another thread, while this one keeps the Lease. */
static bool lead(Approving *work, CancelToken *stop, Leader *leader, Diags *diags) {
    Thread *thread = thread_start(THREAD_WORKER, follow, work);
    if (!thread)
        return diags_fail(diags, NO_RANGE, "Requests not followed",
                          "The system has no more threads.");
    bool has_led = leader_keep(leader);
    cancel_raise(stop, CANCEL_STOP);
    thread_join(thread);
    if (!has_led) /* another may be the leader already */
        return diags_fail(diags, NO_RANGE, "Requests not followed any more",
                          "The Lease \"%.*s\" could not be renewed for 10 seconds. Start loam "
                          "again, as a Deployment does.",
                          STR_ARG(leader->name));
    leader_release(leader);
    return true;
}

bool serving_approver_run(const ServingApprover *approver, const ServingLease *lease,
                          Diags *diags) {
    SCOPED(ArenaRef) arena = arena_open("lease of the approver");
    CancelToken *stop = cancel_open();
    Approving work = approver_begin(approver, stop);
    Leader leader = {.client = approver->client,
                     .cancel = approver->cancel,
                     .namespace = lease->namespace,
                     .name = lease->name,
                     .identity = lease->identity,
                     .manager = STR("loam"),
                     .seen = strbuf_new(arena)};
    bool is_good = serving_nodes_read(&work.nodes, diags);
    if (is_good && leader_wait(&leader))
        is_good = lead(&work, stop, &leader, diags);
    approver_end(&work);
    cancel_close(stop);
    return is_good;
}
