/* kubeadm_etcd_snapshot: an encrypted copy of a cluster's etcd, and a schedule of further ones. */
#include "etcd_schedule.h"
#include "etcd_snapshot.h"
#include "kubeadm_check.h"
#include "kubeadm_node.h"
#include "kubeadm_provider.h"
#include "object_id.h"
#include "path_error.h"
#include "sealed_file.h"
#include "timeouts.h"

/* clang-format off */
static const Attribute schedule[] = {
    {"calendar",  &TYPE_STRING, REQUIRED, "When snapshots are taken: a calendar event of systemd, such as \"daily\" or \"*-*-* 03:00:00\".", .check = etcd_schedule_check_calendar},
    {"keep",      &TYPE_NUMBER, OPTIONAL | COMPUTED, "Number of snapshots on the machine; older ones are removed.", .default_json = "7", .check = etcd_schedule_check_keep},
    {"directory", &TYPE_STRING, OPTIONAL | COMPUTED, "Directory on the machine, with mode 0700.", .default_json = "\"/var/backups/etcd\"", .check = etcd_schedule_check_directory},
};

static const Attribute attributes[] = {
    SSH_CLIENT_ATTRIBUTES(0),
    {"node_address",       &TYPE_STRING, OPTIONAL, "Address of the control plane in the cluster's network (default: host).", .check = kubeadm_check_address},
    {"pki",                NULL,         REQUIRED | SENSITIVE, "Certificate authorities of the cluster: a kubeadm_pki. loam signs a certificate for its request to etcd.", .nested = &kubeadm_node_pki},
    {"destination",        &TYPE_STRING, OPTIONAL | FORCES_NEW, "Path of the encrypted snapshot on this computer. A file that exists is replaced at the end; the deletion of this object keeps the file."},
    {"passphrase",         &TYPE_STRING, OPTIONAL | SENSITIVE | WRITE_ONLY, "Passphrase of at least 16 bytes that encrypts the file. Neither plan nor state contains it.", .check = sealed_file_check_passphrase},
    {"triggers",           &TYPE_MAP_OF_STRING, OPTIONAL | FORCES_NEW | ANY_TEXT, "Any values; a change takes a new snapshot."},
    {"schedule",           NULL,         OPTIONAL, "Further snapshots by a timer on the machine. They stay there, readable by root alone.", .nested = NESTED(NEST_SINGLE, schedule)},
    {"digest",             &TYPE_STRING, COMPUTED, "Digest of the decrypted snapshot: \"sha256:…\"."},
    {"size",               &TYPE_NUMBER, COMPUTED, "Size of the decrypted snapshot in bytes."},
    {"revision",           &TYPE_NUMBER, COMPUTED, "Revision of etcd just before the snapshot, which may contain later changes."},
    {"cluster",            &TYPE_STRING, COMPUTED, "Discovery hash of the cluster's certificate authority: the snapshot can be restored only with the same authorities."},
    {"etcd_cluster",       &TYPE_STRING, COMPUTED, "Id of the cluster of etcd, in hexadecimal digits."},
    {"kubernetes_version", &TYPE_STRING, COMPUTED, "Version of Kubernetes at the time of the snapshot."},
    {"taken_at",           &TYPE_STRING, COMPUTED, "Time of the snapshot, in RFC 3339."},
    {"id",                 &TYPE_STRING, COMPUTED, "Identifies the snapshot; the file contains it."},
};
/* clang-format on */

static const ArgumentRule rules[] = {
    {RULE_AT_LEAST_ONE, {"destination", "schedule"}},
    {RULE_REQUIRED_WITH, {"destination", "passphrase"}},
};

static bool read_schedule(Value object, EtcdSchedule *out, Arena *arena) {
    Value given = object_nested(object, "schedule", arena);
    *out = (EtcdSchedule){.calendar = object_text(given, "calendar", STR_EMPTY),
                          .directory = object_text(given, "directory", STR_EMPTY),
                          .keep = object_int(given, "keep", 1)};
    return object_has(object, "schedule");
}

