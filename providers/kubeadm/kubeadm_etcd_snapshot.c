/* kubeadm_etcd_snapshot: an encrypted copy of a cluster's etcd, and a schedule of further ones. */
#include "etcd_rehearsal.h"
#include "etcd_schedule.h"
#include "kubeadm_check.h"
#include "kubeadm_node.h"
#include "kubeadm_provider.h"
#include "object_id.h"
#include "path_error.h"
#include "sealed_file.h"
#include "timeouts.h"
#include "timestamp.h"

#define CURRENT "current"
#define LATE    "late"

/* clang-format off */
static const Attribute upload_arguments[] = {
    ETCD_UPLOAD_ATTRIBUTES,
};

static const Attribute schedule_arguments[] = {
    {"calendar",  &TYPE_STRING, REQUIRED, "When snapshots are taken: a calendar event of systemd, such as \"daily\" or \"*-*-* 03:00:00\".", .check = kubeadm_check_calendar},
    {"keep",      &TYPE_NUMBER, OPTIONAL | COMPUTED, "Number of snapshots on the machine, or in the bucket with s3.allow_delete; older ones are removed.", .default_json = "7", .check = etcd_schedule_check_keep},
    {"directory", &TYPE_STRING, OPTIONAL | COMPUTED, "Directory on the machine, with mode 0700; unused with s3.", .default_json = "\"/var/backups/etcd\"", .check = etcd_schedule_check_directory},
    {"s3",        NULL,         OPTIONAL, "Bucket that gets the snapshots, instead of the directory. The machine encrypts them.", .nested = NESTED(NEST_SINGLE, upload_arguments)},
    {"rehearse",  &TYPE_STRING, OPTIONAL, "When the machine rehearses a restore, such as \"weekly\": it restores the newest snapshot of the directory, or with s3 a new one, starts an etcd that only a socket reaches, compares the number of keys of each resource, and removes both.", .check = kubeadm_check_calendar},
};

static const Attribute etcd_snapshot_attributes[] = {
    SSH_CLIENT_ATTRIBUTES(0),
    {"node_address",       &TYPE_STRING, OPTIONAL, "Address of the control plane in the cluster's network (default: host).", .check = kubeadm_check_address},
    {"pki",                NULL,         REQUIRED | SENSITIVE, "Certificate authorities of the cluster: a kubeadm_pki. loam signs a certificate for its request to etcd.", .nested = &kubeadm_node_pki},
    {"destination",        &TYPE_STRING, OPTIONAL | FORCES_NEW, "Path of the encrypted snapshot on this computer. A file that exists is replaced at the end; the deletion of this object keeps the file."},
    {"passphrase",         &TYPE_STRING, OPTIONAL | SENSITIVE | WRITE_ONLY, "Passphrase of at least 16 bytes that encrypts the file. Neither plan nor state contains it.", .check = sealed_file_check_passphrase},
    {"s3",                 NULL,         OPTIONAL | FORCES_NEW, "Bucket that gets the snapshot, instead of a file on this computer: the machine takes, encrypts and uploads it. The deletion of this object keeps the snapshot.", .nested = NESTED(NEST_SINGLE, upload_arguments)},
    {"triggers",           &TYPE_MAP_OF_STRING, OPTIONAL | FORCES_NEW | ANY_TEXT, "Any values; a change takes a new snapshot."},
    {"schedule",           NULL,         OPTIONAL, "Further snapshots by a timer on the machine. They stay there, readable by root alone.", .nested = NESTED(NEST_SINGLE, schedule_arguments)},
    {"object",             &TYPE_STRING, COMPUTED, "Name of the snapshot in the bucket of s3."},
    {"status",             &TYPE_STRING, COMPUTED, "With schedule.s3: \"current\", or \"late\" if the newest snapshot of the machine in the bucket is older than twice the time between two snapshots."},
    {"rehearsal",          &TYPE_STRING, COMPUTED, "With schedule.rehearse: whether the last rehearsal \"passed\" or \"failed\"; null before the first."},
    {"digest",             &TYPE_STRING, COMPUTED, "Digest of the decrypted snapshot: \"sha256:…\"."},
    {"size",               &TYPE_NUMBER, COMPUTED, "Size of the decrypted snapshot in bytes."},
    {"revision",           &TYPE_NUMBER, COMPUTED, "Revision of etcd just before the snapshot, which may contain later changes."},
    {"cluster",            &TYPE_STRING, COMPUTED, "Discovery hash of the cluster's certificate authority: the snapshot can be restored only with the same authorities."},
    {"etcd_cluster",       &TYPE_STRING, COMPUTED, "Id of the cluster of etcd, in hexadecimal digits."},
    {"kubernetes_version", &TYPE_STRING, COMPUTED, "Version of Kubernetes at the time of the snapshot."},
    {"encryption_keys",    &TYPE_MAP_OF_STRING, COMPUTED, "Names of the keys of encryption_at_rest that objects in the snapshot may have, with their fingerprints; empty: nothing is encrypted. As long as this object exists, the state of kubeadm_init keeps these keys."},
    {"schedule_keys",      &TYPE_MAP_OF_STRING, COMPUTED, "With schedule: the same, of its oldest snapshot at the last refresh."},
    {"taken_at",           &TYPE_STRING, COMPUTED, "Time of the snapshot, in RFC 3339."},
    {"id",                 &TYPE_STRING, COMPUTED, "Identifies the snapshot; the file contains it."},
};
/* clang-format on */

