/* kubeadm_node: arguments, the mark on the machine, its preparation. */
#include "kubeadm_node.h"
#include "cluster_check.h"
#include "json.h"
#include "kube_object.h"
#include "kube_release.h"
#include "kubeadm_check.h"
#include "kubeadm_schema.h"
#include "kubeadm_step.h"
#include "nested_list.h"
#include "node_runtime.h"
#include "path_error.h"
#include "serving_wait.h"

#define PORT_DEFAULT 6443
#define ETCD_DEFAULT "/var/lib/etcd"

/* clang-format off */
static const Attribute node_authority[] = {
    {"certificate", &TYPE_STRING, REQUIRED,             "Certificate in PEM."},
    {"key",         &TYPE_STRING, REQUIRED | SENSITIVE, "Private key in PEM."},
};
static const Attribute node_service_account[] = {
    {"public_key", &TYPE_STRING, REQUIRED,             "Public key in PEM."},
    {"key",        &TYPE_STRING, REQUIRED | SENSITIVE, "Private key in PEM."},
};
static const Attribute pki[] = {
    {"ca",              NULL, REQUIRED, "Certificate authority of the cluster.", .nested = NESTED(NEST_SINGLE, node_authority)},
    {"etcd_ca",         NULL, REQUIRED, "Certificate authority of etcd.", .nested = NESTED(NEST_SINGLE, node_authority)},
    {"front_proxy_ca",  NULL, REQUIRED, "Certificate authority of the aggregation layer.", .nested = NESTED(NEST_SINGLE, node_authority)},
    {"service_account", NULL, REQUIRED, "Key pair that signs the tokens of service accounts.", .nested = NESTED(NEST_SINGLE, node_service_account)},
};
static const Attribute taint[] = {
    {"key",    &TYPE_STRING, REQUIRED, "Key of the taint."},
    {"value",  &TYPE_STRING, OPTIONAL, "Value of the taint."},
    {"effect", &TYPE_STRING, REQUIRED, "Effect on pods.", .one_of = "NoSchedule PreferNoSchedule NoExecute"},
};
/* clang-format on */

const NestedObject kubeadm_node_pki = {NESTED_OBJECT(NEST_SINGLE, pki)};
const NestedObject kubeadm_node_taints = {NESTED_OBJECT(NEST_LIST, taint)};

const UniqueRule kubeadm_node_unique[KUBEADM_NODE_UNIQUE_COUNT] = {
    {"name of the node", {"endpoint", "node_name"}},
    {"address of the node", {"endpoint", "node_address"}},
    {"machine-id", {"endpoint", "machine_id"}},
    {"host name", {"endpoint", "hostname"}},
    {"MAC address", {"endpoint", "mac_address"}},
};

bool kubeadm_node_open(const Call *call, Value object, Str id, SshLink *link, KubeadmNode *out,
                       Diags *diags) {
    Str host = object_text(object, "host", STR_EMPTY);
    *out = (KubeadmNode){
        .call = call,
        .link = link,
        .via = link,
        .object = object,
        .pki = node_pki_read(object, "pki", call->arena),
        .id = id,
        .name = object_text(object, "node_name", STR_EMPTY),
        .address = object_text(object, "node_address", host),
        .endpoint = object_text(object, "endpoint", STR_EMPTY),
        .is_imported = !object_has(object, "pki"),
    };
    out->via_endpoint = out->endpoint;
    out->runtime = &node_runtime_table[NODE_RUNTIME_CONTAINERD];
    if (!out->address.len || kubeadm_check_address(value_from_str(out->address), call->arena).len)
        return path_error(call, PATH_AT(call, {"node_address"}), diags,
                          "Address of the node unknown",
                          "\"%.*s\" is a name. Set node_address to the address of the machine in "
                          "the cluster's network.",
                          STR_ARG(out->address));
    return ssh_client_link(call, object, link, diags);
}

/* The machine. */

