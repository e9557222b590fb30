/* kubeadm_kubelet: one step a node, with a drain before it for some fields, and configz after it.
 */
#include "kubeadm_kubelet.h"
#include "call_pool.h"
#include "change_class.h"
#include "change_text.h"
#include "component_change.h"
#include "kube_object.h"
#include "kubeadm_check.h"
#include "kubeadm_import.h"
#include "kubelet_step.h"
#include "log.h"
#include "node_drain.h"
#include "node_object.h"
#include "path_error.h"
#include "wait_until.h"

#define PATCH       "kubelet_patch"
#define KUBELET_MS  INT64_C(120000)
#define SHOWN_MS    INT64_C(60000)
#define NAMES_SHOWN 5

Value kubeadm_kubelet_patch(Value object) {
    Value found = value_null(&TYPE_DYNAMIC);
    return value_find_present(object, STR(PATCH), &found) ? found : value_null(&TYPE_DYNAMIC);
}

/* Nodes. */

static bool is_leaving(const Call *call, Value object) {
    Str host = object_text(object, "host", STR_EMPTY);
    return call_deletes(call, "kubeadm_join", "id", object_text(object, "id", STR_EMPTY)) ||
           call_loses(call, host) || call_loses(call, object_text(object, "node_address", host));
}

static int64_t most_at_once(const FoundObjects *nodes) {
    int64_t most = 1;
    vec_each(nodes, node) {
        int64_t own = kubeadm_peer_is_control_plane(node->object)
                          ? 1
                          : kubeadm_node_max_unavailable(node->object);
        most = own > most ? own : most;
    }
    return most;
}

/* Plan. */

/* Returns "cp1, w1, at most 1 at once". */
static Str nodes_text(const FoundObjects *nodes, Arena *arena) {
    StrVec names = {0};
    vec_each(nodes, node)
        vec_push(arena, &names, object_text(node->object, "node_name", STR_EMPTY));
    Str text = names.count > NAMES_SHOWN ? str_format(arena, "%zu nodes", names.count)
                                         : str_join(names.items, names.count, STR(", "), arena);
    return names.count == 1 ? text
                            : str_format(arena, "%.*s, at most %lld at once", STR_ARG(text),
                                         (long long)most_at_once(nodes));
}

/* Returns "kubelet on NODES: FIELDS", without sensitive texts. */
static Str note_text(const Call *call, Str nodes, Value before, Value after) {
    Arena *arena = call->arena;
    StrVec fields = component_change_fields(before, after, arena);
    StrVec drains = component_change_drains(&fields, arena);
    Str text = str_format(arena, "kubelet on %.*s:%.*s", STR_ARG(nodes),
                          STR_ARG(change_text_fields(before, after, arena)));
    if (drains.count)
        text = str_format(arena, "%.*s; each node is drained for %.*s", STR_ARG(text),
                          STR_ARG(str_join(drains.items, drains.count, STR(", "), arena)));
    return call->secrets ? log_scrub(text, call->secrets, arena) : text;
}

static void plan_fields(const Call *call, const FoundObjects *nodes, Value before, Value after,
                        PlanResponse *response) {
    Arena *arena = call->arena;
    if (value_is_wholly_known(after) && component_change_fields(before, after, arena).count)
        plan_note(response, NO_PATH, note_text(call, nodes_text(nodes, arena), before, after),
                  arena);
}

void kubeadm_kubelet_plan(const Call *call, const PlanRequest *request, PlanResponse *response) {
    FoundObjects nodes = kubeadm_peer_nodes(call, request->prior);
    plan_fields(call, &nodes, object_attribute(request->prior, "kubelet"),
                object_attribute(request->proposed, "kubelet"), response);
}

void kubeadm_kubelet_plan_patch(const Call *call, const PlanRequest *request,
                                PlanResponse *response) {
    FoundObjects nodes = {0};
    FoundObject own = {call->address, request->proposed};
    vec_push(call->arena, &nodes, own);
    plan_fields(call, &nodes, kubeadm_kubelet_patch(request->prior),
                kubeadm_kubelet_patch(request->proposed), response);
}

