/* kubeadm_change: plan, and the steps of an apply. */
#include "kubeadm_change.h"
#include "base64.h"
#include "change_text.h"
#include "cluster_config.h"
#include "component_change.h"
#include "control_files.h"
#include "control_plane_step.h"
#include "kube_object.h"
#include "kubeadm_document.h"
#include "kubeadm_files.h"
#include "kubeadm_gate.h"
#include "kubeadm_import.h"
#include "kubeadm_kubelet.h"
#include "kubeadm_schema.h"
#include "kubeadm_turn.h"
#include "kubeadm_upgrade.h"
#include "log.h"
#include "object_builder.h"
#include "path_error.h"
#include "proxy_config.h"

#define UNFINISHED         "change_unfinished"
#define REPOSITORY_PATH    "cluster.image_repository"
#define DEFAULT_REPOSITORY "registry.k8s.io"

/* A static pod: its name in manifests begins with "kube-". */
typedef struct Pod {
    const char *pod;
    const char *path;  /* of its arguments */
    const char *flags; /* of its flags */
    ChangeClass class;
} Pod;

static const Pod pods[] = {
    {"apiserver", "cluster.api_server", "cluster.api_server.extra_args", CHANGE_API_SERVER},
    {"controller-manager", "cluster.controller_manager", "cluster.controller_manager.extra_args",
     CHANGE_CONTROLLER_MANAGER},
    {"scheduler", "cluster.scheduler", "cluster.scheduler.extra_args", CHANGE_SCHEDULER},
};

static bool is_possible(ChangeClass class) {
    switch (class) {
    case CHANGE_API_SERVER:
    case CHANGE_CERTIFICATE:
    case CHANGE_CONTROLLER_MANAGER:
    case CHANGE_SCHEDULER:
    case CHANGE_FILES:
    case CHANGE_KUBELET:
    case CHANGE_ETCD:
    case CHANGE_PROXY:
    case CHANGE_NODE:
    case CHANGE_LATER: return true;
    case CHANGE_UPGRADE:
    case CHANGE_FIXED: break;
    }
    return false;
}

/* An import does not know the configuration of its cluster: its first update adopts that of the
 * user, but places the files. kubeadm_kubelet changes what concerns one node. */
static ChangeRows list_changes(const Call *call, Value prior, Value planned) {
    ChangeRows all = change_class_list(prior, planned, call->arena), changes = {0};
    vec_each(&all, change) {
        Path path = change_class_path((*change)->path, call->arena);
        if ((*change)->class == CHANGE_NODE || (*change)->class == CHANGE_UPGRADE)
            continue;
        if (!kubeadm_import_is_new(prior) || (*change)->class == CHANGE_FILES ||
            !value_is_null(value_attribute(prior, path.steps[0].name)))
            vec_push(call->arena, &changes, *change);
    }
    return changes;
}

static bool has_class(const ChangeRows *changes, ChangeClass class) {
    vec_each(changes, change) {
        if ((*change)->class == class)
            return true;
    }
    return false;
}

/* Plan: texts. */

#define ETCD_PATH "cluster.etcd.local"

/* A certificate with names that the configuration gives. */
typedef struct Certificate {
    const char *title;
    const char *path; /* of the argument */
    const char *pair; /* of its files, in the directory of certificates */
    const char *parent;
    const char *field; /* in the ClusterConfiguration */
    bool is_of_etcd;
} Certificate;

static const Certificate certificates[] = {
    {"certificate of kube-apiserver", "cluster.api_server.cert_sans", "apiserver", "apiServer",
     "certSANs", false},
    {"certificate of etcd for clients", "cluster.etcd.local.server_cert_sans", "etcd/server",
     "etcd.local", "serverCertSANs", true},
    {"certificate of etcd for members", "cluster.etcd.local.peer_cert_sans", "etcd/peer",
     "etcd.local", "peerCertSANs", true},
};

/* The provider gets values without marks, so the texts of sensitive ones are replaced. */
static void note_part(const Call *call, PlanResponse *response, const char *part, Str difference,
                      const StrVec *names) {
    Str nodes = str_join(names->items, names->count, STR(", "), call->arena);
    Str text = str_format(call->arena, "%s on %.*s%s:%.*s", part, STR_ARG(nodes),
                          names->count > 1 ? ", one at a time" : "", STR_ARG(difference));
    if (call->secrets)
        text = log_scrub(text, call->secrets, call->arena);
    plan_note(response, NO_PATH, text, call->arena);
}