void kubeadm_node_set_identity(ObjectBuilder *builder, const ClusterNode *identity, Arena *arena) {
    object_builder_set_optional(builder, "machine_id", identity->machine_id, arena);
    object_builder_set_optional(builder, "hostname", identity->hostname, arena);
    object_builder_set_optional(builder, "mac_address", identity->mac, arena);
}

ObjectBuilder kubeadm_node_made(const KubeadmNode *node, const ClusterNode *identity) {
    ObjectBuilder builder = object_builder_of(node->object, node->call->arena);
    object_builder_set_text(&builder, "id", node->id, node->call->arena);
    kubeadm_node_set_identity(&builder, identity, node->call->arena);
    object_builder_set(&builder, "pod_cidr", value_null(&TYPE_STRING));
    object_builder_set(&builder, "certificates_expire", value_null(&TYPE_STRING));
    return builder;
}

Str kubeadm_node_mark(const KubeadmNode *node) {
    Arena *arena = node->call->arena;
    ObjectBuilder mark = object_builder_new(arena);
    object_builder_put(&mark, STR("id"), value_from_str(node->id));
    object_builder_put(&mark, STR("address"), value_from_str(node->call->address));
    object_builder_put(&mark, STR("lineage"), value_from_str(node->call->lineage));
    return json_text(object_builder_value(&mark), arena);
}

/* What /etc/loam/node.json says. Each attempt of a creation has its own id. */
typedef struct NodeMark {
    Str id;
    bool is_own;
} NodeMark;

static NodeMark read_mark(const KubeadmNode *node, const HostFacts *facts) {
    Value mark;
    if (!facts->marker.len || !json_parse_object(facts->marker, &mark, node->call->arena))
        return (NodeMark){0};
    NodeMark found = {.id = value_text_at(mark, STR("id"))};
    found.is_own = str_equal(found.id, node->id) ||
                   (str_equal(value_text_at(mark, STR("lineage")), node->call->lineage) &&
                    str_equal(value_text_at(mark, STR("address")), node->call->address));
    return found;
}

static bool has_only_pki(const HostFacts *facts) {
    vec_each(&facts->existing, path) {
        if (!str_starts_with(*path, STR("/etc/kubernetes/pki/")))
            return false;
    }
    return true;
}

KubeadmPart kubeadm_node_part(const KubeadmNode *node, const HostFacts *facts) {
    HostState state = host_facts_state(facts);
    bool is_done = state == (node->is_control_plane ? HOST_CONTROL_PLANE : HOST_WORKER);
    if (read_mark(node, facts).is_own)
        return is_done ? KUBEADM_PART_NODE : KUBEADM_PART_BROKEN;
    if (state == HOST_CLEAN)
        return KUBEADM_PART_NONE;
    if (node->is_imported && is_done)
        return KUBEADM_PART_NODE;
    /* The certificate authorities were copied, and kubeadm has not begun. */
    bool is_before_mark = !facts->marker.len && state == HOST_PARTIAL &&
                          (facts->ca_certificate.len || has_only_pki(facts));
    return is_before_mark ? KUBEADM_PART_BROKEN : KUBEADM_PART_OTHER;
}

static bool check_clock(const KubeadmNode *node, int64_t skew_ms, Diags *diags) {
    ClockSkew skew = cluster_check_clock(skew_ms);
    if (skew == CLOCK_DOUBTFUL)
        path_warning(node->call, PATH_AT(node->call, {"host"}), diags, "Clocks differ",
                     "The clock of %.*s is %lld ms ahead. Certificates and tokens need clocks that "
                     "agree.",
                     STR_ARG(node->link->target.host), (long long)skew_ms);
    return skew != CLOCK_BAD ||
           path_error(node->call, PATH_AT(node->call, {"host"}), diags, "Clocks differ",
                      "The clock of %.*s is %lld ms ahead. Certificates and tokens would not be "
                      "valid there. Set the clock, for instance by NTP.",
                      STR_ARG(node->link->target.host), (long long)skew_ms);
}