/* Flags of one node. */

typedef struct FlagLists {
    Value before;
    Value after;
} FlagLists;

/* Sets *out, and returns whether the lists differ. An import does not know its flags: the first
 * list that the configuration has changes nothing. */
static bool differing_flags(Value prior, Value planned, FlagLists *out, Arena *arena) {
    *out = (FlagLists){kubelet_flags_of(prior, arena), kubelet_flags_of(planned, arena)};
    bool is_adopted = kubeadm_import_is_new(prior) && value_is_null(out->before);
    return !is_adopted && value_is_wholly_known(out->after) &&
           kubelet_flags_changed(out->before, out->after, arena).count > 0;
}

static bool is_init(Value object) {
    Value ignored;
    return value_find(object, STR("init"), &ignored);
}

static Path flags_path(Value object, Arena *arena) {
    return change_class_path(is_init(object) ? "init.node_registration.kubelet_extra_args"
                                             : "join.node_registration.kubelet_extra_args",
                             arena);
}

static bool plan_fixed_flag(const Call *call, Value planned, Str name, PlanResponse *response,
                            Diags *diags) {
    Path path = flags_path(planned, call->arena);
    if (is_init(planned))
        return path_error(call, path, diags, "Configuration of an existing cluster",
                          "loam does not change the flag \"%.*s\" of a kubelet whose node exists. "
                          "Restore the former value, or make the cluster anew with "
                          "\"-replace=%.*s\".",
                          STR_ARG(name), STR_ARG(call->address));
    vec_push(call->arena, &response->requires_replace, path);
    return true;
}

static void warn_registration(const Call *call, Value planned, const FlagLists *lists,
                              Diags *diags) {
    Arena *arena = call->arena;
    StrVec names = kubelet_flags_at_registration(lists->before, lists->after, arena);
    if (names.count && call->is_planning)
        path_warning(call, flags_path(planned, arena), diags, "Flag without an effect on the node",
                     "A kubelet reads %.*s only when it registers a new node, and this node "
                     "exists. Use \"labels\" and \"taints\" of this object.",
                     STR_ARG(str_join(names.items, names.count, STR(", "), arena)));
}

static void note_flags(const Call *call, Value planned, const FlagLists *lists,
                       PlanResponse *response) {
    Arena *arena = call->arena;
    StrVec fields = kubelet_flags_fields(lists->before, lists->after, arena);
    StrVec drains = component_change_drains(&fields, arena);
    Str text = str_format(arena, "kubelet on %.*s:%.*s",
                          STR_ARG(object_text(planned, "node_name", STR_EMPTY)),
                          STR_ARG(change_text_flags(lists->before, lists->after, arena)));
    if (drains.count)
        text = str_format(arena, "%.*s; the node is drained for %.*s", STR_ARG(text),
                          STR_ARG(str_join(drains.items, drains.count, STR(", "), arena)));
    plan_note(response, NO_PATH, call->secrets ? log_scrub(text, call->secrets, arena) : text,
              arena);
}

bool kubeadm_kubelet_plan_flags(const Call *call, const PlanRequest *request,
                                PlanResponse *response, Diags *diags) {
    Arena *arena = call->arena;
    FlagLists lists;
    if (!differing_flags(request->prior, request->proposed, &lists, arena))
        return true;
    Str name = kubelet_flags_fixed(lists.before, lists.after, arena);
    if (name.len)
        return plan_fixed_flag(call, request->proposed, name, response, diags);
    Str problem = kubelet_flags_check(lists.after, arena);
    if (problem.len)
        return path_error(call, flags_path(request->proposed, arena), diags, "Flag not valid",
                          "%.*s", STR_ARG(problem));
    warn_registration(call, request->proposed, &lists, diags);
    if (!response->requires_replace.count)
        note_flags(call, request->proposed, &lists, response);
    return true;
}