static bool uses_files(Value object, const Pod *pod, Arena *arena) {
    Value component = change_class_value(object, pod->path);
    return value_is_present(component) && control_files_are_used(component, arena);
}

/* Adds a note for each certificate that changes; returns whether there is one. */
static bool note_certificates(const Call *call, const PlanRequest *request, bool is_of_etcd,
                              const StrVec *names, PlanResponse *response) {
    bool has_one = false;
    for (size_t i = 0; i < ARRAY_COUNT(certificates); i++) {
        Str difference =
            change_text_names(request->prior, request->proposed, certificates[i].path, call->arena);
        if (!difference.len || certificates[i].is_of_etcd != is_of_etcd)
            continue;
        note_part(call, response, certificates[i].title, difference, names);
        has_one = true;
    }
    return has_one;
}

static bool note_etcd(const Call *call, const PlanRequest *request, const StrVec *names,
                      PlanResponse *response) {
    Str difference =
        change_text_component(request->prior, request->proposed, ETCD_PATH, call->arena);
    if (difference.len)
        note_part(call, response, "etcd", difference, names);
    return note_certificates(call, request, true, names, response) || difference.len > 0;
}

/* Another mode leaves rules of the former one, and follows no connection that exists. */
static void note_proxy(const Call *call, const PlanRequest *request, PlanResponse *response,
                       Diags *diags) {
    Value before = object_attribute(request->prior, "kube_proxy");
    Value after = object_attribute(request->proposed, "kube_proxy");
    Arena *arena = call->arena;
    Str text = str_format(arena, "kube-proxy on all nodes:%.*s",
                          STR_ARG(change_text_fields(before, after, arena)));
    StrVec fields = component_change_fields(before, after, arena);
    if (call->secrets)
        text = log_scrub(text, call->secrets, arena);
    plan_note(response, NO_PATH, text, arena);
    if (call->is_planning && str_is_among(STR("mode"), fields.items, fields.count))
        path_warning(call, PATH_AT(call, {"kube_proxy"}), diags, "Connections are cut",
                     "Another mode of kube-proxy cuts connections to Services, on one node after "
                     "the other.");
}

static void note_changes(const Call *call, const PlanRequest *request, const ChangeRows *changes,
                         PlanResponse *response, Diags *diags) {
    Arena *arena = call->arena;
    StrVec names = kubeadm_peer_control_planes(call, request->prior);
    Str files = change_text_files(request->prior, request->proposed, arena);
    bool restarts_server = files.len && uses_files(request->proposed, &pods[0], arena);
    if (files.len)
        note_part(call, response, "files below " CONTROL_FILES_TOP, files, &names);
    for (size_t i = 0; i < ARRAY_COUNT(pods); i++) {
        Str difference =
            change_text_component(request->prior, request->proposed, pods[i].path, arena);
        if (!difference.len)
            continue;
        restarts_server |= pods[i].class == CHANGE_API_SERVER;
        note_part(call, response, str_to_cstr(str_format(arena, "kube-%s", pods[i].pod), arena),
                  difference, &names);
    }
    restarts_server |= note_certificates(call, request, false, &names, response);
    bool restarts_etcd = note_etcd(call, request, &names, response);
    if (has_class(changes, CHANGE_KUBELET))
        kubeadm_kubelet_plan(call, request, response);
    if (has_class(changes, CHANGE_PROXY))
        note_proxy(call, request, response, diags);
    if (names.count == 1 && restarts_etcd)
        plan_note(response, NO_PATH, STR("the API does not respond for up to two minutes"), arena);
    else if (names.count == 1 && restarts_server)
        plan_note(response, NO_PATH, STR("the API does not respond for up to a minute"), arena);
}

/* Plan: errors. */

/* kubeadm writes it on each node, and into objects of the cluster that other nodes read. */
static bool refuse_endpoint(const Call *call, const PlanRequest *request, Diags *diags) {
    return path_error(
        call, PATH_AT(call, {"endpoint"}), diags, "Configuration of an existing cluster",
        "loam does not change the endpoint \"%.*s\" of a cluster that exists. It is in the "
        "kubeconfigs of all nodes (kubelet.conf; on control planes also admin.conf, "
        "super-admin.conf, controller-manager.conf and scheduler.conf), in the certificates of the "
        "API servers, and in the ConfigMaps kubeadm-config and kube-proxy of kube-system and "
        "cluster-info of kube-public. Restore it, and let its name or address lead to the new "
        "place of the API servers: a record of DNS, or an address that the new load balancer "
        "takes over. Names for further clients belong in cluster.api_server.cert_sans. Otherwise "
        "make the cluster anew with \"-replace=%.*s\".",
        STR_ARG(object_text(request->prior, "endpoint", STR_EMPTY)), STR_ARG(call->address));
}

