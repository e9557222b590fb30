/* kubeadm_member: token, etcd and kubeadm in the order of a join; drain, etcd and reset in that of
 * a removal. */
#include "kubeadm_member.h"
#include "bootstrap_token.h"
#include "control_plane_step.h"
#include "etcd_members.h"
#include "kube_object.h"
#include "kubeadm_certificates.h"
#include "kubeadm_document.h"
#include "kubeadm_encryption.h"
#include "kubeadm_files.h"
#include "kubeadm_kubelet.h"
#include "kubeadm_peer.h"
#include "kubeadm_schema.h"
#include "kubeadm_step.h"
#include "kubelet_step.h"
#include "nested_list.h"
#include "node_drain.h"
#include "node_object.h"
#include "path_error.h"

static Value discovery_of(const KubeadmNode *node, Value discovery, const BootstrapToken *token) {
    Arena *arena = node->call->arena;
    StrVec hashes = {0};
    vec_push(arena, &hashes, pki_discovery_hash(node->pki.ca.certificate, arena));
    ObjectBuilder by_token =
        object_builder_of(object_nested(discovery, "bootstrap_token", arena), arena);
    object_builder_set_text(&by_token, "token", token->text, arena);
    object_builder_set_text(&by_token, "api_server_endpoint", node->endpoint, arena);
    object_builder_set(&by_token, "ca_cert_hashes", nested_list_of_texts(&hashes, arena));
    return object_with(discovery, "bootstrap_token", object_builder_value(&by_token), arena);
}

static Str join_config(const KubeadmNode *node, Value join, const BootstrapToken *token) {
    Arena *arena = node->call->arena;
    ObjectBuilder builder = object_builder_of(join, arena);
    Value discovery = object_nested(join, "discovery", arena);
    Value registration = object_nested(join, "node_registration", arena);
    object_builder_set(&builder, "node_registration",
                       kubeadm_node_registration(node, registration));
    object_builder_set(&builder, "discovery", discovery_of(node, discovery, token));
    if (value_is_present(kubeadm_kubelet_patch(node->object))) {
        Value patches = object_nested(join, "patches", arena);
        object_builder_set(
            &builder, "patches",
            object_with_text(patches, "directory", STR(KUBELET_STEP_PATCHES), arena));
    }
    if (node->is_control_plane) {
        Value part = object_nested(join, "control_plane", arena);
        ObjectBuilder control_plane = object_builder_of(part, arena);
        Value endpoint = object_nested(part, "local_api_endpoint", arena);
        object_builder_set(&control_plane, "local_api_endpoint",
                           kubeadm_node_endpoint(node, endpoint));
        object_builder_set(&builder, "control_plane", object_builder_value(&control_plane));
    }
    StrBuf out = strbuf_new(arena);
    kubeadm_document_add(&out, KUBEADM_API_VERSION, "JoinConfiguration",
                         kubeadm_document_fields(object_builder_value(&builder), arena), arena);
    return strbuf_str(&out);
}

/* Other control planes, through which requests go when the machine of the node does not respond. */

/* Returns why the API server is not ready; empty if it is. */
static Str try_api(const KubeadmNode *node) {
    SCOPED(ClusterApi) api = {0};
    Diags problems = diags_new(node->call->arena);
    if (!kubeadm_node_api(node, &api, &problems))
        return problems.items[0].detail;
    return cluster_api_is_ready(&api) ? STR_EMPTY : STR("its API server is not ready");
}

static Str try_peer(KubeadmNode *node, Value object, SshLink *link) {
    KubeadmNode peer;
    Diags problems = diags_new(node->call->arena);
    if (!kubeadm_node_open(node->call, object, STR_EMPTY, link, &peer, &problems))
        return problems.items[0].detail;
    ssh_client_limit_connections_to_plan(link);
    node->via = link;
    node->via_endpoint = kubeadm_node_own_endpoint(&peer);
    return try_api(node);
}