static const ArgumentRule etcd_snapshot_rules[] = {
    {RULE_AT_LEAST_ONE, {"destination", "s3", "schedule"}},
    {RULE_CONFLICTS, {"destination", "s3"}},
    {RULE_REQUIRED_WITH, {"destination", "passphrase"}},
};

static Str cluster_of(Value object, Arena *arena) {
    return pki_discovery_hash(node_pki_read(object, "pki", arena).ca.certificate, arena);
}

static bool reject_bucket(const Call *call, Path path, Str problem, Diags *diags) {
    return path_error(call, path, diags, "Bucket not usable",
                      "The snapshots cannot go to this bucket: %.*s.", STR_ARG(problem));
}

/* A schedule and the upload that it points to. */
typedef struct WantedSchedule {
    EtcdSchedule schedule;
    EtcdUpload upload;
} WantedSchedule;

/* Sets *has to whether the object has a schedule. `given` has the same, in an apply with the
 * credentials. */
static bool read_schedule(const Call *call, Value object, Value given, WantedSchedule *out,
                          bool *has, Diags *diags) {
    Arena *arena = call->arena;
    Value nested = object_nested(object, "schedule", arena);
    *has = object_has(object, "schedule");
    out->schedule = (EtcdSchedule){.calendar = object_text(nested, "calendar", STR_EMPTY),
                                   .directory = object_text(nested, "directory", STR_EMPTY),
                                   .keep = object_int(nested, "keep", 1),
                                   .rehearse = object_text(nested, "rehearse", STR_EMPTY)};
    if (!object_has(nested, "s3"))
        return true;
    out->schedule.upload = &out->upload;
    Value bucket = object_nested(object_nested(given, "schedule", arena), "s3", arena);
    Str problem =
        etcd_upload_read(call, bucket, cluster_of(object, arena), out->schedule.keep, &out->upload);
    return !problem.len || reject_bucket(call, PATH_AT(call, {"schedule"}, {"s3"}), problem, diags);
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

static void set_snapshot(ObjectBuilder *state, const EtcdSnapshot *taken, Arena *arena) {
    object_builder_set_text(state, "digest", taken->digest, arena);
    object_builder_set(state, "size", value_int((int64_t)taken->size));
    object_builder_set(state, "revision", value_int((int64_t)taken->revision));
    object_builder_set_text(state, "cluster", taken->cluster, arena);
    object_builder_set_text(state, "kubernetes_version", taken->kubernetes_version, arena);
    object_builder_set_text(state, "taken_at", taken->taken_at, arena);
    object_builder_set(state, "encryption_keys", snapshot_keys_value(&taken->keys, arena));
}

/* Takes the snapshot to `destination`, and sets its computed attributes. */
static bool take_to_file(const Call *call, SshLink *link, Value config, ObjectBuilder *state,
                         Diags *diags) {
    EtcdGateway etcd;
    EtcdSnapshot taken;
    SnapshotKeys keys;
    HostLook look;
    PkiSet pki = node_pki_read(config, "pki", call->arena);
    Str host = object_text(config, "host", STR_EMPTY);
    if (!host_look(link, NULL, &look, diags) ||
        !snapshot_check_machine(link, &look.facts, pki.ca.certificate, diags) ||
        !etcd_gateway_open(call, link, object_text(config, "node_address", host), &pki.etcd_ca,
                           &etcd, diags) ||
        !snapshot_keys_read(link, &keys, diags))
        return false;
    EtcdSnapshotRequest request = {
        .cluster = cluster_of(config, call->arena),
        .kubernetes_version = look.facts.server_version,
        .keys = keys,
        .path = object_text(config, "destination", STR_EMPTY),
        .passphrase = object_text(config, "passphrase", STR_EMPTY),
    };
    if (!etcd_snapshot_take(&etcd, &request, &taken, diags))
        return false;
    object_builder_set_text(state, "id", taken.id, call->arena);
    object_builder_set_text(state, "etcd_cluster", taken.etcd_cluster, call->arena);
    set_snapshot(state, &taken, call->arena);
    return true;
}

/* The same to the bucket of `s3`, by the machine. */
static bool take_to_bucket(const Call *call, SshLink *link, Value config, ObjectBuilder *state,
                           Diags *diags) {
    Arena *arena = call->arena;
    EtcdUpload prepared;
    EtcdSnapshot taken;
    HostLook look;
    Str key, ca = node_pki_read(config, "pki", arena).ca.certificate;
    Str problem = etcd_upload_read(call, object_nested(config, "s3", arena),
                                   cluster_of(config, arena), 0, &prepared);
    if (problem.len)
        return reject_bucket(call, PATH_AT(call, {"s3"}), problem, diags);
    if (!host_look(link, NULL, &look, diags) ||
        !snapshot_check_machine(link, &look.facts, ca, diags) ||
        !etcd_upload_run(link, &prepared, &taken, &key, diags))
        return false;
    object_builder_set_text(state, "object", key, arena);
    set_snapshot(state, &taken, arena);
    return true;
}

static bool snapshot_take(const Call *call, SshLink *link, Value config, ObjectBuilder *state,
                          Diags *diags) {
    if (object_has(config, "s3"))
        return take_to_bucket(call, link, config, state, diags);
    return !object_has(config, "destination") || take_to_file(call, link, config, state, diags);
}

/* Unknown for a schedule that the object did not have before. */
static Value planned_schedule_keys(Value planned, Value prior) {
    if (!object_has(planned, "schedule"))
        return value_null(&TYPE_MAP_OF_STRING);
    return value_is_null(prior) || !object_has(prior, "schedule")
               ? value_unknown(&TYPE_MAP_OF_STRING)
               : object_attribute(prior, "schedule_keys");
}

/* The results of a schedule that is kept, and those of a new one: no snapshot is late yet. `prior`
 * is null for a new object. */
static Value with_status(Value planned, Value prior, Arena *arena) {
    ObjectBuilder builder = object_builder_of(planned, arena);
    Value schedule = object_nested(planned, "schedule", arena);
    bool is_new = value_is_null(prior);
    Str status = is_new ? STR_EMPTY : object_text(prior, "status", STR_EMPTY);
    Str rehearsal = is_new ? STR_EMPTY : object_text(prior, "rehearsal", STR_EMPTY);
    if (!object_has(schedule, "s3"))
        status = STR_EMPTY;
    else if (!status.len)
        status = STR(CURRENT);
    object_builder_set_optional(&builder, "status", status, arena);
    object_builder_set_optional(&builder, "rehearsal",
                                object_has(schedule, "rehearse") ? rehearsal : STR_EMPTY, arena);
    object_builder_set(&builder, "schedule_keys", planned_schedule_keys(planned, prior));
    return object_builder_value(&builder);
}

static ObjectBuilder without_snapshot(Value planned, Str id, Arena *arena) {
    static const char *const names[] = {"digest",   "cluster",      "kubernetes_version",
                                        "taken_at", "etcd_cluster", "object"};
    ObjectBuilder builder = object_builder_of(planned, arena);
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        object_builder_set(&builder, names[i], value_null(&TYPE_STRING));
    object_builder_set(&builder, "size", value_null(&TYPE_NUMBER));
    object_builder_set(&builder, "revision", value_null(&TYPE_NUMBER));
    object_builder_set(&builder, "encryption_keys", value_null(&TYPE_MAP_OF_STRING));
    object_builder_set_text(&builder, "id", id, arena);
    return builder;
}

/* The first snapshot of a new schedule has the keys that the API server has now. */
static bool set_schedule_keys(SshLink *link, ObjectBuilder *state, Diags *diags) {
    SnapshotKeys keys;
    if (value_is_known(object_builder_get(state, "schedule_keys")))
        return true;
    if (!snapshot_keys_read(link, &keys, diags))
        return false;
    object_builder_set(state, "schedule_keys", snapshot_keys_value(&keys, link->call->arena));
    return true;
}

/* The programs of the machine are checked first: a timer that fails is noticed late. */
static bool write_schedule(SshLink *link, const WantedSchedule *wanted, Diags *diags) {
    return (!wanted->schedule.upload || etcd_upload_check(link, diags)) &&
           etcd_schedule_write(link, &wanted->schedule, diags);
}

static bool snapshot_create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                            Diags *diags) {
    SCOPED(SshLink) link = {0};
    WantedSchedule wanted;
    bool has;
    Value planned = with_status(request->planned, request->prior, call->arena);
    ObjectBuilder state = without_snapshot(planned, request->marker, call->arena);
    if (!read_schedule(call, request->planned, request->config, &wanted, &has, diags) ||
        !ssh_client_link(call, request->planned, &link, diags) ||
        !snapshot_take(call, &link, request->config, &state, diags) ||
        (has &&
         (!write_schedule(&link, &wanted, diags) || !set_schedule_keys(&link, &state, diags))))
        return false;
    response->state = object_builder_value(&state);
    return true;
}

