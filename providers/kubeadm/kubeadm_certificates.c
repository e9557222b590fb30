/* kubeadm_certificates: when they end, renewals, and the timers of all control planes. */
#include "kubeadm_certificates.h"
#include "base64.h"
#include "etcd_members.h"
#include "kubeadm_peer.h"
#include "path_error.h"
#include "renewal_lease.h"
#include "renewal_step.h"
#include "timestamp.h"
#include "wait_until.h"

#define DAY_SECONDS INT64_C(86400)
#define DAYS        90
#define DAYS_WARN   30
#define ETCD_MS     INT64_C(120000)
#define HOLD_S      INT64_C(3600)
#define EXPIRE      "certificates_expire"
#define SCHEDULE    "renew_schedule"
#define RESULTS     "renewals"

Str kubeadm_certificates_end(const HostFacts *facts, Arena *arena) {
    int64_t first = INT64_MAX, start, end;
    vec_each(&facts->certificates, found) {
        Str text;
        if (base64_decode(found->text, &text, arena) && pki_validity(text, &start, &end) &&
            end < first)
            first = end;
    }
    return first == INT64_MAX ? STR_EMPTY : timestamp_to_str((Timestamp){.seconds = first}, arena);
}

/* Seconds until this time; INT64_MAX if it is unknown. */
static int64_t certificates_seconds_left(const Call *call, Str text) {
    Timestamp end;
    Str error;
    return text.len && timestamp_parse(text, &end, &error, call->arena)
               ? end.seconds - call_planned_ms(call) / 1000
               : INT64_MAX;
}

/* Whole days; INT64_MAX if the end is unknown. */
static int64_t days_until(const Call *call, Str end) {
    int64_t seconds = certificates_seconds_left(call, end);
    return seconds == INT64_MAX ? INT64_MAX : seconds < 0 ? -1 : seconds / DAY_SECONDS;
}

static int64_t days_left(const Call *call, Value prior) {
    return days_until(call, object_text(prior, EXPIRE, STR_EMPTY));
}

static bool are_due(const Call *call, Value prior, Value planned) {
    return days_left(call, prior) < object_int(planned, "renew_before_days", DAYS);
}

void kubeadm_certificates_plan(const Call *call, const PlanRequest *request, ObjectBuilder *planned,
                               PlanResponse *response) {
    if (!are_due(call, request->prior, request->proposed))
        return;
    int64_t left = days_left(call, request->prior);
    object_builder_set(planned, EXPIRE, value_unknown(&TYPE_STRING));
    plan_note(response, PATH_AT(call, {EXPIRE}),
              left < 0 ? STR("expired: the certificates are renewed")
                       : str_format(call->arena, "%lld days left: the certificates are renewed",
                                    (long long)left),
              call->arena);
}

/* Renewals. */

typedef struct EtcdLook {
    const KubeadmNode *node;
    const EtcdGateway *etcd;
} EtcdLook;

static WaitLook certificates_look_etcd(void *payload, Wait *wait) {
    EtcdLook *look = payload;
    if (etcd_members_is_healthy(look->etcd, look->node->address))
        return WAIT_LOOK_DONE;
    wait->reason = STR("it is not healthy yet");
    return WAIT_LOOK_AGAIN;
}

static bool wait_etcd(const KubeadmNode *node, Diags *diags) {
    EtcdGateway etcd;
    EtcdLook look = {node, &etcd};
    WaitUntil until = {
        .what = "etcd", .look = certificates_look_etcd, .payload = &look, .timeout_ms = ETCD_MS};
    return etcd_gateway_open(node->call, node->link, node->address, &node->pki.etcd_ca, &etcd,
                             diags) &&
           wait_until_done(node->call, &until, diags);
}

static bool wait_api(const KubeadmNode *node, Diags *diags) {
    SCOPED(ClusterApi) api = {0};
    return cluster_api_open(node->call, node->link, kubeadm_node_own_endpoint(node), &node->pki.ca,
                            &api, diags) &&
           cluster_api_wait(node->call, &api, KUBEADM_NODE_READY_MS, diags);
}