static void peer_note(StrBuf *out, Str name, Str problem) {
    strbuf_add_format(out, "\n%.*s: %.*s", STR_ARG(name), STR_ARG(problem));
}

/* Finds a control plane whose API server is ready, among the other objects of the state, and sets
 * `via` of the node; else tries the endpoint without a machine. Adds an error if none is ready. The
 * caller releases *link, which the node refers to. */
static bool find_peer(KubeadmNode *node, SshLink *link, Diags *diags) {
    const Call *call = node->call;
    StrBuf tried = strbuf_new(call->arena);
    FoundObjects peers = kubeadm_peer_find(node->call, node->endpoint);
    vec_each(&peers, peer) {
        if (!kubeadm_peer_is_control_plane(peer->object) ||
            str_equal(object_text(peer->object, "node_name", STR_EMPTY), node->name))
            continue;
        Str problem = try_peer(node, peer->object, link);
        if (!problem.len)
            return true;
        peer_note(&tried, peer->address, problem);
        ssh_client_release(link);
    }
    node->via = NULL;
    node->via_endpoint = node->endpoint;
    Str problem = try_api(node);
    if (!problem.len)
        return true;
    peer_note(&tried, node->endpoint, problem);
    return path_error(call, NO_PATH, diags, "No control plane of the cluster responds",
                      "%.*s does not respond, so the requests that remove the node \"%.*s\" need "
                      "another control plane. Repair one and apply again, or delete the whole "
                      "cluster. To leave the node in the cluster, run \"loam state rm '%.*s'\"."
                      "%.*s",
                      STR_ARG(node->link->target.host), STR_ARG(node->name), STR_ARG(call->address),
                      STR_ARG(strbuf_str(&tried)));
}

/* etcd. */

/* Reads the members of etcd from another control plane; *has_one is false if there is none. */
static bool read_etcd(const KubeadmNode *node, const ClusterApi *api, EtcdGateway *out,
                      EtcdNodes *nodes, bool *has_one, Diags *diags) {
    StrVec addresses = {0};
    Diags problems = diags_new(node->call->arena);
    if (!node_object_control_planes(api, node->name, &addresses, diags))
        return false;
    *has_one = addresses.count > 0;
    /* A control plane may be listed and not respond. */
    vec_each(&addresses, address) {
        if (!etcd_gateway_open(node->call, node->via, *address, &node->pki.etcd_ca, out, diags))
            return false;
        problems = diags_new(node->call->arena);
        *nodes = (EtcdNodes){0};
        if (etcd_members_list(out, nodes, &problems))
            return true;
    }
    diags_append(diags, &problems);
    return !*has_one;
}

static const EtcdNode *own_member(const KubeadmNode *node, const EtcdNodes *nodes) {
    const EtcdNode *own = etcd_members_find(nodes, node->address);
    return own || !node->former_address.len ? own : etcd_members_find(nodes, node->former_address);
}

/* Adds an error if the others would lose their quorum without this machine. */
static bool check_removal(const KubeadmNode *node, const EtcdNodes *nodes, Diags *diags) {
    const EtcdNode *own = own_member(node, nodes);
    EtcdMembers members = etcd_members_of(nodes, node->call->arena);
    Str problem = own ? etcd_quorum_check_removal(&members, own->member.peer_url, node->call->arena)
                      : STR_EMPTY;
    return !problem.len || path_error(node->call, NO_PATH, diags, "Member of etcd not removed",
                                      "%.*s", STR_ARG(problem));
}

static bool check_last(const KubeadmNode *node, bool has_other, Diags *diags) {
    return has_other || path_error(node->call, NO_PATH, diags, "Last control plane",
                                   "\"%.*s\" is the last control plane of its cluster. Add another "
                                   "one first, or delete the cluster.",
                                   STR_ARG(node->name));
}

static bool remove_member(const KubeadmNode *node, const EtcdGateway *etcd, const EtcdNodes *nodes,
                          Diags *diags) {
    const EtcdNode *own = own_member(node, nodes);
    return !own || (check_removal(node, nodes, diags) && etcd_members_remove(etcd, own->id, diags));
}

