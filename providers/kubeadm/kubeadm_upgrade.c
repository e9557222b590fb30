/* kubeadm_upgrade: kubeadm upgrade, with a check of the node after it. */
#include "kubeadm_upgrade.h"
#include "etcd_snapshot.h"
#include "kubeadm_peer.h"
#include "kubeadm_step.h"
#include "node_drain.h"
#include "node_object.h"
#include "path_error.h"
#include "sealed_file.h"
#include "timestamp.h"

/* clang-format off */
static const Attribute snapshot[] = {
    {"directory",  &TYPE_STRING, REQUIRED, "Directory on this computer; each snapshot is a new file in it."},
    {"passphrase", &TYPE_STRING, REQUIRED | SENSITIVE | WRITE_ONLY, "Passphrase of at least 16 bytes that encrypts the file. Neither plan nor state contains it.", .check = sealed_file_check_passphrase},
};
/* clang-format on */

const NestedObject kubeadm_upgrade_snapshot_argument = {NESTED_OBJECT(NEST_SINGLE, snapshot)};

bool kubeadm_upgrade_versions(Value prior, Value planned, KubeVersion *from, KubeVersion *to) {
    return kube_version_parse(object_text(prior, "kubernetes_version", STR_EMPTY), from) &&
           kube_version_parse(object_text(planned, "kubernetes_version", STR_EMPTY), to);
}

static bool has_init(const Call *call, Value object) {
    FoundObjects found = call_find_objects(call, "kubeadm_init");
    vec_each(&found, one) {
        if (str_equal(object_text(one->object, "endpoint", STR_EMPTY),
                      object_text(object, "endpoint", STR_EMPTY)))
            return true;
    }
    return false;
}

static bool may_skip(const Call *call, Value planned, KubeVersion from, KubeVersion to) {
    if (kube_version_compare(to, from) < 0)
        return false;
    bool is_worker = !kubeadm_peer_is_control_plane(planned);
    return (is_worker && kube_version_check_kubelet(from, to)) || has_init(call, planned);
}

bool kubeadm_upgrade_check(const Call *call, Value prior, Value planned, Diags *diags) {
    KubeVersion from, to;
    if (!kubeadm_upgrade_versions(prior, planned, &from, &to))
        return true;
    Str problem = kube_version_check_upgrade(from, to, call->arena);
    return !problem.len || may_skip(call, planned, from, to) ||
           path_error(call, PATH_AT(call, {"kubernetes_version"}), diags, "Upgrade not possible",
                      "%.*s", STR_ARG(problem));
}

/* The machine knows better than the state how far an interrupted upgrade has come. */
static bool check_step(const KubeadmNode *node, Value prior, const HostFacts *facts, KubeVersion to,
                       Diags *diags) {
    Arena *arena = node->call->arena;
    KubeVersion from;
    Str found = node->is_control_plane ? facts->server_version : host_facts_running_kubelet(facts);
    Str problem = STR_EMPTY;
    if (!kube_version_parse(found, &from) &&
        !kube_version_parse(object_text(prior, "kubernetes_version", STR_EMPTY), &from))
        return true;
    if (node->is_control_plane)
        problem = kube_version_check_upgrade(from, to, arena);
    else if (!kube_version_check_kubelet(from, to))
        problem = str_format(arena,
                             "The kubelet of \"%.*s\" has %.*s, and API servers of %.*s reject a "
                             "kubelet that is more than three minor versions older, or newer. Name "
                             "the versions between in \"upgrade_through\" of kubeadm_init.",
                             STR_ARG(node->name), STR_ARG(kube_version_text(from, arena)),
                             STR_ARG(kube_version_text(to, arena)));
    return !problem.len || path_error(node->call, PATH_AT(node->call, {"kubernetes_version"}),
                                      diags, "Upgrade not possible", "%.*s", STR_ARG(problem));
}

/* Sets node->cgroup. */
static bool check_machine(KubeadmNode *node, Value prior, KubeVersion version, Diags *diags) {
    HostLook look;
    KubeVersion found;
    if (!host_look(node->link, NULL, &look, diags))
        return false;
    const HostFacts *facts = &look.facts;
    node->cgroup = facts->cgroup;
    const struct {
        const char *name;
        Str version;
    } programs[] = {
        {"kubeadm", host_facts_find(&facts->versions, "kubeadm")},
        {"kubelet", facts->staged_kubelet.len ? facts->staged_kubelet
                                              : host_facts_find(&facts->versions, "kubelet")},
    };
    for (size_t i = 0; i < ARRAY_COUNT(programs); i++) {
        if (!kube_version_parse(programs[i].version, &found) ||
            kube_version_compare(found, version) != 0)
            return path_error(node->call, PATH_AT(node->call, {"kubernetes_version"}), diags,
                              "Program of another version",
                              "%.*s has %s %.*s. Give kubeadm_host the same version, and let this "
                              "resource depend on it.",
                              STR_ARG(node->link->target.host), programs[i].name,
                              STR_ARG(programs[i].version));
    }
    return check_step(node, prior, facts, version, diags) &&
           kubeadm_node_check_cgroup(node, look.facts.cgroup, diags);
}