bool kubeadm_certificates_read(const KubeadmNode *node, ObjectBuilder *state, Diags *diags) {
    HostFacts facts;
    Str end = STR_EMPTY;
    if (node->is_control_plane) {
        if (!host_look_certificates(node->link, &facts, diags))
            return false;
        end = kubeadm_certificates_end(&facts, node->call->arena);
    }
    object_builder_set_optional(state, EXPIRE, end, node->call->arena);
    return true;
}

static bool certificates_check_effect(const KubeadmNode *node, Value state, Diags *diags) {
    if (!are_due(node->call, state, node->object))
        return true;
    path_warning(
        node->call, PATH_AT(node->call, {"renew_before_days"}), diags, "Certificates expire soon",
        "The renewed certificates of \"%.*s\" expire on %.*s, so the next plan renews them "
        "again. Set renew_before_days below their validity.",
        STR_ARG(node->name), STR_ARG(object_text(state, EXPIRE, STR_EMPTY)));
    return true;
}

bool kubeadm_certificates_update(const KubeadmNode *node, Value prior, Value *state, Diags *diags) {
    bool is_due = node->is_control_plane && are_due(node->call, prior, node->object);
    if (value_is_known(object_attribute(*state, EXPIRE)))
        return true;
    if (is_due && (!renewal_step_run(node->link, node->id, diags) || !wait_etcd(node, diags) ||
                   !wait_api(node, diags)))
        return false;
    ObjectBuilder builder = object_builder_of(*state, node->call->arena);
    if (!kubeadm_certificates_read(node, &builder, diags))
        return false;
    *state = object_builder_value(&builder);
    return !is_due || certificates_check_effect(node, *state, diags);
}

void kubeadm_certificates_warn(const KubeadmNode *node, Str end, Diags *diags) {
    int64_t left = days_until(node->call, end);
    if (left >= DAYS_WARN)
        return;
    path_warning(node->call, PATH_AT(node->call, {EXPIRE}), diags, "Certificates expire soon",
                 "The first certificate of the node \"%.*s\" %s on %.*s, %s%.*s. An apply renews "
                 "certificates that expire within renew_before_days (default 90); a timer of "
                 "renew_schedule does it without an apply.",
                 STR_ARG(node->name), left < 0 ? "expired" : "expires", STR_ARG(end),
                 left < 0 ? "so the components of the control plane reject each other" : "in ",
                 STR_ARG(left < 0 ? STR_EMPTY
                                  : str_format(node->call->arena, "%lld days", (long long)left)));
}

/* Schedule: plans. */

void kubeadm_certificates_check_schedule(const Call *call, Value config, Diags *diags) {
    Value days = object_attribute(config, "renew_before_days");
    if (!object_has(config, SCHEDULE) || !value_is_known(days))
        return;
    RenewalSchedule schedule =
        renewal_schedule_of(object_attribute(config, SCHEDULE), STR_EMPTY, call->arena);
    int64_t planned = object_int(config, "renew_before_days", DAYS);
    if (planned >= schedule.before_days)
        path_warning(call, PATH_AT(call, {SCHEDULE}), diags, "Plans renew before the timer",
                     "A plan renews certificates that expire within %lld days, and the timer only "
                     "those within %lld days. Set renew_before_days of all control planes below "
                     "before_days.",
                     (long long)planned, (long long)schedule.before_days);
}

void kubeadm_certificates_plan_schedule(const Call *call, const PlanRequest *request,
                                        ObjectBuilder *planned, PlanResponse *response) {
    Value given = object_attribute(request->proposed, SCHEDULE);
    bool is_new = value_is_null(request->prior) || request->is_replaced;
    const Type *type = object_attribute_type(request->proposed.type, RESULTS);
    Value results = is_new ? value_null(type) : object_attribute(request->prior, RESULTS);
    ObjectBuilder none = object_builder_new(call->arena);
    if (!value_is_known(given))
        results = value_unknown(type);
    else if (value_is_null(given))
        results = value_null(type);
    else if (value_is_null(results))
        results = object_builder_map(&none, type->element);
    object_builder_set(planned, RESULTS, results);
    if (is_new || !object_differs(request->prior, request->proposed, SCHEDULE))
        return;
    StrVec names = kubeadm_peer_control_planes(call, request->prior);
    Str nodes = str_join(names.items, names.count, STR(", "), call->arena);
    plan_note(response, PATH_AT(call, {SCHEDULE}),
              str_format(call->arena, "timer on %.*s", STR_ARG(nodes)), call->arena);
}

