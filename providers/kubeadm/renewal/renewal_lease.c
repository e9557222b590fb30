/* renewal_lease: like renewal_lease.sh, for applies. */
#include "renewal_lease.h"
#include "kube_object.h"
#include "log.h"
#include "path_error.h"

#define HOLDER    "loam:apply" /* no name of a node has a colon */
#define NAMESPACE STR("kube-system")
#define NAME      STR("loam-renewal")

static const KubeResource leases = {STR_CONST("coordination.k8s.io"), STR_CONST("v1"),
                                    STR_CONST("Lease"), STR_CONST("leases"), .is_namespaced = true};

typedef struct LeaseLook {
    const Call *call;
    const ClusterApi *api;
    int64_t duration_s;
    Str seen; /* version */
    int64_t seen_ms;
    bool is_lost; /* the API server does not respond */
} LeaseLook;

/* `version` empty: a new Lease. */
static Str lease_body(const Call *call, const char *holder, int64_t duration_s, Str version) {
    const Clock *clock = call->io->clock;
    Value object =
        kube_object_new(STR("coordination.k8s.io/v1"), STR("Lease"), NAMESPACE, NAME, call->arena);
    Str now = clock_format_rfc3339_fraction(clock->now_ms(clock->self), 6, call->arena);
    if (version.len)
        object = kube_object_with(object, "metadata", "resourceVersion", value_from_str(version),
                                  call->arena);
    object =
        kube_object_with(object, "spec", "holderIdentity", value_from_cstr(holder), call->arena);
    object = kube_object_with(object, "spec", "leaseDurationSeconds", value_int(duration_s),
                              call->arena);
    object = kube_object_with(object, "spec", "renewTime", value_from_str(now), call->arena);
    return json_text(object, call->arena);
}

static bool write_lease(const Call *call, const ClusterApi *api, const char *holder,
                        int64_t duration_s, Str version) {
    KubeRef ref = {&leases, NAMESPACE, version.len ? NAME : STR_EMPTY};
    KubeResponse response;
    Str body = lease_body(call, holder, duration_s, version);
    if (!version.len)
        return kube_call_create(&api->call, &ref, body, &response, NULL) == KUBE_DONE;
    KubePatch patch = {.ref = ref, .body = body, .manager = STR("loam"), .is_repeatable = true};
    return kube_call_patch(&api->call, &patch, &response, NULL) == KUBE_DONE;
}

static bool lease_is_expired(LeaseLook *look, Str version, Value lease) {
    int64_t now_ms = call_monotonic_ms(look->call);
    int64_t duration_s = kube_object_int(lease, "spec", "leaseDurationSeconds");
    if (!str_equal(look->seen, version)) {
        look->seen = str_clone(version, look->call->arena);
        look->seen_ms = now_ms;
    }
    return now_ms - look->seen_ms >= duration_s * 1000;
}

static WaitLook look_at_lease(void *payload, Wait *wait) {
    LeaseLook *look = payload;
    const Call *call = look->call;
    KubeRef ref = {&leases, NAMESPACE, NAME};
    KubeResponse response;
    Value lease;
    KubeOutcome outcome = kube_call_get(&look->api->call, &ref, &response, NULL);
    if (outcome == KUBE_ABSENT)
        return write_lease(call, look->api, HOLDER, look->duration_s, STR_EMPTY) ? WAIT_LOOK_DONE
                                                                                 : WAIT_LOOK_AGAIN;
    look->is_lost = outcome != KUBE_DONE || !kube_client_decode(&response, &lease, call->arena);
    if (look->is_lost)
        return WAIT_LOOK_FAILED;
    Str holder = kube_object_text(lease, "spec", "holderIdentity");
    Str version = kube_object_text(lease, "metadata", "resourceVersion");
    wait->reason = str_format(call->arena, "%.*s renews its certificates", STR_ARG(holder));
    bool is_free =
        !holder.len || str_equal(holder, STR(HOLDER)) || lease_is_expired(look, version, lease);
    return is_free && write_lease(call, look->api, HOLDER, look->duration_s, version)
               ? WAIT_LOOK_DONE
               : WAIT_LOOK_AGAIN;
}

bool renewal_lease_take(const Call *call, const ClusterApi *api, int64_t duration_s, bool *is_held,
                        Diags *diags) {
    LeaseLook look = {.call = call, .api = api, .duration_s = duration_s};
    WaitUntil until = {
        .what = "its turn to change a control plane", .look = look_at_lease, .payload = &look};
    Wait wait;
    WaitResult result = wait_until(call, &until, &wait);
    *is_held = result == WAIT_DONE;
    if (*is_held)
        return true;
    if (result == WAIT_FAILED) {
        log_debug("no Lease, because the API server does not respond");
        return true;
    }
    return path_error(call, NO_PATH, diags, "Certificates are being renewed",
                      "The timer of another control plane has the Lease \"loam-renewal\" of "
                      "kube-system: %.*s. Apply again later.",
                      STR_ARG(wait.reason));
}

void renewal_lease_return(const ClusterApi *api) {
    KubeRef ref = {&leases, NAMESPACE, NAME};
    KubeResponse response;
    Value lease;
    Arena *arena = api->call.arena;
    if (kube_call_get(&api->call, &ref, &response, NULL) != KUBE_DONE ||
        !kube_client_decode(&response, &lease, arena) ||
        !str_equal(kube_object_text(lease, "spec", "holderIdentity"), STR(HOLDER)))
        return;
    KubePatch patch = {
        .ref = ref,
        .body = str_format(
            arena, "{\"metadata\":{\"resourceVersion\":%.*s},\"spec\":{\"holderIdentity\":\"\"}}",
            STR_ARG(json_text(
                value_from_str(kube_object_text(lease, "metadata", "resourceVersion")), arena))),
        .manager = STR("loam"),
        .is_repeatable = true,
    };
    (void)kube_call_patch(&api->call, &patch, &response, NULL);
}