/* A member of an earlier attempt is removed; then all others must be healthy. */
static bool prepare_etcd(const KubeadmNode *node, const ClusterApi *api, Diags *diags) {
    Arena *arena = node->call->arena;
    EtcdGateway etcd;
    EtcdNodes nodes = {0}, others = {0};
    bool has_one = false;
    if (!read_etcd(node, api, &etcd, &nodes, &has_one, diags))
        return false;
    if (!has_one)
        return true;
    if (!remove_member(node, &etcd, &nodes, diags))
        return false;
    const EtcdNode *own = own_member(node, &nodes);
    vec_each(&nodes, member) {
        if (member != own)
            vec_push(arena, &others, *member);
    }
    EtcdMembers members = etcd_members_of(&others, arena);
    Str problem = etcd_quorum_check_join(&members, arena);
    return !problem.len || path_error(node->call, NO_PATH, diags, "etcd not ready for a new member",
                                      "%.*s", STR_ARG(problem));
}

static bool leave_etcd(const KubeadmNode *node, const ClusterApi *api, Diags *diags) {
    EtcdGateway etcd;
    EtcdNodes nodes = {0};
    bool has_one = false;
    return read_etcd(node, api, &etcd, &nodes, &has_one, diags) &&
           check_last(node, has_one, diags) && remove_member(node, &etcd, &nodes, diags);
}

/* Opens requests through the machine, or through another one if it does not respond. */
static bool open_any(KubeadmNode *node, SshLink *peer, ClusterApi *api, Diags *diags) {
    if (kubeadm_node_api(node, api, diags) && cluster_api_is_ready(api))
        return true;
    cluster_api_release(api);
    return find_peer(node, peer, diags) && kubeadm_node_api(node, api, diags);
}

bool kubeadm_member_check_leave(const KubeadmNode *node, Diags *diags) {
    SCOPED(SshLink) peer = {0};
    SCOPED(ClusterApi) api = {0};
    KubeadmNode any = *node;
    EtcdGateway etcd;
    EtcdNodes nodes = {0};
    Diags ignored = diags_new(node->call->arena);
    bool has_one = false;
    if (!open_any(&any, &peer, &api, &ignored) ||
        !read_etcd(&any, &api, &etcd, &nodes, &has_one, &ignored))
        return true;
    return check_last(node, has_one, diags) && check_removal(node, &nodes, diags);
}

/* Joins. */

/* Deletes the Node of a former machine or attempt: kubeadm rejects a join whose Node is ready. */
static bool delete_former_node(const KubeadmNode *node, const ClusterApi *api, Diags *diags) {
    Value found;
    if (!node_object_read(api, node->name, &found, diags))
        return false;
    if (!value_is_present(found))
        return true;
    Str address = node_object_address(found);
    if (!address.len || str_equal(address, node->address) ||
        str_equal(address, node->former_address))
        return node_object_delete(api, node->name, diags);
    return path_error(node->call, PATH_AT(node->call, {"node_name"}), diags, "Node exists",
                      "The cluster has a node \"%.*s\" with the address %.*s. Choose another name, "
                      "or delete that node.",
                      STR_ARG(node->name), STR_ARG(address));
}

static ClusterNode stored_identity(Value object) {
    return (ClusterNode){
        .name = object_text(object, "node_name", STR_EMPTY),
        .machine_id = object_text(object, "machine_id", STR_EMPTY),
        .hostname = object_text(object, "hostname", STR_EMPTY),
        .mac = object_text(object, "mac_address", STR_EMPTY),
    };
}

/* Compares the machine with all nodes of the cluster, with other joins, and with the state. Call it
 * after the token is stored: of two joins at once, at least one sees the other. */