bool kubeadm_upgrade_worker(const KubeadmWorker *worker, ClusterApi *api, Diags *diags) {
    const KubeadmNode *node = worker->node;
    const Call *call = node->call;
    return node_object_wait_available(call, api, node->name, worker->limit, diags) &&
           node_drain(call, api, node->name, NODE_DRAIN_MS, diags) &&
           worker->change(worker, diags) && kubeadm_node_reopen(node, api, diags) &&
           node_object_wait_version(call, api, node->name, worker->version, diags) &&
           node_object_uncordon(api, node->name, diags);
}

static bool upgrade_change_worker(const KubeadmWorker *worker, Diags *diags) {
    KubeadmUpgradeStep step = {.id = worker->node->id,
                               .kind = KUBEADM_UPGRADE_NODE,
                               .version = worker->version,
                               .ignored = worker->ignored};
    return kubeadm_step_upgrade(worker->node->link, &step, diags);
}

/* Workers wait for all control planes, because a kubelet must not be newer than any API server. */
static bool upgrade_worker(const KubeadmNode *node, ClusterApi *api, KubeVersion version,
                           Diags *diags) {
    KubeadmWorker worker = {node, version, kubeadm_node_max_unavailable(node->object),
                            kubeadm_node_ignored_check(node, version), upgrade_change_worker};
    return node_object_wait_version(node->call, api, STR_EMPTY, version, diags) &&
           kubeadm_upgrade_worker(&worker, api, diags);
}

static bool upgrade_control_plane(const KubeadmNode *node, ClusterApi *api, bool is_first,
                                  KubeVersion version, Diags *diags) {
    KubeadmUpgradeStep step = {.id = node->id,
                               .kind = is_first ? KUBEADM_UPGRADE_APPLY : KUBEADM_UPGRADE_NODE,
                               .version = version,
                               .ignored = kubeadm_node_ignored_check(node, version)};
    return kubeadm_step_upgrade(node->link, &step, diags) &&
           kubeadm_node_reopen(node, api, diags) &&
           cluster_api_wait(node->call, api, KUBEADM_NODE_READY_MS, diags) &&
           node_object_wait_version(node->call, api, node->name, version, diags);
}

/* "etcd-1.33.13-20261122T064500Z.sealed": the name sorts by version and time. */
static Str snapshot_name(const Call *call, Str version) {
    const Clock *clock = call->io->clock;
    Timestamp now = {.seconds = clock->now_ms(clock->self) / 1000};
    StrBuf name = strbuf_new(call->arena);
    Str time = timestamp_to_str(now, call->arena);
    strbuf_add_format(&name, "etcd-%.*s-", STR_ARG(version));
    for (size_t i = 0; i < time.len; i++) {
        if (time.ptr[i] != '-' && time.ptr[i] != ':')
            strbuf_add_char(&name, time.ptr[i]);
    }
    strbuf_add_cstr(&name, ".sealed");
    return strbuf_str(&name);
}

bool kubeadm_upgrade_snapshot(const KubeadmNode *node, KubeVersion from, Value config,
                              Diags *diags) {
    const Call *call = node->call;
    const Disk *disk = call->io->disk;
    Value argument = object_nested(config, "snapshot_before_upgrade", call->arena);
    Str directory = object_text(argument, "directory", STR_EMPTY);
    EtcdGateway etcd;
    EtcdSnapshot taken;
    SnapshotKeys keys;
    if (!directory.len)
        return true;
    int error = disk->make_directories(disk->self, directory, 0700);
    if (error)
        return path_error(call, PATH_AT(call, {"snapshot_before_upgrade"}, {"directory"}), diags,
                          "Snapshot not taken", "\"%.*s\" cannot be created: %s.",
                          STR_ARG(directory), strerror(-error));
    if (!snapshot_keys_read(node->link, &keys, diags))
        return false;
    Str version = kube_version_text(from, call->arena);
    EtcdSnapshotRequest request = {
        .cluster = pki_discovery_hash(node->pki.ca.certificate, call->arena),
        .kubernetes_version = str_concat(STR("v"), version, call->arena),
        .keys = keys,
        .path = disk_join(directory, snapshot_name(call, version), call->arena),
        .passphrase = object_text(argument, "passphrase", STR_EMPTY),
    };
    return etcd_gateway_open(call, node->link, node->address, &node->pki.etcd_ca, &etcd, diags) &&
           etcd_snapshot_take(&etcd, &request, &taken, diags);
}

bool kubeadm_upgrade_run(const KubeadmNode *node, Value prior, bool is_first, Diags *diags) {
    KubeVersion from, to;
    if (!kubeadm_upgrade_versions(prior, node->object, &from, &to) ||
        kube_version_compare(from, to) == 0)
        return true;
    SCOPED(ClusterApi) api = {0};
    KubeadmNode own = *node;
    if (!check_machine(&own, prior, to, diags) || !kubeadm_node_api(&own, &api, diags) ||
        !cluster_api_wait(own.call, &api, KUBEADM_NODE_READY_MS, diags))
        return false;
    bool is_good = own.is_control_plane ? upgrade_control_plane(&own, &api, is_first, to, diags)
                                        : upgrade_worker(&own, &api, to, diags);
    if (is_good)
        kubeadm_step_end_upgrade(node->link, node->id, to);
    return is_good;
}