static bool check_possible(const Call *call, const PlanRequest *request, const ChangeRows *changes,
                           Diags *diags) {
    bool is_good = true;
    vec_each(changes, change) {
        const char *path = (*change)->path;
        if (strcmp(path, "endpoint") == 0)
            is_good = refuse_endpoint(call, request, diags);
        else if (!is_possible((*change)->class))
            is_good =
                path_error(call, change_class_path(path, call->arena), diags,
                           "Configuration of an existing cluster",
                           "loam does not change \"%s\" of a cluster that exists. Restore the "
                           "former value, or make the cluster anew with \"-replace=%.*s\".",
                           path, STR_ARG(call->address));
    }
    return is_good;
}

static bool is_upgrade(const PlanRequest *request) {
    KubeVersion from, to;
    return kubeadm_upgrade_versions(request->prior, request->proposed, &from, &to) &&
           kube_version_compare(from, to) != 0;
}

/* An upgrade that ended without a state leaves this. */
static bool runs_from(const Call *call, const PlanRequest *request, Str repository) {
    SCOPED(SshLink) link = {0};
    HostLook look;
    Diags ignored = diags_new(call->arena);
    if (!ssh_client_link(call, request->proposed, &link, &ignored))
        return false;
    if (call->is_planning)
        ssh_client_limit_to_plan(&link);
    return host_look(&link, NULL, &look, &ignored) &&
           str_equal(look.facts.server_repository, repository);
}

static bool check_repository(const Call *call, const PlanRequest *request, Diags *diags) {
    ChangeRows all = change_class_list(request->prior, request->proposed, call->arena);
    Value wanted = change_class_value(request->proposed, REPOSITORY_PATH);
    if (!has_class(&all, CHANGE_UPGRADE) || kubeadm_import_is_new(request->prior) ||
        is_upgrade(request))
        return true;
    Str repository = value_is_present(wanted) ? value_text(wanted) : STR(DEFAULT_REPOSITORY);
    return runs_from(call, request, repository) ||
           path_error(call, change_class_path(REPOSITORY_PATH, call->arena), diags,
                      "Images of an existing cluster",
                      "The cluster gets its images from another registry only with another version "
                      "of Kubernetes, because kubeadm replaces them when it upgrades. Change "
                      "\"kubernetes_version\" in the same apply, or restore the former value.");
}

/* kubeadm would render the manifests of the other version. */
static bool check_alone(const Call *call, const PlanRequest *request, bool joins, Diags *diags) {
    bool upgrades = is_upgrade(request);
    if (!upgrades && !joins)
        return true;
    return path_error(call, PATH_AT(call, {"cluster"}), diags, "Two changes of a cluster at once",
                      "The configuration of the control planes changes%s, and %s. Apply one "
                      "change after the other.",
                      object_bool(request->prior, UNFINISHED, false)
                          ? ", because an earlier change is not finished"
                          : "",
                      upgrades ? "the cluster gets another version of Kubernetes"
                               : "the machine of this object joins the cluster");
}

bool kubeadm_change_plan(const Call *call, const PlanRequest *request, bool joins,
                         PlanResponse *response, Diags *diags) {
    ChangeRows changes = list_changes(call, request->prior, request->proposed);
    bool is_unfinished = object_bool(request->prior, UNFINISHED, false);
    if (!check_possible(call, request, &changes, diags) || !check_repository(call, request, diags))
        return false;
    if ((changes.count || is_unfinished) && !check_alone(call, request, joins, diags))
        return false;
    note_changes(call, request, &changes, response, diags);
    if (!joins && !kubeadm_kubelet_plan_flags(call, request, response, diags))
        return false;
    if (is_unfinished)
        plan_note(response, NO_PATH,
                  STR("completes a change of the configuration that was interrupted"), call->arena);
    return true;
}

bool kubeadm_change_is_certified(const Call *call, Value prior, Value planned) {
    ChangeRows changes = list_changes(call, prior, planned);
    return has_class(&changes, CHANGE_CERTIFICATE) || object_bool(prior, UNFINISHED, false);
}

/* Apply. */

typedef struct Member {
    KubeadmPeer *peer;
    HostLook look;
} Member;

typedef struct CertificateNames {
    StrVec added;   /* that the certificate must have */
    StrVec removed; /* and that it must not have */
} CertificateNames;