static bool check_kubeadm(const KubeadmNode *node, const HostFacts *facts, Diags *diags) {
    Arena *arena = node->call->arena;
    KubeVersion found, wanted;
    Str text = host_facts_find(&facts->versions, "kubeadm");
    Path path = PATH_AT(node->call, {"kubernetes_version"});
    if (!text.len)
        return path_error(node->call, PATH_AT(node->call, {"host"}), diags, "kubeadm is missing",
                          "%.*s has no kubeadm. Prepare the machine with kubeadm_host.",
                          STR_ARG(node->link->target.host));
    if (!kube_version_parse(text, &found) ||
        !kube_version_parse(object_text(node->object, "kubernetes_version", STR_EMPTY), &wanted))
        return true;
    Str problem = kube_version_check_join(found, wanted, arena);
    return !problem.len ||
           path_error(node->call, path, diags, "Wrong version of kubeadm", "%.*s: %.*s",
                      STR_ARG(node->link->target.host), STR_ARG(problem));
}

/* Sets *out to an argument of the cluster's kubeadm_init, as the plan leaves it. Returns false if
 * there is none: the cluster does not exist, or the node does not depend on it. */
static bool find_cluster_argument(const KubeadmNode *node, const char *name, Value *out) {
    if (value_find(node->object, str_from_cstr(name), out))
        return true;
    const FoundObjects all[] = {call_find_planned(node->call, "kubeadm_init"),
                                call_find_objects(node->call, "kubeadm_init")};
    for (size_t i = 0; i < ARRAY_COUNT(all); i++) {
        vec_each(&all[i], init) {
            *out = object_attribute(init->object, name);
            if (str_equal(object_text(init->object, "endpoint", STR_EMPTY), node->endpoint))
                return true;
        }
    }
    return false;
}

static bool accepts_cgroup1(const KubeadmNode *node) {
    Path field = path_attribute((Path){0}, STR("failCgroupV1"), node->call->arena);
    Value kubelet, fails = value_null(&TYPE_DYNAMIC);
    return find_cluster_argument(node, "kubelet", &kubelet) && value_is_present(kubelet) &&
           path_get(kubelet, field, &fails) && value_is_present(fails) &&
           fails.type->kind == KIND_BOOL && !value_is_true(fails);
}

static bool needs_other_cgroup(KubeVersion version, Str cgroup) {
    return kube_release_needs_cgroup2(version) && cgroup.len &&
           !str_equal(cgroup, STR("cgroup2fs"));
}

Str kubeadm_node_ignored_check(const KubeadmNode *node, KubeVersion version) {
    return needs_other_cgroup(version, node->cgroup) && accepts_cgroup1(node)
               ? STR("SystemVerification")
               : STR_EMPTY;
}

bool kubeadm_node_check_cgroup(const KubeadmNode *node, Str cgroup, Diags *diags) {
    KubeVersion version;
    if (!kube_version_parse(object_text(node->object, "kubernetes_version", STR_EMPTY), &version) ||
        !needs_other_cgroup(version, cgroup))
        return true;
    /* The machine may be that of another control plane. */
    bool is_own = str_equal(object_text(node->object, "host", STR_EMPTY), node->link->target.host);
    Path path =
        is_own ? PATH_AT(node->call, {"host"}) : PATH_AT(node->call, {"kubernetes_version"});
    if (accepts_cgroup1(node)) {
        path_warning(node->call, path, diags, "Machine with cgroup v1",
                     "%.*s has cgroup v1, which Kubernetes is about to give up. Use a system with "
                     "cgroup v2.",
                     STR_ARG(node->link->target.host));
        return true;
    }
    return path_error(node->call, path, diags, "Machine with cgroup v1",
                      "%.*s has cgroup v1, on which the kubelet of Kubernetes %.*s does not start. "
                      "Use a system with cgroup v2; or accept version 1 for all nodes with "
                      "\"failCgroupV1: false\" in \"kubelet\".",
                      STR_ARG(node->link->target.host),
                      STR_ARG(kube_version_text(version, node->call->arena)));
}