bool kubeadm_kubelet_validate(const Call *call, Value config, Diags *diags) {
    KubeVersion found;
    Str text = object_text(config, "kubernetes_version", STR_EMPTY);
    const KubeVersion *version = kube_version_parse(text, &found) ? &found : NULL;
    if (!kubeadm_check_component(call, config, PATCH, COMPONENT_KUBELET, version, diags))
        return false;
    Value join = object_nested(config, "join", call->arena);
    return !object_has(config, PATCH) || !object_has(join, "patches") ||
           path_error(call, PATH_AT(call, {PATCH}), diags, "Two directories of patches",
                      "kubeadm reads patches from one directory. Move the patches of \"join\" to "
                      "this argument, or this one to that directory.");
}

/* Apply: one node. */

/* The change of one node. */
typedef struct NodeChange {
    const KubeadmNode *node; /* its object has the patch */
    const char *path;        /* of the argument that changes */
    StrVec fields;           /* that change */
    KubeletFlags flags;
    StrVec flag_fields; /* fields that the flags set */
    bool has_config;    /* whether the fields may change, not the flags alone */
    Value wanted;       /* KubeletConfiguration; null: not known before the step */
    Value given;        /* by the arguments: of the cluster and of the node */
    int64_t limit;      /* of workers that are not available at once */
} NodeChange;

typedef struct Shown {
    const ClusterApi *api;
    const NodeChange *change;
    Value written; /* by kubeadm */
    Str odd;       /* field that differs */
} Shown;

/* Reads the running configuration; returns false if it is not known. */
static bool read_shown(const ClusterApi *api, Str name, Value *out, KubeResponse *response) {
    Str path = str_format(api->call.arena, "/api/v1/nodes/%.*s/proxy/configz", STR_ARG(name));
    KubeRequest request = {.method = "GET", .path = path, .attempts_max = 1};
    Value root;
    return kube_call_send(&api->call, request, response, NULL) == KUBE_DONE &&
           kube_client_decode(response, &root, api->call.arena) &&
           value_find_present(root, STR("kubeletconfig"), out);
}

static bool shows(Shown *look, Value shown, Arena *arena) {
    vec_each(&look->change->fields, name) {
        ComponentField field = {component_change_field(look->change->given, *name),
                                component_change_field(look->written, *name),
                                component_change_field(shown, *name)};
        look->odd = *name;
        if (!component_change_is_shown(*name, &field, arena))
            return false;
    }
    return true;
}

static WaitLook look_shown(void *payload, Wait *wait) {
    Shown *look = payload;
    KubeResponse response = {0};
    Value shown;
    if (!read_shown(look->api, look->change->node->name, &shown, &response)) {
        /* A kubelet without handlers for debugging does not show its configuration. */
        if (response.code == 404 || response.code == 405)
            return WAIT_LOOK_DONE;
        wait->reason = response.problem;
        return WAIT_LOOK_AGAIN;
    }
    if (shows(look, shown, wait->call->arena))
        return WAIT_LOOK_DONE;
    wait->reason =
        str_format(wait->call->arena, "its field \"%.*s\" has another value, which a flag may set",
                   STR_ARG(look->odd));
    return WAIT_LOOK_AGAIN;
}

static bool wait_shown(const NodeChange *change, const ClusterApi *api, Value written,
                       Diags *diags) {
    Shown look = {api, change, written, STR_EMPTY};
    WaitUntil until = {.what = "the kubelet to have its new configuration",
                       .look = look_shown,
                       .payload = &look,
                       .timeout_ms = SHOWN_MS};
    return wait_until_done(change->node->call, &until, diags);
}

/* A kubelet that begins to ask for its serving certificate serves nothing until it has it. */
static bool approve_serving(const NodeChange *change, const ClusterApi *api, Diags *diags) {
    Value found;
    return !str_is_among(STR("serverTLSBootstrap"), change->fields.items, change->fields.count) ||
           (node_object_read(api, change->node->name, &found, diags) &&
            (value_is_null(found) || kubeadm_node_approve(change->node, api, found, diags)));
}

static bool open_api(const KubeadmNode *node, ClusterApi *out, Diags *diags) {
    return node->is_control_plane ? kubeadm_node_own_api(node, out, diags)
                                  : kubeadm_node_api(node, out, diags);
}