typedef struct ConfigChange {
    const Call *call;
    const KubeadmNode *node; /* of the kubeadm_init */
    KubeadmPeers *peers;
    VEC(Member) members; /* the control planes, that of the object first */
    ClusterConfig config;
    ClusterDocuments wanted;
    Str pods;       /* empty: none changes */
    Str file_lines; /* both as in ControlPlaneStep */
    Str file_users;
    CertificateNames names[ARRAY_COUNT(certificates)];
    StrVec kubelet_fields; /* that may differ on a node */
    Value kubelet_given;   /* argument of the object */
    bool has_etcd;         /* whether members of etcd may change */
    bool has_proxy;        /* whether kube-proxy may change */
    bool has_kubelets;     /* whether they may change */
    StrVec changed;        /* names of nodes with the new configuration */
    KubeVersion version;
} ConfigChange;

Str kubeadm_change_init_document(const KubeadmPeer *peer, const NodeRuntime *runtime,
                                 Arena *arena) {
    KubeadmNode node = peer->node;
    Value part = kubeadm_node_argument(node.object, arena), ignored;
    bool is_init = value_find(part, STR("local_api_endpoint"), &ignored);
    Value holder = is_init ? part : object_nested(part, "control_plane", arena);
    ObjectBuilder init = object_builder_empty(&kubeadm_schema_init.schema, arena);
    StrBuf out = strbuf_new(arena);
    node.runtime = runtime;
    object_builder_set(
        &init, "node_registration",
        kubeadm_node_registration(&node, object_nested(part, "node_registration", arena)));
    object_builder_set(
        &init, "local_api_endpoint",
        kubeadm_node_endpoint(&node, object_nested(holder, "local_api_endpoint", arena)));
    object_builder_set(&init, "patches", object_attribute(part, "patches"));
    kubeadm_document_add(&out, KUBEADM_API_VERSION, "InitConfiguration",
                         kubeadm_document_fields(object_builder_value(&init), arena), arena);
    return strbuf_str(&out);
}

static Str init_document(const Member *member, Arena *arena) {
    return kubeadm_change_init_document(member->peer, host_facts_runtime(&member->look.facts),
                                        arena);
}

/* A control plane that an interrupted upgrade has left behind would get the new version with the
 * configuration. */
static bool check_version(const ConfigChange *change, const Member *member, Diags *diags) {
    KubeVersion found;
    Arena *arena = change->call->arena;
    return !kube_version_parse(member->look.facts.server_version, &found) ||
           kube_version_compare(found, change->version) == 0 ||
           path_error(change->call, PATH_AT(change->call, {"cluster"}), diags,
                      "Control planes of several versions",
                      "\"%.*s\" has %.*s and the cluster %.*s. Restore the former configuration, "
                      "complete the upgrade, and change the configuration then.",
                      STR_ARG(member->peer->node.name), STR_ARG(kube_version_text(found, arena)),
                      STR_ARG(kube_version_text(change->version, arena)));
}

static Str pki_directory(Value config) {
    Str found = kube_object_text(config, "", "certificatesDir");
    return found.len ? found : STR(KUBEADM_DEFAULT_PKI);
}

static bool look_at_members(ConfigChange *change, Diags *diags) {
    vec_each(&change->peers->items, peer) {
        Member member = {.peer = *peer};
        if (!(*peer)->node.is_control_plane)
            continue;
        if (!kubeadm_turn_mend(change->peers, *peer, diags) ||
            !host_look(&(*peer)->link, NULL, &member.look, diags) ||
            !check_version(change, &member, diags))
            return false;
        vec_push(change->call->arena, &change->members, member);
    }
    return true;
}

static StrVec names_in(Value config, const Certificate *certificate, Arena *arena) {
    return change_text_list(kube_object_list(config, certificate->parent, certificate->field),
                            arena);
}

static void plan_names(ConfigChange *change, size_t i) {
    Arena *arena = change->call->arena;
    CertificateNames *names = &change->names[i];
    StrVec former = names_in(change->config.former.cluster, &certificates[i], arena);
    StrVec live = names_in(change->config.live.cluster, &certificates[i], arena);
    const StrVec *all[] = {&former, &live};
    names->added = names_in(change->wanted.cluster, &certificates[i], arena);
    for (size_t k = 0; k < ARRAY_COUNT(all); k++) {
        vec_each(all[k], name) {
            if (!str_is_among(*name, names->added.items, names->added.count))
                vec_push(arena, &names->removed, *name);
        }
    }
}