static bool member_check_identity(const KubeadmNode *node, const ClusterApi *api, Diags *diags) {
    Arena *arena = node->call->arena;
    ClusterNodes others = {0};
    FoundObjects peers = kubeadm_peer_find(node->call, node->endpoint);
    if (!node_identity_list(api, &others, diags))
        return false;
    vec_each(&peers, peer) {
        vec_push(arena, &others, stored_identity(peer->object));
    }
    vec_each(&others, other) {
        Str problem = cluster_check_distinct(&node->identity, other, arena);
        if (problem.len)
            return path_error(node->call, PATH_AT(node->call, {"host"}), diags,
                              "Two nodes with one identity", "%.*s", STR_ARG(problem));
    }
    return true;
}

bool kubeadm_member_place_files(const KubeadmNode *node, Diags *diags) {
    Value files = value_null(&TYPE_DYNAMIC), init = node->object;
    FoundObjects found = call_find_objects(node->call, "kubeadm_init");
    bool is_found = value_find(node->object, STR("files"), &files);
    for (size_t i = 0; !is_found && i < found.count; i++) {
        init = found.items[i].object;
        is_found = str_equal(object_text(init, "endpoint", STR_EMPTY), node->endpoint);
    }
    if (is_found)
        files = object_attribute(kubeadm_encryption_object(init, node->call->arena), "files");
    if (is_found && !kubeadm_encryption_check_plugins(node, init, diags))
        return false;
    Str lines = STR_EMPTY;
    return !value_is_present(files) || (kubeadm_files_lines(node, files, &lines, diags) &&
                                        control_plane_step_place(node->link, lines, diags));
}

static bool place_patch(const KubeadmNode *node, Diags *diags) {
    Value patch = kubeadm_kubelet_patch(node->object);
    return !value_is_present(patch) || kubelet_step_place(node->link, patch, diags);
}

bool kubeadm_member_join(const KubeadmNode *node, Value join, bool *may_exist, Diags *diags) {
    SCOPED(ClusterApi) api = {0};
    BootstrapToken token = bootstrap_token_make(node->id, node->call->arena);
    if (!kubeadm_node_api(node, &api, diags) ||
        !cluster_api_wait(node->call, &api, KUBEADM_NODE_READY_MS, diags))
        return false;
    if (!delete_former_node(node, &api, diags))
        return false;
    if (node->is_control_plane &&
        (!prepare_etcd(node, &api, diags) || !node_pki_place(node->link, &node->pki, diags) ||
         !kubeadm_member_place_files(node, diags)))
        return false;
    if (!place_patch(node, diags))
        return false;
    if (node->former.len)
        bootstrap_token_delete(node->call, &api, node->former, diags);
    if (!bootstrap_token_store(node->call, &api, &token,
                               node_identity_annotations(&node->identity, node->call->arena),
                               diags))
        return false;
    if (!member_check_identity(node, &api, diags)) {
        bootstrap_token_delete(node->call, &api, node->id, diags);
        return false;
    }
    bootstrap_token_wait(node->call, &api, &token);
    KubeadmStep step = {.id = node->id,
                        .verb = "join",
                        .config = join_config(node, join, &token),
                        .mark = kubeadm_node_mark(node),
                        .etcd_directory = kubeadm_node_etcd_directory(node)};
    KubeadmResult result = kubeadm_step_run(node->link, &step, diags);
    *may_exist = result == KUBEADM_UNREACHABLE && node->link->may_have_run;
    /* After a lost connection the step may still need its token. */
    if (!*may_exist && kubeadm_node_reopen(node, &api, diags))
        bootstrap_token_delete(node->call, &api, node->id, diags);
    return result == KUBEADM_DONE;
}

