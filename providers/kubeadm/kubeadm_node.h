/* kubeadm_node: what kubeadm_init and kubeadm_join share: arguments, the state of the machine, a
 * join, the removal of a node. */
#pragma once

#include "cluster_api.h"
#include "host_look.h"
#include "node_identity.h"
#include "node_pki.h"
#include "provider.h"
#include "schema.h"

/* How long a change waits for the API server. */
#define KUBEADM_NODE_READY_MS INT64_C(120000)

extern const NestedObject kubeadm_node_pki;
extern const NestedObject kubeadm_node_taints;

/* clang-format off */
/* Rows of an attribute table; `host_flags` as in SSH_CLIENT_ATTRIBUTES. */
#define KUBEADM_NODE_ATTRIBUTES(host_flags)                                                        \
    SSH_CLIENT_ATTRIBUTES(host_flags),                                                             \
    {"endpoint",           &TYPE_STRING, REQUIRED | (host_flags), "Endpoint of all control planes, as nodes reach it: \"api.example:6443\".", .check = kubeadm_check_endpoint}, \
    {"kubernetes_version", &TYPE_STRING, REQUIRED, "Version of Kubernetes: \"1.34.4\".", .check = kubeadm_check_version}, \
    {"pki",                NULL,         REQUIRED | SENSITIVE, "Certificate authorities of the cluster: a kubeadm_pki. Control planes get them before kubeadm runs; with the first one, loam signs certificates for its own requests.", .nested = &kubeadm_node_pki}, \
    {"node_name",          &TYPE_STRING, REQUIRED | FORCES_NEW, "Name of the node.", .check = kubeadm_check_node_name}, \
    {"node_address",       &TYPE_STRING, OPTIONAL | FORCES_NEW, "Address of the machine in the cluster's network (default: host, if that is an address).", .check = kubeadm_check_address}, \
    {"labels",             &TYPE_MAP_OF_STRING, OPTIONAL, "Labels of the node. Other labels stay."}, \
    {"annotations",        &TYPE_MAP_OF_STRING, OPTIONAL, "Annotations of the node. Other annotations stay."}, \
    {"taints",             NULL,         OPTIONAL, "Taints of the node. Null: those of its role; an empty list: none.", .nested = &kubeadm_node_taints}, \
    {"delete_unreachable", &TYPE_BOOL,   OPTIONAL, "Whether a deletion goes on if the machine does not respond, although the same plan does not delete the machine. The files of the cluster stay on it."}, \
    {"machine_id",         &TYPE_STRING, COMPUTED, "machine-id of the machine. No two nodes may have the same."}, \
    {"hostname",           &TYPE_STRING, COMPUTED, "Host name of the machine. No two nodes may have the same."}, \
    {"mac_address",        &TYPE_STRING, COMPUTED, "MAC address of the interface with node_address; null if none has it. No two nodes may have the same."}, \
    {"renew_before_days",  &TYPE_NUMBER, OPTIONAL, "Control planes: a plan renews the certificates of kubeadm if the first one expires within this number of days (default 90). It must be lower than the days of their validity.", .check = kubeadm_check_days}, \
    {"certificates_expire", &TYPE_STRING, COMPUTED, "Control planes: when the first certificate of kubeadm expires, in RFC 3339. Certificates of kubelets rotate by themselves."}, \
    {"pod_cidr",           &TYPE_STRING, COMPUTED, "Network of the node's pods; null if the cluster allocates none."}, \
    {"id",                 &TYPE_STRING, COMPUTED, "Identifies the node on its machine, in /etc/loam/node.json."}
/* clang-format on */

/* Nodes of one cluster differ in these. */
#define KUBEADM_NODE_UNIQUE_COUNT 5
extern const UniqueRule kubeadm_node_unique[KUBEADM_NODE_UNIQUE_COUNT];

typedef struct KubeadmNode {
    const Call *call;
    SshLink *link;
    SshLink *via;     /* the machine through which requests go; NULL: directly */
    Str via_endpoint; /* where they go */
    Value object;     /* planned or stored */
    Value contents;   /* of files with "content_wo": map of texts; without a type: none */
    PkiSet pki;
    Str id;
    Str former; /* id of a failed attempt on the machine; empty: none */
    Str name;
    Str address;
    Str former_address; /* of a machine that this one replaces; empty: none */
    Str endpoint;
    bool is_control_plane;
    const NodeRuntime *runtime; /* of the machine: set by kubeadm_node_prepare, kubeadm_peer_look */
    ClusterNode identity;       /* set by kubeadm_node_prepare */
    Str cgroup; /* type of /sys/fs/cgroup: set by both and before an upgrade; empty: not read */
    bool is_imported; /* without "pki": the machine may have no mark yet */
} KubeadmNode;