/* What a change concerns. */
typedef struct Scope {
    const ChangeRows *changes;
    Value object; /* planned */
    bool is_unfinished;
} Scope;

static bool concerns(const Scope *scope, ChangeClass class) {
    return scope->is_unfinished || has_class(scope->changes, class);
}

static bool changes_files(const Scope *scope, const Pod *pod, Arena *arena) {
    return concerns(scope, CHANGE_FILES) && uses_files(scope->object, pod, arena);
}

static Str list_pods(const Scope *scope, Arena *arena) {
    StrVec names = {0};
    for (size_t i = 0; i < ARRAY_COUNT(pods); i++) {
        bool is_certified =
            pods[i].class == CHANGE_API_SERVER && has_class(scope->changes, CHANGE_CERTIFICATE);
        if (concerns(scope, pods[i].class) || is_certified || changes_files(scope, &pods[i], arena))
            vec_push(arena, &names, str_from_cstr(pods[i].pod));
    }
    return str_join(names.items, names.count, STR(" "), arena);
}

const char *kubeadm_change_flags(Str pod) {
    for (size_t i = 0; i < ARRAY_COUNT(pods); i++) {
        if (str_equal_cstr(pod, pods[i].pod))
            return pods[i].flags;
    }
    return ETCD_PATH ".extra_args";
}

Str kubeadm_change_pods(const Call *call, Value prior, Value planned) {
    ChangeRows changes = list_changes(call, prior, planned);
    Scope scope = {.changes = &changes, .object = planned};
    Value external = change_class_value(planned, "cluster.etcd.external");
    if (object_bool(prior, UNFINISHED, false))
        return STR_EMPTY;
    Str listed = list_pods(&scope, call->arena);
    if (!has_class(&changes, CHANGE_ETCD) || value_is_present(external))
        return listed;
    return str_concat(listed, listed.len ? STR(" etcd") : STR("etcd"), call->arena);
}

static Str list_users(const Scope *scope, Arena *arena) {
    StrVec names = {0};
    for (size_t i = 0; i < ARRAY_COUNT(pods); i++) {
        if (changes_files(scope, &pods[i], arena))
            vec_push(arena, &names, str_from_cstr(pods[i].pod));
    }
    if (!concerns(scope, CHANGE_FILES))
        return STR_EMPTY;
    return names.count ? str_join(names.items, names.count, STR(" "), arena) : STR("none");
}

/* Sets the volumes of files. */
static Value with_volumes(const Scope *scope, Value wanted, Arena *arena) {
    Value files = object_attribute(scope->object, "files");
    Value cluster = object_nested(scope->object, "cluster", arena);
    for (size_t i = 0; i < ARRAY_COUNT(pods); i++) {
        const char *name = pods[i].path + sizeof "cluster";
        Value component = object_nested(cluster, name, arena);
        wanted = cluster_config_with_volumes(wanted, name,
                                             control_files_volumes(files, component, arena), arena);
    }
    return wanted;
}

/* Returns the certificate of the machine; empty: none. */
static Str find_certificate(const Member *member, const Certificate *certificate, Arena *arena) {
    Str found, path = str_from_cstr(certificate->pair);
    size_t slash = str_find_char(path, '/', 0);
    Str name =
        str_concat(slash == SIZE_MAX ? path : str_after(path, slash + 1), STR(".crt"), arena);
    vec_each(&member->look.facts.certificates, one) {
        if (str_equal(one->name, name) && base64_decode(one->text, &found, arena))
            return found;
    }
    return STR_EMPTY;
}

/* A certificate that has the names already is one that an interrupted run has made. */
static bool needs_certificate(const ConfigChange *change, const Member *member, size_t i) {
    Str certificate = find_certificate(member, &certificates[i], change->call->arena);
    vec_each(&change->names[i].added, name) {
        if (!pki_has_name(certificate, *name))
            return true;
    }
    vec_each(&change->names[i].removed, name) {
        if (pki_has_name(certificate, *name))
            return true;
    }
    return false;
}

static Str needed_pairs(const ConfigChange *change, const Member *member, bool is_of_etcd) {
    Arena *arena = change->call->arena;
    StrVec pairs = {0};
    for (size_t i = 0; i < ARRAY_COUNT(certificates); i++) {
        if (certificates[i].is_of_etcd == is_of_etcd && needs_certificate(change, member, i))
            vec_push(arena, &pairs, str_from_cstr(certificates[i].pair));
    }
    return str_join(pairs.items, pairs.count, STR(" "), arena);
}

