/* cluster_api: certificate, tunnel, client. */
#include "cluster_api.h"
#include "kube_watch.h"
#include "path_error.h"
#include "pki_client.h"

#define PORT_DEFAULT  6443
#define VALID_SECONDS INT64_C(3600)
#define READY_MS      INT64_C(5000)
#define ROUND_MS      INT64_C(10000) /* of one watch */
#define ROUND_LEAST   INT64_C(1000)

const KubeResource cluster_api_nodes = {
    .version = STR_CONST("v1"), .kind = STR_CONST("Node"), .plural = STR_CONST("nodes")};
const KubeResource cluster_api_config_maps = KUBE_CORE_RESOURCE("ConfigMap", "configmaps");
const KubeResource cluster_api_secrets = KUBE_CORE_RESOURCE("Secret", "secrets");
const KubeResource cluster_api_pods = KUBE_CORE_RESOURCE("Pod", "pods");

bool cluster_api_split(Str endpoint, Str *host, uint16_t *port) {
    size_t colon = str_rfind_char(endpoint, ':');
    bool has_brackets = str_starts_with(endpoint, STR("["));
    size_t end = has_brackets ? str_find_char(endpoint, ']', 0) : SIZE_MAX;
    uint64_t number = PORT_DEFAULT;
    if (has_brackets && end == SIZE_MAX)
        return false;
    /* An address of IPv6 without brackets has no port. */
    bool has_port = colon != SIZE_MAX &&
                    (has_brackets ? colon == end + 1 : str_find_char(endpoint, ':', 0) == colon);
    if (has_port && (!str_to_uint64(str_after(endpoint, colon + 1), &number) || number == 0 ||
                     number > UINT16_MAX))
        return false;
    *host = has_brackets ? str_slice(endpoint, 1, end)
            : has_port   ? str_slice(endpoint, 0, colon)
                         : endpoint;
    *port = (uint16_t)number;
    return host->len > 0;
}

bool cluster_api_sign(const Call *call, const char *group, const PkiPair *ca, PkiPair *out,
                      Diags *diags) {
    const Clock *clock = call->io->clock;
    int64_t now = clock->now_ms(clock->self) / 1000;
    PkiClient client = {
        .user = STR("loam"), .start = now - PKI_BACKDATE_SECONDS, .end = now + VALID_SECONDS};
    Str problem;
    if (group)
        vec_push(call->arena, &client.groups, str_from_cstr(group));
    return pki_client_make(&client, ca, out, &problem, call->arena) ||
           path_error(call, PATH_AT(call, {"pki"}), diags, "Certificate not created", "%.*s.",
                      STR_ARG(problem));
}

bool cluster_api_open(const Call *call, SshLink *link, Str endpoint, const PkiPair *ca,
                      ClusterApi *out, Diags *diags) {
    Str host;
    uint16_t port;
    PkiPair pair;
    if (!cluster_api_split(endpoint, &host, &port))
        return path_error(call, PATH_AT(call, {"endpoint"}), diags, "Endpoint not valid",
                          "\"%.*s\" is not \"host:port\".", STR_ARG(endpoint));
    /* The group has all rights, also before kubeadm has written the rules of its own group. */
    if (!cluster_api_sign(call, "system:masters", ca, &pair, diags))
        return false;
    Str server_name = host;
    if (link) {
        if (!ssh_client_tunnel(link, host, port, &port, diags))
            return false;
        host = STR("127.0.0.1");
    }
    KubeTarget *target = arena_new(call->arena, KubeTarget);
    *target = (KubeTarget){
        .server = str_concat(STR("https://"), ssh_endpoint(host, port, call->arena), call->arena),
        .server_name = server_name,
        .ca_certs = ca->certificate,
        .certificate = pair.certificate,
        .key = pair.key,
    };
    Str problem;
    if (!kube_target_finish(target, &problem, call->arena))
        return path_error(call, NO_PATH, diags, "API server not usable", "%.*s", STR_ARG(problem));
    out->client = kube_client_open(call->io, target, NULL);
    out->call = (KubeCall){.client = out->client,
                           .arena = call->arena,
                           .deadline_ms = call->deadline_ms,
                           .cancel = call->cancel,
                           .cancel_at = CANCEL_NOW};
    return true;
}

void cluster_api_release(ClusterApi *api) {
    kube_client_close(api->client);
    *api = (ClusterApi){0};
}

static bool api_is_ready(const ClusterApi *api, KubeResponse *response) {
    const Io *io = kube_client_io(api->client);
    KubeRequest request = {
        .method = "GET",
        .path = STR("/readyz"),
        .accept = STR("*/*"),
        .attempts_max = 1,
        .deadline_ms = io->clock->monotonic_ms(io->clock->self) + READY_MS,
        .cancel = api->call.cancel,
        .cancel_at = CANCEL_NOW,
    };
    return kube_client_send(api->client, &request, response, api->call.arena) == KUBE_DONE;
}