bool kubeadm_node_plan_cgroup(const Call *call, Value planned, Diags *diags) {
    SCOPED(SshLink) link = {0};
    KubeadmNode node = {.call = call,
                        .object = planned,
                        .link = &link,
                        .endpoint = object_text(planned, "endpoint", STR_EMPTY)};
    Diags ignored = diags_new(call->arena);
    HostLook look;
    KubeVersion version;
    Value kubelet;
    if (!call->is_planning || !object_has(planned, "host") || !node.endpoint.len ||
        call_loses(call, object_text(planned, "host", STR_EMPTY)) ||
        !kube_version_parse(object_text(planned, "kubernetes_version", STR_EMPTY), &version) ||
        !kube_release_needs_cgroup2(version) ||
        !find_cluster_argument(&node, "kubelet", &kubelet) || !value_is_wholly_known(kubelet) ||
        !ssh_client_link(call, planned, &link, &ignored))
        return true;
    ssh_client_limit_to_plan(&link);
    return !host_look(&link, NULL, &look, &ignored) ||
           kubeadm_node_check_cgroup(&node, look.facts.cgroup, diags);
}

static bool check_part(const KubeadmNode *node, const HostFacts *facts, KubeadmPart part,
                       Diags *diags) {
    const Call *call = node->call;
    if (host_facts_is_foreign(facts, node->pki.ca.certificate))
        return path_error(
            call, PATH_AT(call, {"host"}), diags, "Machine of another cluster",
            "%.*s belongs to a cluster with another certificate authority. loam does "
            "not reset machines of other clusters. Run \"kubeadm reset\" there and remove "
            "/etc/kubernetes, or use another machine.",
            STR_ARG(node->link->target.host));
    return part != KUBEADM_PART_OTHER ||
           path_error(call, PATH_AT(call, {"host"}), diags, "Machine is a node already",
                      "%.*s has the files of a node that this object did not make. Run \"kubeadm "
                      "reset\" there, or use another machine.",
                      STR_ARG(node->link->target.host));
}

bool kubeadm_node_prepare(KubeadmNode *node, KubeadmPart *part, Diags *diags) {
    HostLook look;
    if (!host_look(node->link, NULL, &look, diags))
        return false;
    *part = kubeadm_node_part(node, &look.facts);
    node->runtime = host_facts_runtime(&look.facts);
    node->cgroup = look.facts.cgroup;
    node->identity = node_identity_of(&look.facts, node->name, node->address);
    if (!check_part(node, &look.facts, *part, diags) || !check_clock(node, look.skew_ms, diags))
        return false;
    Str former = read_mark(node, &look.facts).id;
    if (*part == KUBEADM_PART_NODE) {
        node->id = former;
        return true;
    }
    if (!check_kubeadm(node, &look.facts, diags))
        return false;
    if (*part == KUBEADM_PART_BROKEN) {
        node->former = former;
        return kubeadm_step_reset(node->link, former.len ? former : node->id, diags);
    }
    const StrVec *markers = &look.facts.steps;
    if (kubeadm_step_has_reset(markers, node->id))
        kubeadm_step_end_reset(node->link, node->id);
    return !str_is_among(node->id, markers->items, markers->count) ||
           remote_step_remove(node->link, node->id, diags);
}

/* Configurations. */

static Value kubeadm_node_argument_of(const Type *type, const char *name, Str value, Arena *arena) {
    ObjectBuilder builder = object_builder_null(type, arena);
    object_builder_set_text(&builder, "name", str_from_cstr(name), arena);
    object_builder_set_text(&builder, "value", value, arena);
    return object_builder_value(&builder);
}