static bool snapshot_update(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                            Diags *diags) {
    SCOPED(SshLink) link = {0};
    WantedSchedule wanted;
    Value prior = request->prior, planned = request->planned;
    ObjectBuilder state = object_builder_of(planned, call->arena);
    bool has, is_moved = object_differs(prior, planned, "host");
    response->state = prior;
    /* The names in a bucket have the hash of the authorities. */
    if (is_moved || object_differs(prior, planned, "schedule") ||
        object_differs(prior, planned, "pki")) {
        if (!read_schedule(call, request->planned, request->config, &wanted, &has, diags) ||
            !ssh_client_link(call, request->planned, &link, diags) ||
            !(has ? write_schedule(&link, &wanted, diags) && set_schedule_keys(&link, &state, diags)
                  : is_moved || etcd_schedule_remove(&link, diags)))
            return false;
    }
    response->state = object_builder_value(&state);
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
static Value snapshot_without_calendar(Value state, Arena *arena) {
    ObjectBuilder nested = object_builder_of(object_nested(state, "schedule", arena), arena);
    object_builder_set_text(&nested, "calendar", STR_EMPTY, arena);
    return object_with(state, "schedule", object_builder_value(&nested), arena);
}

/* Without a bucket's credentials the plan goes on: the snapshots do not depend on this computer. */
static void warn_unlisted(const Call *call, Str problem, Diags *diags) {
    path_warning(call, PATH_AT(call, {"schedule"}, {"s3"}), diags, "Snapshots not listed",
                 "loam does not know when the last snapshot was taken: %.*s. Give credentials with "
                 "s3:ListBucket, by the environment or by \"profile\".",
                 STR_ARG(problem));
}

static int64_t seconds_since(const Call *call, Str time) {
    Timestamp then;
    Str error;
    const Clock *clock = call->io->clock;
    return timestamp_parse(time, &then, &error, call->arena)
               ? clock->now_ms(clock->self) / 1000 - then.seconds
               : 0;
}

/* Returns "current" or "late" by the newest object of the bucket; empty if it is unknown. Sets
 * *keys to those of the oldest one, which stay unknown without the permission s3:GetObject. */
static Str bucket_status(const Call *call, Value state, const EtcdScheduleReport *report,
                         SnapshotKeys *keys, Diags *diags) {
    Arena *arena = call->arena;
    SCOPED(EtcdBucket) bucket = {0};
    Value given = object_nested(object_nested(state, "schedule", arena), "s3", arena);
    EtcdSnapshot newest = {0}, oldest = {0};
    EtcdBucketEnds ends = {0};
    Str problem = etcd_bucket_open(call, given, cluster_of(state, arena), &bucket);
    if (!problem.len)
        problem = etcd_bucket_find_ends(&bucket, report->node, &ends);
    if (problem.len) {
        warn_unlisted(call, problem, diags);
        return STR_EMPTY;
    }
    if (ends.oldest.len && !etcd_bucket_look(&bucket, ends.oldest, &oldest).len)
        *keys = oldest.keys;
    bool has = ends.newest.len && etcd_bucket_parse(ends.newest, &newest, arena);
    int64_t age = has ? seconds_since(call, newest.taken_at) : report->age_s;
    if (!report->interval_s || age <= 2 * report->interval_s ||
        report->age_s <= 2 * report->interval_s)
        return STR(CURRENT);
    path_warning(call, PATH_AT(call, {"schedule"}), diags, "Snapshots are late",
                 "The newest snapshot of this machine in the bucket \"%.*s\" is %.*s%.*s, but one "
                 "is due every %lld "
                 "seconds. Look at \"journalctl -u loam-etcd-snapshot\" on %.*s.",
                 STR_ARG(bucket.client.settings.bucket), STR_ARG(has ? STR("of ") : STR("missing")),
                 STR_ARG(newest.taken_at), (long long)report->interval_s,
                 STR_ARG(object_text(state, "host", STR_EMPTY)));
    return STR(LATE);
}

static Str rehearsal_status(const Call *call, Value state, const EtcdScheduleReport *report,
                            Diags *diags) {
    if (!str_starts_with(report->rehearsal, STR("failed ")))
        return report->rehearsal.len ? STR("passed") : STR_EMPTY;
    path_warning(call, PATH_AT(call, {"schedule"}, {"rehearse"}), diags,
                 "Rehearsal of snapshots failed",
                 "%.*s: the last rehearsal of a restore failed. %.*s",
                 STR_ARG(object_text(state, "host", STR_EMPTY)),
                 STR_ARG(etcd_rehearsal_reason(report->rehearsal)));
    return STR("failed");
}

/* Times stay out of the state: they would be a change in every plan. */
static Value with_report(const Call *call, Value state, const EtcdScheduleReport *report,
                         Diags *diags) {
    ObjectBuilder builder = object_builder_of(state, call->arena);
    Value schedule = object_nested(state, "schedule", call->arena);
    SnapshotKeys keys = report->keys;
    if (object_has(schedule, "s3")) {
        Str status = bucket_status(call, state, report, &keys, diags);
        if (status.len)
            object_builder_set_text(&builder, "status", status, call->arena);
    }
    if (object_has(schedule, "rehearse"))
        object_builder_set_optional(&builder, "rehearsal",
                                    rehearsal_status(call, state, report, diags), call->arena);
    if (keys.is_known)
        object_builder_set(&builder, "schedule_keys", snapshot_keys_value(&keys, call->arena));
    return object_builder_value(&builder);
}

static bool snapshot_read(const Call *call, const ReadRequest *request, ReadResponse *response,
                          Diags *diags) {
    SCOPED(SshLink) link = {0};
    WantedSchedule wanted;
    EtcdScheduleReport report;
    Diags problems = diags_new(call->arena);
    bool has;
    if (object_has(request->state, "destination") && !snapshot_has_file(call, request->state)) {
        response->state = value_null(request->state.type);
        return true;
    }
    if (!read_schedule(call, request->state, request->state, &wanted, &has, diags))
        return false;
    if (!has)
        return true;
    if (!ssh_client_link(call, request->state, &link, diags))
        return false;
    ssh_client_limit_to_plan(&link);
    if (!etcd_schedule_read(&link, &wanted.schedule, &report, &problems)) {
        if (ssh_client_may_assume_unchanged(&link, request))
            return snapshot_assume_unchanged(call, &problems, diags);
        diags_append(diags, &problems);
        return false;
    }
    Value state = with_report(call, request->state, &report, diags);
    response->state = report.is_current ? state : snapshot_without_calendar(state, call->arena);
    return true;
}

static bool asks_for_upload(Value object, Arena *arena) {
    return object_has(object, "s3") || object_has(object_nested(object, "schedule", arena), "s3");
}

/* The programs of a machine that exists are checked before anything is applied. */
static bool check_upload(const Call *call, Value proposed, Diags *diags) {
    SCOPED(SshLink) link = {0};
    if (!ssh_client_link(call, proposed, &link, diags))
        return false;
    ssh_client_limit_to_plan(&link);
    return etcd_upload_check(&link, diags);
}

static bool snapshot_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                          Diags *diags) {
    Value proposed = request->proposed;
    bool responds;
    if (!ssh_client_greet(call, request, &responds, diags) ||
        (responds && asks_for_upload(proposed, call->arena) &&
         !check_upload(call, proposed, diags)))
        return false;
    if (!value_is_null(request->prior))
        response->planned = with_status(response->planned, request->prior, call->arena);
    return true;
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

static const Block etcd_snapshot_blocks[] = {TIMEOUTS_BLOCK};

const ResourceType kubeadm_etcd_snapshot = {
    .name = "kubeadm_etcd_snapshot",
    .schema = {SCHEMA_ATTRIBUTES(etcd_snapshot_attributes), SCHEMA_BLOCKS(etcd_snapshot_blocks),
               SCHEMA_RULES(etcd_snapshot_rules),
               .description =
                   "A snapshot of a cluster's etcd, in an encrypted file or in a bucket, or a "
                   "schedule of snapshots on a control plane. kubeadm_init restores them."},
    .recovery = RECOVERY_REPEATS,
    .plan = snapshot_plan,
    .marker = object_id_marker,
    .create = snapshot_create,
    .update = snapshot_update,
    .delete = snapshot_delete,
    .read = snapshot_read,
};