bool cluster_api_is_ready(const ClusterApi *api) {
    KubeResponse ignored;
    return api_is_ready(api, &ignored);
}

bool cluster_api_version(const ClusterApi *api, KubeVersion *out) {
    KubeRequest request = {.method = "GET", .path = STR("/version"), .attempts_max = 1};
    KubeResponse response;
    Value root;
    return kube_call_send(&api->call, request, &response, NULL) == KUBE_DONE &&
           kube_client_decode(&response, &root, api->call.arena) &&
           kube_version_parse(value_text_at(root, STR("gitVersion")), out);
}

static bool report_no_client(const Call *call, Str problem, Diags *diags) {
    return path_error(call, NO_PATH, diags, "API server not reachable",
                      "No request can be sent, so it is not known whether the cluster exists: "
                      "%.*s.",
                      STR_ARG(problem));
}

bool cluster_api_look(const Call *call, const ClusterApi *api, bool *out, Diags *diags) {
    KubeResponse response;
    *out = api_is_ready(api, &response);
    return *out || response.transport != HTTP_NO_CLIENT ||
           report_no_client(call, response.problem, diags);
}

typedef struct ReadyLook {
    const ClusterApi *api;
    Diags *diags;
} ReadyLook;

static WaitLook look_ready(void *payload, Wait *wait) {
    const ReadyLook *look = payload;
    KubeResponse response;
    if (api_is_ready(look->api, &response))
        return WAIT_LOOK_DONE;
    wait->reason = response.problem;
    if (response.transport != HTTP_NO_CLIENT)
        return WAIT_LOOK_AGAIN;
    (void)report_no_client(wait->call, response.problem, look->diags);
    return WAIT_LOOK_FAILED;
}

bool cluster_api_wait(const Call *call, const ClusterApi *api, int64_t timeout_ms, Diags *diags) {
    ReadyLook look = {api, diags};
    WaitUntil until = {
        .what = "the API server", .look = look_ready, .payload = &look, .timeout_ms = timeout_ms};
    return wait_until_done(call, &until, diags);
}

bool cluster_api_list(const ClusterApi *api, Str path, Value *items, KubeResponse *response,
                      Diags *diags) {
    KubeRequest request = {.method = "GET", .path = path};
    Value root;
    if (kube_call_send(&api->call, request, response, diags) != KUBE_DONE ||
        !kube_client_decode(response, &root, api->call.arena))
        return false;
    *items = value_tuple_at(root, STR("items"));
    return true;
}

/* Watches. */

typedef struct Follow {
    const ClusterApi *api;
    const ClusterWait *request;
    Wait *wait;
} Follow;

static bool see_event(void *payload, const KubeEvent *event) {
    const Follow *follow = payload;
    Value object = event->type == KUBE_EVENT_PRESENT ? event->object : value_null(&TYPE_DYNAMIC);
    return follow->request->see(follow->request->payload, object, follow->wait);
}

static WaitLook look_follow(void *payload, Wait *wait) {
    Follow *follow = payload;
    KubeCall call = follow->api->call;
    KubeResponse response;
    int64_t round_ms = wait->left_ms < ROUND_MS ? wait->left_ms : ROUND_MS;
    KubeWatchRequest watch = {.ref = follow->request->ref, .see = see_event, .payload = follow};
    follow->wait = wait;
    call_progress(
        wait->call, (uint64_t)wait->passed_ms, 0,
        str_to_cstr(str_format(wait->call->arena, "waiting for %s", follow->request->what),
                    wait->call->arena));
    call.deadline_ms =
        call_monotonic_ms(wait->call) + (round_ms < ROUND_LEAST ? ROUND_LEAST : round_ms);
    if (kube_watch_run(&call, &watch, &response, NULL) == KUBE_DONE)
        return WAIT_LOOK_DONE;
    if (response.transport != HTTP_TIMED_OUT || !wait->reason.len)
        wait->reason = response.problem;
    return WAIT_LOOK_AGAIN;
}

static WaitUntil until_seen(Follow *follow) {
    return (WaitUntil){.what = follow->request->what,
                       .look = look_follow,
                       .payload = follow,
                       .timeout_ms = follow->request->timeout_ms};
}

WaitResult cluster_api_follow(const Call *call, const ClusterApi *api, const ClusterWait *request,
                              Wait *wait) {
    Follow follow = {.api = api, .request = request};
    WaitUntil until = until_seen(&follow);
    return wait_until(call, &until, wait);
}

bool cluster_api_follow_done(const Call *call, const ClusterApi *api, const ClusterWait *request,
                             Diags *diags) {
    Follow follow = {.api = api, .request = request};
    WaitUntil until = until_seen(&follow);
    return wait_until_done(call, &until, diags);
}