/* Adds --node-ip, unless the user gives it. */
static Value kubelet_arguments(const KubeadmNode *node, Value registration) {
    Arena *arena = node->call->arena;
    const Type *list = object_attribute_type(registration.type, "kubelet_extra_args");
    ValueVec items = {0};
    bool has_address = false;
    for (size_t i = 0; i < nested_list_count(registration, "kubelet_extra_args"); i++) {
        Value item = nested_list_at(registration, "kubelet_extra_args", i);
        has_address |= str_equal(object_text(item, "name", STR_EMPTY), STR("node-ip"));
        vec_push(arena, &items, item);
    }
    if (!has_address)
        vec_push(arena, &items,
                 kubeadm_node_argument_of(list->element, "node-ip", node->address, arena));
    return nested_list_value(list, &items, arena);
}

static Value taints_of(const KubeadmNode *node, const Type *list) {
    Arena *arena = node->call->arena;
    ValueVec items = {0};
    for (size_t i = 0; i < nested_list_count(node->object, "taints"); i++) {
        Value given = nested_list_at(node->object, "taints", i);
        ObjectBuilder builder = object_builder_null(list->element, arena);
        object_builder_set(&builder, "key", object_attribute(given, "key"));
        object_builder_set(&builder, "value", object_attribute(given, "value"));
        object_builder_set(&builder, "effect", object_attribute(given, "effect"));
        vec_push(arena, &items, object_builder_value(&builder));
    }
    return nested_list_value(list, &items, arena);
}

/* Adds the check that must not fail to those of the user. */
static Value ignored_checks(const KubeadmNode *node, Value registration) {
    Arena *arena = node->call->arena;
    Value given = object_attribute(registration, "ignore_preflight_errors");
    KubeVersion version;
    ValueVec items = {0};
    Str own =
        kube_version_parse(object_text(node->object, "kubernetes_version", STR_EMPTY), &version)
            ? kubeadm_node_ignored_check(node, version)
            : STR_EMPTY;
    for (size_t i = 0; value_is_present(given) && i < given.count; i++) {
        Str name = value_text(value_at(given, i));
        /* kubeadm rejects "all" beside names. */
        if (str_equal(name, own) || str_equal(name, STR("all")))
            own = STR_EMPTY;
        vec_push(arena, &items, value_at(given, i));
    }
    if (!own.len)
        return given;
    vec_push(arena, &items, value_from_str(own));
    return nested_list_value(given.type, &items, arena);
}

Value kubeadm_node_registration(const KubeadmNode *node, Value registration) {
    Arena *arena = node->call->arena;
    ObjectBuilder builder = object_builder_of(registration, arena);
    object_builder_set_text(&builder, "name", node->name, arena);
    if (!object_has(registration, "cri_socket"))
        object_builder_set(&builder, "cri_socket",
                           value_from_str(node_runtime_url(node->runtime, arena)));
    object_builder_set(&builder, "kubelet_extra_args", kubelet_arguments(node, registration));
    object_builder_set(&builder, "ignore_preflight_errors", ignored_checks(node, registration));
    if (object_has(node->object, "taints"))
        object_builder_set(&builder, "taints",
                           taints_of(node, object_attribute_type(registration.type, "taints")));
    return object_builder_value(&builder);
}

Value kubeadm_node_argument(Value object, Arena *arena) {
    Value found;
    bool is_init = value_find(object, STR("init"), &found);
    return object_nested(object, is_init ? "init" : "join", arena);
}

StrVec kubeadm_node_addresses(const KubeadmNode *node) {
    Arena *arena = node->call->arena;
    StrVec addresses = {0};
    Value part = kubeadm_node_argument(node->object, arena);
    Value registration = object_nested(part, "node_registration", arena);
    vec_push(arena, &addresses, node->address);
    for (size_t i = 0; i < nested_list_count(registration, "kubelet_extra_args"); i++) {
        Value item = nested_list_at(registration, "kubelet_extra_args", i);
        Str address, rest = object_text(item, "value", STR_EMPTY);
        if (!str_equal(object_text(item, "name", STR_EMPTY), STR("node-ip")))
            continue;
        while (rest.len && str_next_field(&rest, ',', &address))
            vec_push(arena, &addresses, str_trim(address));
    }
    return addresses;
}