static bool snapshot_check_machine(const SshLink *link, const HostFacts *facts, Str ca,
                                   Diags *diags) {
    const Call *call = link->call;
    if (host_facts_state(facts) == HOST_CONTROL_PLANE && !host_facts_is_foreign(facts, ca))
        return true;
    return path_error(call, PATH_AT(call, {"host"}), diags, "No control plane of the cluster",
                      "%.*s is not a control plane of the cluster with these certificate "
                      "authorities, so it has no etcd to copy. Give the host of one.",
                      STR_ARG(link->target.host));
}

/* Takes the snapshot to `destination`, and sets its computed attributes. */
static bool snapshot_take(const Call *call, SshLink *link, Value config, ObjectBuilder *state,
                          Diags *diags) {
    EtcdGateway etcd;
    EtcdSnapshot taken;
    HostLook look;
    PkiSet pki = node_pki_read(config, "pki", call->arena);
    Str host = object_text(config, "host", STR_EMPTY);
    if (!host_look(link, NULL, &look, diags) ||
        !snapshot_check_machine(link, &look.facts, pki.ca.certificate, diags) ||
        !etcd_gateway_open(call, link, object_text(config, "node_address", host), &pki.etcd_ca,
                           &etcd, diags))
        return false;
    EtcdSnapshotRequest request = {
        .cluster = pki_discovery_hash(pki.ca.certificate, call->arena),
        .kubernetes_version = look.facts.server_version,
        .path = object_text(config, "destination", STR_EMPTY),
        .passphrase = object_text(config, "passphrase", STR_EMPTY),
    };
    if (!etcd_snapshot_take(&etcd, &request, &taken, diags))
        return false;
    object_builder_set_text(state, "id", taken.id, call->arena);
    object_builder_set_text(state, "digest", taken.digest, call->arena);
    object_builder_set(state, "size", value_int((int64_t)taken.size));
    object_builder_set(state, "revision", value_int((int64_t)taken.revision));
    object_builder_set_text(state, "cluster", taken.cluster, call->arena);
    object_builder_set_text(state, "etcd_cluster", taken.etcd_cluster, call->arena);
    object_builder_set_text(state, "kubernetes_version", taken.kubernetes_version, call->arena);
    object_builder_set_text(state, "taken_at", taken.taken_at, call->arena);
    return true;
}

static ObjectBuilder without_snapshot(Value planned, Str id, Arena *arena) {
    static const char *const names[] = {"digest", "cluster", "etcd_cluster", "kubernetes_version",
                                        "taken_at"};
    ObjectBuilder builder = object_builder_of(planned, arena);
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        object_builder_set(&builder, names[i], value_null(&TYPE_STRING));
    object_builder_set(&builder, "size", value_null(&TYPE_NUMBER));
    object_builder_set(&builder, "revision", value_null(&TYPE_NUMBER));
    object_builder_set_text(&builder, "id", id, arena);
    return builder;
}

static bool snapshot_create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                            Diags *diags) {
    SCOPED(SshLink) link = {0};
    EtcdSchedule wanted;
    ObjectBuilder state = without_snapshot(request->planned, request->marker, call->arena);
    if (!ssh_client_link(call, request->planned, &link, diags) ||
        (object_has(request->config, "destination") &&
         !snapshot_take(call, &link, request->config, &state, diags)) ||
        (read_schedule(request->planned, &wanted, call->arena) &&
         !etcd_schedule_write(&link, &wanted, diags)))
        return false;
    response->state = object_builder_value(&state);
    return true;
}

static bool snapshot_update(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                            Diags *diags) {
    SCOPED(SshLink) link = {0};
    EtcdSchedule wanted;
    bool has_schedule = read_schedule(request->planned, &wanted, call->arena);
    bool is_moved = object_differs(request->prior, request->planned, "host");
    response->state = request->prior;
    if (is_moved || object_differs(request->prior, request->planned, "schedule")) {
        if (!ssh_client_link(call, request->planned, &link, diags) ||
            !(has_schedule ? etcd_schedule_write(&link, &wanted, diags)
                           : is_moved || etcd_schedule_remove(&link, diags)))
            return false;
    }
    response->state = request->planned;
    return true;
}