/* Schedule: changes. */

/* Returns the argument of the object, or of the kubeadm_init of its cluster. */
static Value find_schedule(const Call *call, Value object) {
    Value given = value_null(&TYPE_DYNAMIC);
    if (value_find(object, STR(SCHEDULE), &given))
        return given;
    FoundObjects found = call_find_objects(call, "kubeadm_init");
    Str endpoint = object_text(object, "endpoint", STR_EMPTY);
    vec_each(&found, one) {
        if (str_equal(object_text(one->object, "endpoint", STR_EMPTY), endpoint) &&
            value_find(one->object, STR(SCHEDULE), &given))
            return given;
    }
    return value_null(&TYPE_DYNAMIC);
}

static bool set_timer(SshLink *link, Value given, Str node, Diags *diags) {
    RenewalSchedule schedule = renewal_schedule_of(given, node, link->call->arena);
    return schedule.calendar.len ? renewal_schedule_write(link, &schedule, diags)
                                 : renewal_schedule_remove(link, diags);
}

bool kubeadm_certificates_start_timer(const KubeadmNode *node, Diags *diags) {
    Value given = find_schedule(node->call, node->object);
    return !node->is_control_plane || !value_is_present(given) ||
           set_timer(node->link, given, node->name, diags);
}

bool kubeadm_certificates_schedule(const KubeadmNode *node, Value prior, Diags *diags) {
    SCOPED(KubeadmPeers) peers = {0};
    if (!object_differs(prior, node->object, SCHEDULE))
        return true;
    if (!kubeadm_peer_open(node->call, node->object, &peers, diags))
        return false;
    Value given = object_attribute(node->object, SCHEDULE);
    vec_each(&peers.items, peer) {
        if ((*peer)->node.is_control_plane &&
            !set_timer(&(*peer)->link, given, (*peer)->node.name, diags))
            return false;
    }
    return true;
}

/* Schedule: reports. */

static void warn_of_renewal(const KubeadmNode *node, const char *summary, Str text, Diags *diags) {
    path_warning(node->call, PATH_AT(node->call, {SCHEDULE}), diags, summary,
                 "%.*s: %.*s. Look at \"journalctl -u loam-renewal\" on %.*s; \"systemctl start "
                 "loam-renewal\" tries again at once.",
                 STR_ARG(node->name), STR_ARG(text), STR_ARG(node->link->target.host));
}

static bool is_late(const KubeadmNode *node, const RenewalSchedule *schedule,
                    const RenewalReport *report) {
    HostFacts facts;
    Diags ignored = diags_new(node->call->arena);
    if (!host_look_certificates(node->link, &facts, &ignored))
        return false;
    int64_t left =
        certificates_seconds_left(node->call, kubeadm_certificates_end(&facts, node->call->arena));
    return left != INT64_MAX && renewal_schedule_is_late(schedule, report, left);
}

static void warn_of_report(const KubeadmNode *node, const RenewalSchedule *schedule,
                           const RenewalReport *report, Diags *diags) {
    Arena *arena = node->call->arena;
    if (str_equal(report->result, STR("failed")))
        warn_of_renewal(
            node, "Renewal of certificates failed",
            str_format(arena, "%.*s, %.*s", STR_ARG(report->time), STR_ARG(report->error)), diags);
    else if (report->is_unfinished)
        warn_of_renewal(node, "Renewal of certificates not finished",
                        STR("a run ended before all components had the new certificates; the next "
                            "one continues"),
                        diags);
    else if (is_late(node, schedule, report))
        warn_of_renewal(node, "Renewal of certificates is late",
                        str_format(arena,
                                   "certificates expire within %lld days, and the timer "
                                   "has not renewed them",
                                   (long long)schedule->before_days),
                        diags);
}