static ControlPlaneStep member_step(const ConfigChange *change, const Member *member,
                                    bool is_of_etcd) {
    Arena *arena = change->call->arena;
    const KubeadmNode *node = &member->peer->node;
    return (ControlPlaneStep){
        .id = node->id,
        .config = cluster_config_text(init_document(member, arena), change->wanted.cluster, arena),
        .server = kubeadm_node_own_endpoint(node),
        .pki = pki_directory(change->wanted.cluster),
        .pairs = needed_pairs(change, member, is_of_etcd),
        .limit_ms = kubeadm_turn_limit_ms(change->call, change->members.count),
    };
}

static ChangeOutcome config_change_member(const ConfigChange *change, const Member *member,
                                          Diags *diags) {
    ControlPlaneStep step = member_step(change, member, false);
    step.pods = change->pods;
    step.file_lines = change->file_lines;
    step.file_users = change->file_users;
    return control_plane_step_run(&member->peer->link, &step, diags);
}

static void add_changed(ConfigChange *change, Str name) {
    if (!str_is_among(name, change->changed.items, change->changed.count))
        vec_push(change->call->arena, &change->changed, name);
}

/* After a rollback, which has added an error: the cluster's configuration is the former one, unless
 * a node has the new one. Returns false. */
static bool stop(const ConfigChange *change, Diags *diags) {
    const Member *first = &change->members.items[0];
    Arena *arena = change->call->arena;
    Str init = init_document(first, arena);
    if (change->changed.count)
        return path_error(
            change->call, PATH_AT(change->call, {"cluster"}), diags,
            "Change of the configuration stopped",
            "Nodes with the new configuration: %.*s. Correct the configuration, or "
            "restore the former one, and apply again: that completes the change on "
            "all nodes.",
            STR_ARG(str_join(change->changed.items, change->changed.count, STR(", "), arena)));
    const ClusterDocuments *former = &change->config.former;
    return cluster_config_upload(&first->peer->link, init, former->cluster, diags) &&
           (!change->has_kubelets ||
            cluster_config_upload_kubelet(&first->peer->link, init, former, diags)) &&
           cluster_config_end(&first->peer->link, diags) && false;
}

static void report_member(const ConfigChange *change, const Member *member) {
    Arena *arena = change->call->arena;
    call_progress(
        change->call, 0, 0,
        str_to_cstr(str_format(arena, "configuration of %.*s", STR_ARG(member->peer->node.name)),
                    arena));
}

/* After the step of a control plane: the next one may follow, or the change stops. */
static bool end_member(ConfigChange *change, const Member *member, ChangeOutcome outcome,
                       Diags *diags) {
    if (outcome == CHANGE_STEP_ROLLED_BACK)
        return stop(change, diags);
    if (outcome != CHANGE_STEP_DONE || !kubeadm_turn_pass(change->peers, member->peer, diags))
        return false;
    add_changed(change, member->peer->node.name);
    return true;
}

static bool change_members(ConfigChange *change, Diags *diags) {
    bool is_needed = change->pods.len || change->file_users.len;
    for (size_t i = 0; is_needed && i < change->members.count; i++) {
        const Member *member = &change->members.items[i];
        report_member(change, member);
        if (!end_member(change, member, config_change_member(change, member, diags), diags))
            return false;
    }
    return true;
}

static bool change_etcd_of(void *payload, size_t index, Diags *diags) {
    ConfigChange *change = payload;
    const Member *member = &change->members.items[index];
    ControlPlaneStep step = member_step(change, member, true);
    step.pods = STR("etcd");
    report_member(change, member);
    return end_member(change, member, control_plane_step_run(&member->peer->link, &step, diags),
                      diags);
}

static bool change_etcd(ConfigChange *change, Diags *diags) {
    KubeadmTurn turn = {
        .node = &change->members.items[0].peer->node, .change = change_etcd_of, .payload = change};
    if (!change->has_etcd)
        return true;
    vec_each(&change->members, member)
        vec_push(change->call->arena, &turn.hosts, member->peer->node.address);
    return kubeadm_turn_run(&turn, diags);
}