/* Returns whether the file of this snapshot is still there. */
static bool snapshot_has_file(const Call *call, Value state) {
    SealedReader *reader;
    EtcdSnapshot found;
    Str path = object_text(state, "destination", STR_EMPTY);
    Str problem = sealed_reader_open(call->io->disk, path, &reader, call->arena);
    bool is_same = !problem.len &&
                   etcd_snapshot_parse(sealed_reader_head(reader), &found, call->arena) &&
                   str_equal(found.id, object_text(state, "id", STR_EMPTY));
    sealed_reader_close(reader);
    return is_same;
}

static bool snapshot_assume_unchanged(const Call *call, const Diags *problems, Diags *diags) {
    path_warning(call, NO_PATH, diags, "Schedule of snapshots unknown",
                 "The machine does not report its schedule, so loam assumes that it is unchanged. "
                 "%.*s",
                 STR_ARG(problems->items[0].detail));
    return true;
}

/* The schedule stays in the state, because files of it may still be on the machine. */
static Value without_calendar(Value state, Arena *arena) {
    ObjectBuilder nested = object_builder_of(object_nested(state, "schedule", arena), arena);
    object_builder_set_text(&nested, "calendar", STR_EMPTY, arena);
    return object_with(state, "schedule", object_builder_value(&nested), arena);
}

static bool snapshot_read(const Call *call, const ReadRequest *request, ReadResponse *response,
                          Diags *diags) {
    SCOPED(SshLink) link = {0};
    EtcdSchedule wanted;
    Diags problems = diags_new(call->arena);
    bool is_current = false;
    if (object_has(request->state, "destination") && !snapshot_has_file(call, request->state)) {
        response->state = value_null(request->state.type);
        return true;
    }
    if (!read_schedule(request->state, &wanted, call->arena))
        return true;
    if (!ssh_client_link(call, request->state, &link, diags))
        return false;
    ssh_client_limit_to_plan(&link);
    if (!etcd_schedule_is_current(&link, &wanted, &is_current, &problems)) {
        if (ssh_client_may_assume_unchanged(&link, request))
            return snapshot_assume_unchanged(call, &problems, diags);
        diags_append(diags, &problems);
        return false;
    }
    if (!is_current)
        response->state = without_calendar(request->state, call->arena);
    return true;
}

static bool snapshot_plan(const Call *call, const PlanRequest *request, PlanResponse *,
                          Diags *diags) {
    bool responds;
    return ssh_client_greet(call, request, &responds, diags);
}

static bool snapshot_delete(const Call *call, const DeleteRequest *request, DeleteResponse *,
                            Diags *diags) {
    SCOPED(SshLink) link = {0};
    Diags problems = diags_new(call->arena);
    if (!object_has(request->prior, "schedule"))
        return true;
    if (!ssh_client_link(call, request->prior, &link, diags))
        return false;
    ssh_client_limit_connections_to_plan(&link);
    if (!etcd_schedule_remove(&link, &problems))
        path_warning(call, NO_PATH, diags, "Schedule of snapshots not removed",
                     "The machine keeps its timer loam-etcd-snapshot. %.*s",
                     STR_ARG(problems.items[0].detail));
    return true;
}

static const Block blocks[] = {TIMEOUTS_BLOCK};

const ResourceType kubeadm_etcd_snapshot = {
    .name = "kubeadm_etcd_snapshot",
    .schema = {SCHEMA_ATTRIBUTES(attributes), SCHEMA_BLOCKS(blocks), SCHEMA_RULES(rules),
               .description =
                   "A snapshot of a cluster's etcd, encrypted on this computer, or a schedule of "
                   "snapshots on a control plane. kubeadm_init restores the encrypted file."},
    .recovery = RECOVERY_REPEATS,
    .plan = snapshot_plan,
    .marker = object_id_marker,
    .create = snapshot_create,
    .update = snapshot_update,
    .delete = snapshot_delete,
    .read = snapshot_read,
};