/* A node that shows the fields already was drained by an interrupted run. The default of a field
 * that is removed is not known. */
static bool must_drain(const NodeChange *change, const StrVec *drains, const ClusterApi *api) {
    KubeResponse response = {0};
    Value shown;
    Arena *arena = change->node->call->arena;
    if (!read_shown(api, change->node->name, &shown, &response))
        return true;
    vec_each(drains, name) {
        Value wanted = component_change_field(change->wanted, *name);
        if (!value_is_present(wanted) ||
            !component_change_is_equal(wanted, component_change_field(shown, *name), arena))
            return true;
    }
    return false;
}

static bool begin_drain(const NodeChange *change, const ClusterApi *api, Diags *diags) {
    const KubeadmNode *node = change->node;
    const Call *call = node->call;
    return (node->is_control_plane ||
            node_object_wait_available(call, api, node->name, change->limit, diags)) &&
           node_drain(call, api, node->name, NODE_DRAIN_MS, diags);
}

static StrVec drains_of(const NodeChange *change, Arena *arena) {
    StrVec all = {0};
    vec_each(&change->fields, field)
        vec_push(arena, &all, *field);
    vec_each(&change->flag_fields, field)
        vec_push(arena, &all, *field);
    return component_change_drains(&all, arena);
}

static ChangeOutcome change_kubelet(const NodeChange *change, Diags *diags) {
    SCOPED(ClusterApi) api = {0};
    const KubeadmNode *node = change->node;
    Arena *arena = node->call->arena;
    StrVec drains = drains_of(change, arena);
    KubeletStep step = {
        .id = node->id,
        .has_config = change->has_config,
        .flags = change->flags,
        .patch = kubeadm_kubelet_patch(node->object),
        .path = change->path,
        .limit_ms = KUBELET_MS,
        .resets_places = drains.count > 0,
    };
    Value config = value_null(&TYPE_DYNAMIC);
    call_progress(node->call, 0, 0,
                  str_to_cstr(str_format(arena, "kubelet of %.*s", STR_ARG(node->name)), arena));
    if (!open_api(node, &api, diags) ||
        (drains.count && must_drain(change, &drains, &api) && !begin_drain(change, &api, diags)))
        return CHANGE_STEP_FAILED;
    ChangeOutcome outcome = kubelet_step_run(node->link, &step, &config, diags);
    if (outcome != CHANGE_STEP_DONE && outcome != CHANGE_STEP_ROLLED_BACK)
        return outcome;
    cluster_api_release(&api);
    if (!open_api(node, &api, diags) ||
        !node_object_wait_version(node->call, &api, node->name, (KubeVersion){0}, diags) ||
        (outcome == CHANGE_STEP_DONE && !approve_serving(change, &api, diags)) ||
        (outcome == CHANGE_STEP_DONE && change->fields.count && value_is_present(config) &&
         !wait_shown(change, &api, config, diags)) ||
        (drains.count && !node_object_uncordon(&api, node->name, diags)))
        return CHANGE_STEP_FAILED;
    return outcome;
}

/* Returns the fields that the kubeadm_init of the node's cluster gives to all kubelets. */
static Value kubelet_cluster_fields(const KubeadmNode *node) {
    FoundObjects found = call_find_objects(node->call, "kubeadm_init");
    vec_each(&found, init) {
        if (str_equal(object_text(init->object, "endpoint", STR_EMPTY), node->endpoint))
            return object_attribute(init->object, "kubelet");
    }
    return value_null(&TYPE_DYNAMIC);
}