/* Reads the arguments, and opens the link's settings. */
MUST_USE bool kubeadm_node_open(const Call *call, Value object, Str id, SshLink *link,
                                KubeadmNode *out, Diags *diags);

/* The machine's part in this cluster. */
typedef enum KubeadmPart {
    KUBEADM_PART_NONE,
    KUBEADM_PART_BROKEN, /* of this object: an init or join began and did not end */
    KUBEADM_PART_NODE,   /* of this object */
    KUBEADM_PART_OTHER,  /* a node, but not of this object */
} KubeadmPart;
KubeadmPart kubeadm_node_part(const KubeadmNode *node, const HostFacts *facts);
/* Reads the facts; rejects machines of other clusters, clocks that differ, and versions of kubeadm
 * that cannot make or join the cluster. Resets a machine on which an earlier attempt of this object
 * has failed; adopts the id of one that has succeeded. */
MUST_USE bool kubeadm_node_prepare(KubeadmNode *node, KubeadmPart *part, Diags *diags);

/* Rejects a machine with cgroup v1 if the kubelet of this version does not start there, unless
 * "kubelet" of the cluster's kubeadm_init accepts such machines; then adds a warning. `cgroup`: the
 * fact. */
MUST_USE bool kubeadm_node_check_cgroup(const KubeadmNode *node, Str cgroup, Diags *diags);
/* Same, for plans of a node that joins or gets another version: reads the fact from the machine. If
 * the machine does not respond, or if the plan does not know the configuration of the kubelets yet,
 * the apply checks. */
MUST_USE bool kubeadm_node_plan_cgroup(const Call *call, Value planned, Diags *diags);

/* Returns the check of kubeadm of this version that fails on the node's machine because of cgroup
 * v1, although the configuration of the cluster's kubelets accepts that; empty: none. */
Str kubeadm_node_ignored_check(const KubeadmNode *node, KubeVersion version);

/* Returns the typed object `registration` with address, name, flags, taints and the ignored check
 * of the node's registration. */
Value kubeadm_node_registration(const KubeadmNode *node, Value registration);
/* Returns the addresses of the kubelet in the configuration: node_address, and its argument
 * node-ip.
 */
StrVec kubeadm_node_addresses(const KubeadmNode *node);
/* Returns the directory of the data of etcd that kubeadm makes on the machine; empty: none. */
Str kubeadm_node_etcd_directory(const KubeadmNode *node);
/* Returns the typed object `endpoint` with the node's address. */
Value kubeadm_node_endpoint(const KubeadmNode *node, Value endpoint);
/* Sets the attributes that identify the machine. */
void kubeadm_node_set_identity(ObjectBuilder *builder, const ClusterNode *identity, Arena *arena);
/* Returns the state of a node that has joined, without the values of its Node. */
ObjectBuilder kubeadm_node_made(const KubeadmNode *node, const ClusterNode *identity);
/* Returns the content of /etc/loam/node.json. */
Str kubeadm_node_mark(const KubeadmNode *node);

/* Returns the typed InitConfiguration or JoinConfiguration of an object; without one, null
 * attributes. */
Value kubeadm_node_argument(Value object, Arena *arena);
/* Returns the endpoint of the control plane itself: the endpoint of all may need a load balancer
 * that comes later. */
Str kubeadm_node_own_endpoint(const KubeadmNode *node);

/* Whether two objects, of any type of this provider, name one machine. */
bool kubeadm_node_is_same_machine(Value a, Value b);
/* Returns how many workers of the cluster may be unavailable for changes. */
int64_t kubeadm_node_max_unavailable(Value object);
/* Adds the limit of changes of the cluster's control planes, or of its workers, at one time. */
void kubeadm_node_limit(const Call *call, Value object, bool is_control_plane,
                        LimitsResponse *response);

/* Call if a creation fails after kubeadm has ended: the machine is a node. The next run finishes
 * the creation, as after a crash; a tainted object would be replaced, for kubeadm_init with the
 * whole cluster. Returns false. */
bool kubeadm_node_leave_in_doubt(ApplyResponse *response);
/* Approves the request of the kubelet for its serving certificate, if the cluster has such ones.
 * `found` is its Node. */
MUST_USE bool kubeadm_node_approve(const KubeadmNode *node, const ClusterApi *api, Value found,
                                   Diags *diags);

/* Opens requests to the API server, through the machine unless `via` differs. */
MUST_USE bool kubeadm_node_api(const KubeadmNode *node, ClusterApi *out, Diags *diags);
/* Opens requests to the API server of the control plane itself. */
MUST_USE bool kubeadm_node_own_api(const KubeadmNode *node, ClusterApi *out, Diags *diags);
/* Same, after a long step: if the connection broke meanwhile, the former tunnel is gone. */
MUST_USE bool kubeadm_node_reopen(const KubeadmNode *node, ClusterApi *api, Diags *diags);