static bool change_kubelets(ConfigChange *change, Diags *diags) {
    const Member *first = &change->members.items[0];
    Arena *arena = change->call->arena;
    KubeletWish wish = {change->wanted.kubelet, change->kubelet_fields, change->kubelet_given};
    StrVec changed = {0};
    if (!change->has_kubelets)
        return true;
    if (!component_change_is_equal(change->wanted.kubelet, change->config.live.kubelet, arena) &&
        !cluster_config_upload_kubelet(&first->peer->link, init_document(first, arena),
                                       &change->wanted, diags))
        return false;
    ChangeOutcome outcome =
        kubeadm_kubelet_run(change->call, change->peers, &wish, &changed, diags);
    vec_each(&changed, name)
        add_changed(change, *name);
    return outcome == CHANGE_STEP_ROLLED_BACK ? stop(change, diags) : outcome == CHANGE_STEP_DONE;
}

static bool change_proxy(ConfigChange *change, Diags *diags) {
    SCOPED(ClusterApi) api = {0};
    ProxyConfig config = {change->config.former.proxy, change->config.live.proxy,
                          change->wanted.proxy};
    if (!change->has_proxy)
        return true;
    if (!kubeadm_peer_api(change->members.items[0].peer, &api, diags))
        return false;
    ChangeOutcome outcome = proxy_config_run(change->call, &api, &config, diags);
    return outcome == CHANGE_STEP_ROLLED_BACK ? stop(change, diags) : outcome == CHANGE_STEP_DONE;
}

/* kubeadm gives kube-proxy the network of the pods and its access to the API server. An argument
 * that goes, or that sets a part of an object, leaves what kubeadm makes without it. */
static bool make_proxy(ConfigChange *change, Value before, Value after, Diags *diags) {
    const Member *first = &change->members.items[0];
    const ClusterDocuments *former = &change->config.former;
    Arena *arena = change->call->arena;
    StrVec fields = component_change_fields(before, after, arena);
    Str text = cluster_config_text(init_document(first, arena), former->cluster, arena);
    Value made;
    if (!cluster_config_make_proxy(&first->peer->link, text, after, &made, diags))
        return false;
    change->wanted.proxy = component_change_with(former->proxy, &fields, made, arena);
    return true;
}

static bool plan_proxy(ConfigChange *change, const Scope *scope, Value prior, Diags *diags) {
    const ClusterConfig *config = &change->config;
    change->wanted.proxy = config->former.proxy;
    change->has_proxy = concerns(scope, CHANGE_PROXY) && value_is_present(config->live.proxy);
    if (!has_class(scope->changes, CHANGE_PROXY))
        return true;
    if (change->has_proxy)
        return make_proxy(change, object_attribute(prior, "kube_proxy"),
                          object_attribute(scope->object, "kube_proxy"), diags);
    return path_error(change->call, PATH_AT(change->call, {"kube_proxy"}), diags,
                      "Configuration of kube-proxy not read",
                      "The cluster has no ConfigMap \"kube-proxy\" in the namespace "
                      "\"kube-system\": kubeadm did not install kube-proxy.");
}

/* The configuration of kubelets after the change, and the fields that nodes may lack. */
static bool plan_kubelets(ConfigChange *change, const Scope *scope, Value prior, Diags *diags) {
    Arena *arena = change->call->arena;
    const ClusterConfig *config = &change->config;
    change->wanted.kubelet = config->former.kubelet;
    change->kubelet_given = object_attribute(scope->object, "kubelet");
    change->has_kubelets =
        concerns(scope, CHANGE_KUBELET) && value_is_present(config->live.kubelet);
    if (has_class(scope->changes, CHANGE_KUBELET))
        change->wanted.kubelet =
            component_change_apply(config->former.kubelet, object_attribute(prior, "kubelet"),
                                   object_attribute(scope->object, "kubelet"), arena);
    if (has_class(scope->changes, CHANGE_KUBELET) && !change->has_kubelets)
        return path_error(change->call, PATH_AT(change->call, {"kubelet"}), diags,
                          "Configuration of the kubelets not read",
                          "The cluster has no ConfigMap \"kubelet-config\" in the namespace "
                          "\"kube-system\", from which kubelets take their configuration.");
    const Value others[] = {config->former.kubelet, config->live.kubelet};
    for (size_t i = 0; change->has_kubelets && i < ARRAY_COUNT(others); i++) {
        StrVec fields = component_change_fields(others[i], change->wanted.kubelet, arena);
        vec_each(&fields, field) {
            if (!str_is_among(*field, change->kubelet_fields.items, change->kubelet_fields.count))
                vec_push(arena, &change->kubelet_fields, *field);
        }
    }
    return true;
}

static bool upload(const ConfigChange *change, Diags *diags) {
    const Member *first = &change->members.items[0];
    Arena *arena = change->call->arena;
    return component_change_is_equal(change->wanted.cluster, change->config.live.cluster, arena) ||
           cluster_config_upload(&first->peer->link, init_document(first, arena),
                                 change->wanted.cluster, diags);
}