bool kubeadm_kubelet_update(const KubeadmNode *node, Value prior, Diags *diags) {
    Arena *arena = node->call->arena;
    Value before = kubeadm_kubelet_patch(prior), after = kubeadm_kubelet_patch(node->object);
    FlagLists lists;
    NodeChange change = {.node = node,
                         .path = PATCH,
                         .fields = component_change_fields(before, after, arena),
                         .given =
                             component_change_merge(kubelet_cluster_fields(node), after, arena),
                         .limit = 1};
    if (!is_init(node->object))
        change.limit = kubeadm_node_max_unavailable(node->object);
    change.has_config = !is_init(node->object) && object_differs(prior, node->object, PATCH);
    if (differing_flags(prior, node->object, &lists, arena)) {
        change.flags = kubelet_flags_change(lists.before, lists.after, node->address, arena);
        change.flag_fields = kubelet_flags_fields(lists.before, lists.after, arena);
        if (!change.has_config)
            change.path = is_init(node->object) ? "init" : "join";
    }
    return (!change.has_config && !change.flags.dropped.len) ||
           change_kubelet(&change, diags) == CHANGE_STEP_DONE;
}

/* Apply: all nodes. */

typedef struct Batch {
    const KubeletWish *wish;
    FoundObjects nodes;
    ChangeOutcome *outcomes; /* of each node */
    int64_t limit;
} Batch;

static void change_one(void *payload, size_t index, const Call *call, Arena *, Diags *diags) {
    Batch *batch = payload;
    SCOPED(SshLink) link = {0};
    KubeadmNode node;
    Value object = batch->nodes.items[index].object;
    const KubeletWish *wish = batch->wish;
    batch->outcomes[index] = CHANGE_STEP_FAILED;
    if (!kubeadm_node_open(call, object, object_text(object, "id", STR_EMPTY), &link, &node, diags))
        return;
    node.is_control_plane = kubeadm_peer_is_control_plane(object);
    NodeChange change = {
        .node = &node,
        .path = "kubelet",
        .fields = wish->fields,
        .has_config = true,
        .wanted = component_change_apply(wish->config, value_null(&TYPE_DYNAMIC),
                                         kubeadm_kubelet_patch(object), call->arena),
        .given = component_change_merge(wish->given, kubeadm_kubelet_patch(object), call->arena),
        .limit = batch->limit,
    };
    batch->outcomes[index] = change_kubelet(&change, diags);
}

/* Returns the worst outcome. */
static ChangeOutcome run_batch(const Call *call, Batch *batch, StrVec *changed, Diags *diags) {
    ChangeOutcome worst = CHANGE_STEP_DONE;
    size_t count = batch->nodes.count;
    batch->outcomes = arena_new_array(call->arena, ChangeOutcome, count);
    call_pool_run(call, count, change_one, batch, diags);
    for (size_t i = 0; i < count; i++) {
        if (batch->outcomes[i] == CHANGE_STEP_DONE)
            vec_push(call->arena, changed,
                     object_text(batch->nodes.items[i].object, "node_name", STR_EMPTY));
        worst = batch->outcomes[i] > worst ? batch->outcomes[i] : worst;
    }
    return worst;
}

static ChangeOutcome run_nodes(const Call *call, const FoundObjects *nodes, int64_t limit,
                               const KubeletWish *wish, StrVec *changed, Diags *diags) {
    size_t at = 0;
    ChangeOutcome outcome = CHANGE_STEP_DONE;
    while (at < nodes->count && outcome == CHANGE_STEP_DONE) {
        Batch batch = {.wish = wish, .limit = limit};
        while (at < nodes->count && (int64_t)batch.nodes.count < limit)
            vec_push(call->arena, &batch.nodes, nodes->items[at++]);
        outcome = run_batch(call, &batch, changed, diags);
    }
    return outcome;
}

ChangeOutcome kubeadm_kubelet_run(const Call *call, const KubeadmPeers *peers,
                                  const KubeletWish *wish, StrVec *changed, Diags *diags) {
    FoundObjects members = {0}, workers = {0};
    vec_each(&peers->items, peer) {
        FoundObject one = {call->address, (*peer)->object};
        if ((*peer)->node.is_control_plane)
            vec_push(call->arena, &members, one);
        else if (!is_leaving(call, (*peer)->object))
            vec_push(call->arena, &workers, one);
    }
    ChangeOutcome outcome = run_nodes(call, &members, 1, wish, changed, diags);
    return outcome == CHANGE_STEP_DONE
               ? run_nodes(call, &workers, most_at_once(&workers), wish, changed, diags)
               : outcome;
}