bool kubeadm_member_finish(const KubeadmNode *node, const ClusterApi *api, Value *out,
                           Diags *diags) {
    Arena *arena = node->call->arena;
    Value found;
    NodeMetadata metadata = {
        .prior_labels = value_null(&TYPE_MAP_OF_STRING),
        .labels = object_attribute(node->object, "labels"),
        .prior_annotations = value_null(&TYPE_MAP_OF_STRING),
        .annotations = object_attribute(node->object, "annotations"),
    };
    ObjectBuilder builder = kubeadm_node_made(node, &node->identity);
    *out = object_builder_value(&builder);
    if (!kubeadm_certificates_read(node, &builder, diags))
        return false;
    if (!node_object_wait(node->call, api, node->name, &found, diags))
        return false;
    object_builder_set_optional(&builder, "pod_cidr", kube_object_text(found, "spec", "podCIDR"),
                                arena);
    *out = object_builder_value(&builder);
    return node_object_set(api, node->name, &metadata, diags) &&
           kubeadm_node_approve(node, api, found, diags) &&
           kubeadm_certificates_start_timer(node, diags);
}

static bool member_is_changed(Value prior, Value planned, const char *name) {
    return object_differs(prior, planned, name);
}

bool kubeadm_member_update(const KubeadmNode *node, Value prior, Diags *diags) {
    bool changes_taints = member_is_changed(prior, node->object, "taints");
    SCOPED(ClusterApi) api = {0};
    NodeMetadata metadata = {
        .prior_labels = object_attribute(prior, "labels"),
        .labels = object_attribute(node->object, "labels"),
        .prior_annotations = object_attribute(prior, "annotations"),
        .annotations = object_attribute(node->object, "annotations"),
    };
    if (!changes_taints && !member_is_changed(prior, node->object, "labels") &&
        !member_is_changed(prior, node->object, "annotations"))
        return true;
    if (!kubeadm_node_api(node, &api, diags) ||
        !node_object_set(&api, node->name, &metadata, diags))
        return false;
    return !changes_taints || node_object_taint(&api, node->name, object_attribute(prior, "taints"),
                                                object_attribute(node->object, "taints"), diags);
}

/* Removals. */

typedef struct Machine {
    bool responds;
    KubeadmPart part;
    bool has_kubelet; /* false after a reset has begun */
} Machine;

static bool report_unreachable(const KubeadmNode *node, Str problem, Diags *diags) {
    return path_error(
        node->call, PATH_AT(node->call, {"host"}), diags, "Machine does not respond",
        "The node \"%.*s\" was not removed, because %.*s does not respond%s%.*s, and this plan "
        "does not delete that machine. Start the machine and apply again. If it is lost, delete "
        "its own resource in the same plan; or set \"delete_unreachable\" to true, apply this "
        "object "
        "alone with \"-target='%.*s'\", and delete it then. To leave the node as it is, run "
        "\"loam state rm '%.*s'\".",
        STR_ARG(node->name), STR_ARG(node->link->target.host), problem.len ? ": " : "",
        STR_ARG(problem), STR_ARG(node->call->address), STR_ARG(node->call->address));
}

/* Only a machine that is lost may fail to respond: the plan deletes or replaces it, it is gone, or
 * the user says so. Then loam waits no longer than in a plan. */
static bool member_look_at(const KubeadmNode *node, Machine *out, Diags *diags) {
    const Call *call = node->call;
    HostLook look;
    SshProblem problem = {0};
    bool is_valid = false;
    bool is_lost = call_loses(call, node->address) || call_loses(call, node->link->target.host);
    bool may_be_lost = is_lost || object_bool(node->object, "delete_unreachable", false);
    if (may_be_lost)
        ssh_client_limit_connections_to_plan(node->link);
    call_progress(call, 0, 0,
                  str_to_cstr(str_format(call->arena, "waiting for a response of %.*s (%.*s)",
                                         STR_ARG(node->name), STR_ARG(node->link->target.host)),
                              call->arena));
    SshStatus status = host_look_try(node->link, NULL, &look, &is_valid, &problem, diags);
    *out = (Machine){.part = KUBEADM_PART_NONE};
    if (status == SSH_DONE) {
        out->responds = true;
        out->part = kubeadm_node_part(node, &look.facts);
        out->has_kubelet =
            out->part != KUBEADM_PART_NONE && !kubeadm_step_has_reset(&look.facts.steps, node->id);
        return is_valid;
    }
    bool is_unreachable = ssh_client_is_unreachable(node->link, status);
    /* Another machine may have the address of a lost one already. */
    if (status != SSH_CANCELLED && (is_lost || (may_be_lost && is_unreachable)))
        return true;
    if (is_unreachable)
        return report_unreachable(node, problem.text, diags);
    ssh_client_report(node->link, status, problem, diags);
    return false;
}

