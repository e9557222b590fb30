#include "leader.h"

#include "clock.h"
#include "kube_object.h"
#include "log.h"

#define DURATION_MS 15000
#define RENEW_MS    10000

static const KubeResource leases = {STR_CONST("coordination.k8s.io"), STR_CONST("v1"),
                                    STR_CONST("Lease"), STR_CONST("leases"), .is_namespaced = true};

static int64_t leader_now_ms(const Leader *leader) {
    const Clock *clock = kube_client_io(leader->client)->clock;
    return clock->monotonic_ms(clock->self);
}

static Str spec_json(const Leader *leader, Str identity, Arena *arena) {
    const Clock *clock = kube_client_io(leader->client)->clock;
    Str now = clock_format_rfc3339_fraction(clock->now_ms(clock->self), 6, arena);
    Str holder = json_text(value_string(identity, arena), arena);
    return str_format(arena,
                      "\"spec\":{\"holderIdentity\":%.*s,\"leaseDurationSeconds\":%d,"
                      "\"renewTime\":\"%.*s\",\"leaseTransitions\":%u}",
                      STR_ARG(holder), DURATION_MS / 1000, STR_ARG(now), leader->changes);
}

static bool create_lease(Leader *leader, const KubeCall *call, const KubeRef *ref) {
    KubeRef collection = {ref->resource, ref->namespace};
    KubeResponse response;
    Str body =
        str_format(call->arena,
                   "{\"apiVersion\":\"coordination.k8s.io/v1\",\"kind\":\"Lease\","
                   "\"metadata\":{\"name\":\"%.*s\"},%.*s}",
                   STR_ARG(ref->name), STR_ARG(spec_json(leader, leader->identity, call->arena)));
    return kube_call_create(call, &collection, body, &response, NULL) == KUBE_DONE;
}

static void see_version(Leader *leader, Str version) {
    leader->seen.len = 0;
    strbuf_add(&leader->seen, version);
    leader->seen_ms = leader_now_ms(leader);
}

/* Writes the Lease, if it is still in the version that was read. */
static KubeOutcome write_lease(Leader *leader, const KubeCall *call, const KubeRef *ref,
                               Str version, Str identity) {
    KubeResponse response;
    Value lease;
    KubePatch patch = {
        .ref = *ref,
        .body = str_format(call->arena, "{\"metadata\":{\"resourceVersion\":\"%.*s\"},%.*s}",
                           STR_ARG(version), STR_ARG(spec_json(leader, identity, call->arena))),
        .manager = leader->manager,
    };
    KubeOutcome outcome = kube_call_patch(call, &patch, &response, NULL);
    if (outcome == KUBE_DONE && kube_client_decode(&response, &lease, call->arena))
        see_version(leader, kube_object_text(lease, "metadata", "resourceVersion"));
    return outcome;
}

/* Whether the Lease has not changed for its duration. */
static bool is_expired(Leader *leader, Str version) {
    if (!str_equal(strbuf_str(&leader->seen), version))
        see_version(leader, version);
    return leader_now_ms(leader) - leader->seen_ms >= DURATION_MS;
}

static bool try_lease(Leader *leader, const KubeCall *call) {
    KubeRef ref = {&leases, leader->namespace, leader->name};
    KubeResponse response;
    Value lease;
    Str holder, version;
    KubeOutcome outcome = KUBE_CONFLICT;
    if (leader->renewed_ms != 0 && leader->seen.len > 0) /* nothing else writes a leader's Lease */
        outcome = write_lease(leader, call, &ref, str_clone(strbuf_str(&leader->seen), call->arena),
                              leader->identity);
    if (outcome == KUBE_DONE || outcome == KUBE_FAILED)
        return outcome == KUBE_DONE;
    outcome = kube_call_get(call, &ref, &response, NULL);
    if (outcome == KUBE_ABSENT)
        return create_lease(leader, call, &ref);
    if (outcome != KUBE_DONE || !kube_client_decode(&response, &lease, call->arena))
        return false;
    holder = kube_object_text(lease, "spec", "holderIdentity");
    version = kube_object_text(lease, "metadata", "resourceVersion");
    leader->changes = (uint32_t)kube_object_int(lease, "spec", "leaseTransitions");
    if (str_equal(holder, leader->identity))
        return write_lease(leader, call, &ref, version, leader->identity) == KUBE_DONE;
    if (holder.len > 0 && !is_expired(leader, version))
        return false;
    leader->changes++;
    return write_lease(leader, call, &ref, version, leader->identity) == KUBE_DONE;
}

static KubeCall leader_call(const Leader *leader, Arena *arena) {
    int64_t deadline_ms = leader_now_ms(leader) + RENEW_MS / 2;
    int64_t end_ms = leader->renewed_ms + RENEW_MS; /* of a leader */
    return (KubeCall){.client = leader->client,
                      .arena = arena,
                      .deadline_ms =
                          leader->renewed_ms != 0 && end_ms < deadline_ms ? end_ms : deadline_ms,
                      .cancel = leader->cancel,
                      .cancel_at = CANCEL_NOW};
}

bool leader_try(Leader *leader) {
    SCOPED(ArenaRef) arena = arena_open("lease of a controller");
    KubeCall call = leader_call(leader, arena);
    int64_t now_ms = leader_now_ms(leader);
    bool was_leader = leader->renewed_ms != 0;
    if (was_leader && now_ms - leader->renewed_ms >= RENEW_MS)
        return false; /* it stood still, or was cut off */
    if (try_lease(leader, &call)) {
        if (!was_leader)
            log_event(LOG_INFO, "leader", log_text("identity", leader->identity));
        leader->renewed_ms = now_ms;
        return true;
    }
    return was_leader && leader_now_ms(leader) - leader->renewed_ms < RENEW_MS;
}

bool leader_wait(Leader *leader) {
    while (leader->namespace.len > 0 && !leader_try(leader)) {
        if (cancel_wait(leader->cancel, LEADER_RETRY_MS))
            return false;
    }
    return true;
}

bool leader_keep(Leader *leader) {
    while (!cancel_wait(leader->cancel, LEADER_RETRY_MS)) {
        if (leader->namespace.len > 0 && !leader_try(leader))
            return false;
    }
    return true;
}

void leader_release(Leader *leader) {
    SCOPED(ArenaRef) arena = arena_open("lease of a controller");
    KubeCall call = leader_call(leader, arena);
    KubeRef ref = {&leases, leader->namespace, leader->name};
    KubeResponse response;
    Value lease;
    if (leader->renewed_ms == 0 || kube_call_get(&call, &ref, &response, NULL) != KUBE_DONE ||
        !kube_client_decode(&response, &lease, arena) ||
        !str_equal(kube_object_text(lease, "spec", "holderIdentity"), leader->identity))
        return;
    (void)write_lease(leader, &call, &ref, kube_object_text(lease, "metadata", "resourceVersion"),
                      STR_EMPTY);
}