static bool change_has_external_etcd(const ConfigChange *change) {
    Value found;
    return kube_object_find(change->config.live.cluster, "etcd", "external", &found);
}

static bool config_begin_change(ConfigChange *change, const ChangeRows *changes, Value prior,
                                Value planned, Diags *diags) {
    SCOPED(ClusterApi) api = {0};
    const Member *first = &change->members.items[0];
    Arena *arena = change->call->arena;
    Scope scope = {changes, planned, str_equal(first->look.facts.changing, STR("yes"))};
    if (!kubeadm_peer_api(first->peer, &api, diags) ||
        !cluster_config_begin(&api, &first->peer->link, &change->config, diags) ||
        !plan_kubelets(change, &scope, prior, diags) || !plan_proxy(change, &scope, prior, diags))
        return false;
    change->wanted.cluster =
        cluster_config_with(change->config.former.cluster, changes, planned, arena);
    change->wanted.cluster = with_volumes(&scope, change->wanted.cluster, arena);
    for (size_t i = 0; i < ARRAY_COUNT(certificates); i++)
        plan_names(change, i);
    change->has_etcd = concerns(&scope, CHANGE_ETCD) && !change_has_external_etcd(change);
    change->pods = list_pods(&scope, arena);
    change->file_users = list_users(&scope, arena);
    return kubeadm_files_lines(change->node, object_attribute(planned, "files"),
                               &change->file_lines, diags) &&
           upload(change, diags);
}

/* API servers that verify the certificates of kubelets reach none that has not got one of the
 * cluster. Kubelets do not mind API servers that verify nothing yet. */
static bool verifies_kubelets(const ConfigChange *change) {
    Value flags = kube_object_list(change->wanted.cluster, "apiServer", "extraArgs");
    for (size_t i = 0; i < flags.count; i++) {
        if (str_equal(kube_object_text(value_at(flags, i), "", "name"),
                      STR("kubelet-certificate-authority")))
            return true;
    }
    return false;
}

static bool change_nodes(ConfigChange *change, Diags *diags) {
    if (verifies_kubelets(change))
        return change_kubelets(change, diags) && change_members(change, diags) &&
               change_etcd(change, diags);
    return change_members(change, diags) && change_etcd(change, diags) &&
           change_kubelets(change, diags);
}

static bool config_run_change(ConfigChange *change, const ChangeRows *changes, Value prior,
                              Value planned, Diags *diags) {
    return look_at_members(change, diags) &&
           kubeadm_gate_check_complete(change->call, change->peers, "cluster", diags) &&
           kubeadm_gate_wait(change->call, change->peers, KUBEADM_GATE_CHANGE, diags) &&
           config_begin_change(change, changes, prior, planned, diags) &&
           change_nodes(change, diags) && change_proxy(change, diags) &&
           cluster_config_end(&change->members.items[0].peer->link, diags);
}

bool kubeadm_change_set_repository(const KubeadmNode *node, Value prior, Diags *diags) {
    SCOPED(ClusterApi) api = {0};
    KubeVersion from, to;
    Value former = change_class_value(prior, REPOSITORY_PATH);
    Value wanted = change_class_value(node->object, REPOSITORY_PATH);
    bool is_given = value_is_present(wanted);
    if (!kubeadm_upgrade_versions(prior, node->object, &from, &to) ||
        kube_version_compare(from, to) == 0 || (!is_given && !value_is_present(former)))
        return true;
    return kubeadm_node_api(node, &api, diags) &&
           cluster_api_wait(node->call, &api, KUBEADM_NODE_READY_MS, diags) &&
           cluster_config_set_repository(
               node->call, &api, is_given ? value_text(wanted) : STR(DEFAULT_REPOSITORY), diags);
}

bool kubeadm_change_run(const KubeadmNode *node, Value prior, Diags *diags) {
    SCOPED(KubeadmPeers) peers = {0};
    ChangeRows changes = list_changes(node->call, prior, node->object);
    ConfigChange change = {.call = node->call, .node = node, .peers = &peers};
    Str version = object_text(node->object, "kubernetes_version", STR_EMPTY);
    if (!changes.count && !object_bool(prior, UNFINISHED, false))
        return true;
    return kube_version_parse(version, &change.version) &&
           kubeadm_peer_open(node->call, node->object, &peers, diags) &&
           config_run_change(&change, &changes, prior, node->object, diags);
}