static Value result_value(const Type *type, const RenewalReport *report, Arena *arena) {
    ObjectBuilder builder = object_builder_null(type, arena);
    object_builder_set_text(&builder, "result", report->result, arena);
    object_builder_set_optional(&builder, "time", report->time, arena);
    object_builder_set_optional(&builder, "error", report->error, arena);
    return object_builder_value(&builder);
}

/* The results of the cluster, as a refresh finds them. */
typedef struct RenewalLook {
    Value given;
    Value former; /* results */
    const Type *type;
    ObjectBuilder results;
    bool is_current;
} RenewalLook;

static bool look_at_timer(RenewalLook *look, KubeadmPeer *peer, Diags *diags) {
    KubeadmNode *node = &peer->node;
    Arena *arena = node->call->arena;
    RenewalSchedule schedule = renewal_schedule_of(look->given, node->name, arena);
    RenewalReport report;
    Value former;
    Diags problems = diags_new(arena);
    ssh_client_limit_to_plan(&peer->link);
    if (!renewal_schedule_read(&peer->link, &schedule, &report, &problems)) {
        if (call_is_cancelled(node->call)) {
            diags_append(diags, &problems);
            return false;
        }
        if (value_is_present(look->former) && value_find(look->former, node->name, &former))
            object_builder_put(&look->results, node->name, former);
        return true;
    }
    look->is_current &= report.is_current;
    if (report.result.len)
        object_builder_put(&look->results, node->name, result_value(look->type, &report, arena));
    warn_of_report(node, &schedule, &report, diags);
    return true;
}

/* The argument stays in the state, because files of the timer may still be on the machines. */
static Value certificates_without_calendar(Value state, Arena *arena) {
    ObjectBuilder nested = object_builder_of(object_nested(state, SCHEDULE, arena), arena);
    object_builder_set_text(&nested, "calendar", STR_EMPTY, arena);
    return object_with(state, SCHEDULE, object_builder_value(&nested), arena);
}

bool kubeadm_certificates_refresh(const Call *call, Value *state, Diags *diags) {
    SCOPED(KubeadmPeers) peers = {0};
    if (!object_has(*state, SCHEDULE) || !object_has(*state, "pki"))
        return true;
    RenewalLook look = {
        .given = object_attribute(*state, SCHEDULE),
        .former = object_attribute(*state, RESULTS),
        .type = object_attribute_type(state->type, RESULTS)->element,
        .results = object_builder_new(call->arena),
        .is_current = true,
    };
    if (!kubeadm_peer_open(call, *state, &peers, diags))
        return false;
    vec_each(&peers.items, peer) {
        if ((*peer)->node.is_control_plane && !look_at_timer(&look, *peer, diags))
            return false;
    }
    *state =
        object_with(*state, RESULTS, object_builder_map(&look.results, look.type), call->arena);
    if (!look.is_current)
        *state = certificates_without_calendar(*state, call->arena);
    return true;
}

/* Lease. */

bool kubeadm_certificates_hold(const KubeadmNode *node, Value prior, CertificatesHold *out,
                               Diags *diags) {
    const Call *call = node->call;
    SCOPED(ClusterApi) api = {0};
    Diags ignored = diags_new(call->arena);
    int64_t left_s = call_time_left_ms(call) / 1000;
    bool is_held = false;
    *out = (CertificatesHold){0};
    if (!value_is_present(find_schedule(call, prior)) || !kubeadm_node_api(node, &api, &ignored) ||
        !cluster_api_is_ready(&api))
        return true;
    if (!renewal_lease_take(call, &api, left_s > HOLD_S ? left_s : HOLD_S, &is_held, diags))
        return false;
    out->node = is_held ? node : NULL;
    return true;
}

void kubeadm_certificates_release(CertificatesHold *hold) {
    SCOPED(ClusterApi) api = {0};
    const KubeadmNode *node = hold->node;
    if (!node)
        return;
    hold->node = NULL;
    Diags ignored = diags_new(node->call->arena);
    if (kubeadm_node_api(node, &api, &ignored) && cluster_api_is_ready(&api))
        renewal_lease_return(&api);
}