Str kubeadm_node_etcd_directory(const KubeadmNode *node) {
    Value cluster;
    if (!node->is_control_plane)
        return STR_EMPTY;
    if (!find_cluster_argument(node, "cluster", &cluster) || !value_is_present(cluster))
        return STR(ETCD_DEFAULT);
    Value etcd = object_nested(cluster, "etcd", node->call->arena);
    Value local = object_nested(etcd, "local", node->call->arena);
    return object_has(etcd, "external") ? STR_EMPTY
                                        : object_text(local, "data_dir", STR(ETCD_DEFAULT));
}

bool kubeadm_node_leave_in_doubt(ApplyResponse *response) {
    response->state = value_null(response->state.type);
    response->in_doubt = true;
    return false;
}

bool kubeadm_node_approve(const KubeadmNode *node, const ClusterApi *api, Value found,
                          Diags *diags) {
    ServingNode serving = {.name = node->name,
                           .addresses = kubeadm_node_addresses(node),
                           .since = kube_object_text(found, "metadata", "creationTimestamp")};
    return serving_wait_approve(node->call, api, &serving, node->link, diags);
}

Value kubeadm_node_endpoint(const KubeadmNode *node, Value endpoint) {
    if (object_has(endpoint, "advertise_address"))
        return endpoint;
    return object_with_text(endpoint, "advertise_address", node->address, node->call->arena);
}

static Value local_endpoint(Value object, Arena *arena) {
    Value found;
    Value part = value_find(object, STR("init"), &found)
                     ? object_nested(object, "init", arena)
                     : object_nested(object_nested(object, "join", arena), "control_plane", arena);
    return object_nested(part, "local_api_endpoint", arena);
}

Str kubeadm_node_own_endpoint(const KubeadmNode *node) {
    Arena *arena = node->call->arena;
    int64_t port = object_int(local_endpoint(node->object, arena), "bind_port", PORT_DEFAULT);
    return ssh_endpoint(node->address, (uint16_t)port, arena);
}

bool kubeadm_node_api(const KubeadmNode *node, ClusterApi *out, Diags *diags) {
    return cluster_api_open(node->call, node->via, node->via_endpoint, &node->pki.ca, out, diags);
}

bool kubeadm_node_own_api(const KubeadmNode *node, ClusterApi *out, Diags *diags) {
    KubeadmNode own = *node;
    own.via_endpoint = kubeadm_node_own_endpoint(node);
    return kubeadm_node_api(&own, out, diags);
}

bool kubeadm_node_reopen(const KubeadmNode *node, ClusterApi *api, Diags *diags) {
    cluster_api_release(api);
    return kubeadm_node_api(node, api, diags);
}

bool kubeadm_node_is_same_machine(Value a, Value b) {
    return str_equal(object_text(a, "host", STR_EMPTY), object_text(b, "host", STR_EMPTY)) &&
           !object_differs(a, b, "port");
}

int64_t kubeadm_node_max_unavailable(Value object) {
    return object_int(object, "max_unavailable", 1);
}

void kubeadm_node_limit(const Call *call, Value object, bool is_control_plane,
                        LimitsResponse *response) {
    Str endpoint = object_text(object, "endpoint", STR_EMPTY);
    Str key = str_format(call->arena, "%s of %.*s", is_control_plane ? "control planes" : "workers",
                         STR_ARG(endpoint));
    int64_t capacity = is_control_plane ? 1 : kubeadm_node_max_unavailable(object);
    Limit limit = {.key = key, .capacity = (uint32_t)capacity};
    vec_push(call->arena, &response->limits, limit);
}