static void warn_unreachable(const KubeadmNode *node, Diags *diags) {
    path_warning(node->call, NO_PATH, diags, "Machine not reset",
                 "%.*s does not respond, so its files of the cluster stay. Do not use it as a node "
                 "again before \"kubeadm reset\".",
                 STR_ARG(node->link->target.host));
}

/* Pods can leave only a node whose kubelet runs; those of a lost machine end with their Node. */
static bool member_drain(const KubeadmNode *node, const ClusterApi *api, const Machine *machine,
                         Diags *diags) {
    bool has_kubelet = machine->responds ? machine->has_kubelet
                                         : node_object_stays_ready(node->call, api, node->name);
    return !has_kubelet || node_drain(node->call, api, node->name, NODE_DRAIN_MS, diags);
}

/* The marker of the reset is removed last: until then a plan continues an interrupted removal. */
static bool leave_cluster(const KubeadmNode *node, ClusterApi *api, const Machine *machine,
                          Diags *diags) {
    if (!member_drain(node, api, machine, diags))
        return false;
    if (node->is_control_plane && !leave_etcd(node, api, diags))
        return false;
    if (!machine->responds)
        warn_unreachable(node, diags);
    else if (machine->part != KUBEADM_PART_NONE &&
             (!kubeadm_step_begin_reset(node->link, node->id, diags) ||
              !kubeadm_node_reopen(node, api, diags)))
        return false;
    if (!node_object_delete(api, node->name, diags))
        return false;
    if (machine->responds)
        kubeadm_step_end_reset(node->link, node->id);
    return true;
}

bool kubeadm_member_leave(const KubeadmNode *node, Diags *diags) {
    SCOPED(SshLink) peer = {0};
    SCOPED(ClusterApi) api = {0};
    KubeadmNode own = *node;
    Machine machine;
    if (!member_look_at(node, &machine, diags))
        return false;
    if (machine.part == KUBEADM_PART_OTHER)
        return path_error(
            node->call, NO_PATH, diags, "Machine of another object",
            "%.*s is a node that this object did not make, so loam does not reset it. "
            "To forget this object, run \"loam state rm '%.*s'\".",
            STR_ARG(node->link->target.host), STR_ARG(node->call->address));
    if (!machine.responds && !find_peer(&own, &peer, diags))
        return false;
    return kubeadm_node_api(&own, &api, diags) && leave_cluster(&own, &api, &machine, diags);
}

bool kubeadm_member_yield(const KubeadmNode *node, Diags *diags) {
    SCOPED(ClusterApi) api = {0};
    Diags ignored = diags_new(node->call->arena);
    StrVec others = {0};
    Machine machine;
    if (!member_look_at(node, &machine, diags))
        return false;
    if (!machine.responds || machine.part != KUBEADM_PART_NODE ||
        !kubeadm_node_api(node, &api, &ignored) || !cluster_api_is_ready(&api) ||
        !node_object_control_planes(&api, node->name, &others, &ignored) || !others.count)
        return true;
    return leave_cluster(node, &api, &machine, diags);
}

bool kubeadm_member_discard(const KubeadmNode *node, Diags *diags) {
    Machine machine;
    if (!member_look_at(node, &machine, diags))
        return false;
    if (!machine.responds)
        warn_unreachable(node, diags);
    else if (machine.part == KUBEADM_PART_NODE || machine.part == KUBEADM_PART_BROKEN)
        return kubeadm_step_reset(node->link, node->id, diags);
    return true;
}
