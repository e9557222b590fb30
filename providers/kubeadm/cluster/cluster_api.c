/* cluster_api: certificate, tunnel, client. */
#include "cluster_api.h"
#include "path_error.h"
#include "pki_client.h"
#include "wait_until.h"

#define PORT_DEFAULT  6443
#define VALID_SECONDS INT64_C(3600)
#define READY_MS      INT64_C(5000)

const KubeResource cluster_api_nodes = {
    .version = STR_CONST("v1"), .kind = STR_CONST("Node"), .plural = STR_CONST("nodes")};
const KubeResource cluster_api_secrets = {.version = STR_CONST("v1"),
                                          .kind = STR_CONST("Secret"),
                                          .plural = STR_CONST("secrets"),
                                          .is_namespaced = true};
const KubeResource cluster_api_pods = {.version = STR_CONST("v1"),
                                       .kind = STR_CONST("Pod"),
                                       .plural = STR_CONST("pods"),
                                       .is_namespaced = true};

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

/* The group system:masters has all rights, also before kubeadm has written the rules of its own
 * group. */
static bool sign(const Call *call, const PkiPair *ca, PkiPair *out, Diags *diags) {
    const Clock *clock = call->io->clock;
    int64_t now = clock->now_ms(clock->self) / 1000;
    PkiClient client = {
        .user = STR("loam"), .start = now - PKI_BACKDATE_SECONDS, .end = now + VALID_SECONDS};
    Str problem;
    vec_push(call->arena, &client.groups, STR("system:masters"));
    return pki_client_make(&client, ca, out, &problem, call->arena) ||
           path_error(call, PATH_AT(call, {"pki"}), diags, "Certificate not created", "%.*s.",
                      STR_ARG(problem));
}

bool cluster_api_open(const Call *call,
                      SshLink *link,
                      Str endpoint,
                      Str name,
                      const PkiPair *ca,
                      ClusterApi *out,
                      Diags *diags) {
    Str host;
    uint16_t port;
    PkiPair pair;
    if (!cluster_api_split(endpoint, &host, &port))
        return path_error(call, PATH_AT(call, {"endpoint"}), diags, "Endpoint not valid",
                          "\"%.*s\" is not \"host:port\".", STR_ARG(endpoint));
    if (!sign(call, ca, &pair, diags))
        return false;
    Str server_name = name.len ? name : host;
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

static bool is_ready(const ClusterApi *api, Str *problem) {
    const Io *io = kube_client_io(api->client);
    KubeResponse response;
    KubeRequest request = {
        .method = "GET",
        .path = STR("/readyz"),
        .accept = STR("*/*"),
        .attempts_max = 1,
        .deadline_ms = io->clock->monotonic_ms(io->clock->self) + READY_MS,
        .cancel = api->call.cancel,
        .cancel_at = CANCEL_NOW,
    };
    if (kube_client_send(api->client, &request, &response, api->call.arena) == KUBE_DONE)
        return true;
    *problem = response.problem;
    return false;
}

bool cluster_api_is_ready(const ClusterApi *api) {
    Str ignored;
    return is_ready(api, &ignored);
}

static WaitLook look_ready(void *payload, Wait *wait) {
    return is_ready(payload, &wait->reason) ? WAIT_LOOK_DONE : WAIT_LOOK_AGAIN;
}

bool cluster_api_wait(const Call *call, const ClusterApi *api, int64_t timeout_ms, Diags *diags) {
    ClusterApi copy = *api;
    WaitUntil until = {
        .what = "the API server", .look = look_ready, .payload = &copy, .timeout_ms = timeout_ms};
    return wait_until_done(call, &until, diags);
}
