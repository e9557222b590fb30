#include "flux_cluster.h"

#include "base64.h"
#include "cluster.h"
#include "kube_error.h"
#include "kube_object.h"
#include "object_builder.h"
#include "object_key.h"
#include "object_order.h"
#include "path_error.h"
#include "wait_follow.h"
#include "wait_gate.h"
#include "wait_ready.h"
#include "wait_until.h"

#define MANAGER      "flux" /* as of flux bootstrap, so that both may change the objects */
#define SOURCE_API   "source.toolkit.fluxcd.io/v1"
#define SYNC_API     "kustomize.toolkit.fluxcd.io/v1"
#define COMPONENT    "app.kubernetes.io/component"
#define REQUESTED_AT "reconcile.fluxcd.io/requestedAt"
#define REMOVAL_MS   120000

static const KubeKind namespace_kind = {STR_CONST("v1"), STR_CONST("Namespace")};
static const KubeKind secret_kind = {STR_CONST("v1"), STR_CONST("Secret")};
static const KubeKind deployment_kind = {STR_CONST("apps/v1"), STR_CONST("Deployment")};
static const KubeKind definition_kind = {STR_CONST("apiextensions.k8s.io/v1"),
                                         STR_CONST("CustomResourceDefinition")};
static const KubeKind source_kind = {STR_CONST(SOURCE_API), STR_CONST("GitRepository")};
static const KubeKind sync_kind = {STR_CONST(SYNC_API), STR_CONST("Kustomization")};

/* Requests. */

typedef struct FluxRequest {
    const Call *call;
    KubeCall kube;
    KubeResource resource;
    KubeRef ref;
    KubeResponse response;
    Diags *diags;
} FluxRequest;

static bool flux_cluster_failed(FluxRequest *request, const char *action) {
    return kube_error_report(&request->kube, action, &request->ref, &request->response,
                             request->diags);
}

/* Returns whether the object does not exist. A failure because its kind no longer exists, since the
 * definition was deleted after discovery, means the same. */
static bool flux_cluster_is_absent(const FluxRequest *request, KubeOutcome outcome) {
    return outcome == KUBE_ABSENT ||
           (outcome == KUBE_FAILED &&
            kube_error_class(&request->ref, &request->response) == KUBE_ERROR_KIND);
}

/* Finds the kind; *is_served is false if the server does not serve it. */
static bool open_request(const Call *call, KubeKind kind, FluxRequest *out, bool *is_served,
                         Diags *diags) {
    *out = (FluxRequest){.call = call, .kube = cluster_call(call), .diags = diags};
    KubeOutcome outcome = kube_discovery_find(cluster_discovery(call->client), &out->kube, kind,
                                              &out->resource, &out->response, diags);
    out->ref.resource = &out->resource;
    *is_served = outcome == KUBE_DONE;
    return outcome == KUBE_DONE || outcome == KUBE_ABSENT ||
           kube_error_report(&out->kube, "Cluster not readable", NULL, &out->response, diags);
}

static bool flux_cluster_get(const Call *call, KubeKind kind, Str namespace, Str name, Value *out,
                             Diags *diags) {
    FluxRequest request;
    bool is_served;
    *out = value_null(&TYPE_DYNAMIC);
    if (!open_request(call, kind, &request, &is_served, diags))
        return false;
    request.ref.namespace = request.resource.is_namespaced ? namespace : STR_EMPTY;
    request.ref.name = name;
    if (!is_served)
        return true;
    KubeOutcome outcome = kube_call_get(&request.kube, &request.ref, &request.response, diags);
    if (flux_cluster_is_absent(&request, outcome))
        return true;
    return (outcome == KUBE_DONE &&
            kube_client_decode(&request.response, out, request.kube.arena)) ||
           flux_cluster_failed(&request, "Kubernetes object not read");
}

static bool flux_cluster_list(const Call *call, KubeKind kind, Str namespace, Str selector,
                              KubeList *out, Diags *diags) {
    FluxRequest request;
    bool is_served;
    *out = (KubeList){0};
    if (!open_request(call, kind, &request, &is_served, diags))
        return false;
    if (!is_served)
        return true;
    KubeListRequest wanted = {.ref = request.ref, .label_selector = selector};
    wanted.ref.namespace = request.resource.is_namespaced ? namespace : STR_EMPTY;
    KubeOutcome outcome = kube_list_read(&request.kube, &wanted, out, &request.response, diags);
    return outcome == KUBE_DONE || flux_cluster_is_absent(&request, outcome) ||
           flux_cluster_failed(&request, "Kubernetes objects not listed");
}

/* Opens a request for an object, whose kind must be served. */
static bool flux_cluster_open_object(const Call *call, Value object, FluxRequest *out,
                                     Diags *diags) {
    ObjectKey key = object_key_of(object);
    bool is_served;
    KubeKind kind = {object_key_api_version(&key, call->arena), key.kind};
    if (!open_request(call, kind, out, &is_served, diags))
        return false;
    out->ref.namespace = out->resource.is_namespaced ? key.namespace : STR_EMPTY;
    out->ref.name = key.name;
    return is_served || kube_error_report(&out->kube, "Kubernetes object not applied", NULL,
                                          &out->response, diags);
}

/* Reading. */

bool flux_cluster_read(const Call *call, Str namespace, Str secret, FluxInstallation *out,
                       Diags *diags) {
    KubeList deployments;
    *out = (FluxInstallation){.secret = value_null(&TYPE_DYNAMIC)};
    if (!flux_cluster_get(call, namespace_kind, STR_EMPTY, namespace, &out->namespace, diags) ||
        !flux_cluster_get(call, source_kind, namespace, namespace, &out->source, diags) ||
        !flux_cluster_get(call, sync_kind, namespace, namespace, &out->sync, diags) ||
        (secret.len &&
         !flux_cluster_get(call, secret_kind, namespace, secret, &out->secret, diags)) ||
        !flux_cluster_list(call, deployment_kind, namespace, STR("app.kubernetes.io/part-of=flux"),
                           &deployments, diags))
        return false;
    vec_each(&deployments.items, item)
        vec_push(call->arena, &out->controllers,
                 kube_object_text(*item, "metadata.labels", COMPONENT));
    out->has_applied = kube_object_text(out->sync, "status", "lastAppliedRevision").len > 0;
    return true;
}

bool flux_cluster_exists(const FluxInstallation *found, bool with_namespace) {
    return !value_is_null(found->source) || !value_is_null(found->sync) ||
           found->controllers.count || (with_namespace && !value_is_null(found->namespace));
}

Str flux_cluster_secret_text(Value secret, Str name, Arena *arena) {
    Str text;
    return base64_decode(kube_object_text(secret, "data", str_to_cstr(name, arena)), &text, arena)
               ? text
               : STR_EMPTY;
}

/* Applying. */

static WaitObject flux_cluster_wait_of(const FluxRequest *request) {
    const Cluster *cluster = request->call->client;
    return (WaitObject){.call = request->call,
                        .client = cluster_client(cluster),
                        .discovery = cluster_discovery(cluster),
                        .ref = request->ref};
}

static bool apply_one(const Call *call, Value object, FluxRequest *request, Diags *diags) {
    if (!flux_cluster_open_object(call, object, request, diags))
        return false;
    KubeApply apply = {.ref = request->ref,
                       .body = json_text(object, call->arena),
                       .manager = STR(MANAGER),
                       .should_force = true,
                       .waits_for_webhook = true};
    return kube_call_apply(&request->kube, &apply, &request->response, diags) == KUBE_DONE ||
           flux_cluster_failed(request, "Kubernetes object not applied");
}

typedef VEC(Value) GateValues;

/* Waits for the namespaces and definitions among the applied objects. */
static bool pass_gates(const Call *call, const GateValues *gates, Diags *diags) {
    vec_each(gates, object) {
        FluxRequest request;
        Value live = *object;
        if (!flux_cluster_open_object(call, live, &request, diags))
            return false;
        WaitObject wait = flux_cluster_wait_of(&request);
        if (!wait_gate(&wait, &live, diags))
            return false;
    }
    return true;
}

static ValueVec flux_cluster_in_order(const ValueVec *objects, Arena *arena) {
    ValueVec out = {0};
    for (int wave = 0; wave < OBJECT_WAVE_COUNT; wave++) {
        vec_each(objects, object) {
            ObjectKey key = object_key_of(*object);
            if ((int)object_order_wave(key.group, key.kind) == wave)
                vec_push(arena, &out, *object);
        }
    }
    return out;
}

bool flux_cluster_apply(const Call *call, const ValueVec *objects, Diags *diags) {
    ValueVec ordered = flux_cluster_in_order(objects, call->arena);
    GateValues gates = {0};
    size_t done = 0;
    vec_each(&ordered, object) {
        FluxRequest request;
        Value live;
        Str kind = value_text_at(*object, STR("kind"));
        bool is_gate =
            str_equal(kind, STR("Namespace")) || str_equal(kind, STR("CustomResourceDefinition"));
        call_progress(call, ++done, objects->count, "applying the components of Flux");
        if (!is_gate && gates.count) {
            if (!pass_gates(call, &gates, diags))
                return false;
            gates.count = 0;
        }
        if (!apply_one(call, *object, &request, diags))
            return false;
        if (is_gate && kube_client_decode(&request.response, &live, call->arena))
            vec_push(call->arena, &gates, live);
    }
    return pass_gates(call, &gates, diags);
}

bool flux_cluster_apply_secret(const Call *call, Str namespace, Str name, const Map *texts,
                               Diags *diags) {
    ObjectBuilder data = object_builder_new(call->arena), secret = object_builder_new(call->arena);
    FluxRequest request;
    map_each(texts, entry)
        object_builder_put(&data, entry->key,
                           value_from_str(base64_encode(*(const Str *)entry->value, call->arena)));
    object_builder_put(&secret, STR("apiVersion"), value_from_cstr("v1"));
    object_builder_put(&secret, STR("kind"), value_from_cstr("Secret"));
    object_builder_put(&secret, STR("type"), value_from_cstr("Opaque"));
    object_builder_put(&secret, STR("data"), object_builder_value(&data));
    Value object = kube_object_with(object_builder_value(&secret), "metadata", "name",
                                    value_from_str(name), call->arena);
    object =
        kube_object_with(object, "metadata", "namespace", value_from_str(namespace), call->arena);
    return apply_one(call, object, &request, diags);
}

/* Waiting. */

typedef struct FluxFollow {
    const FluxWait *wait;
    const char *path; /* of the revision in the status */
    const char *last;
    Str accepted; /* a later revision that contains the commit */
} FluxFollow;

static Str flux_cluster_revision_of(const FluxWait *wait, Arena *arena) {
    return str_format(arena, "%.*s@sha1:%.*s", STR_ARG(wait->branch), STR_ARG(wait->commit));
}

static bool flux_cluster_is_current(const FluxFollow *follow, Value object, Arena *arena) {
    Str revision = kube_object_text(object, follow->path, follow->last);
    return revision.len && (str_equal(revision, flux_cluster_revision_of(follow->wait, arena)) ||
                            str_equal(revision, follow->accepted));
}

/* The rules of readiness, and the revision: controllers write Ready before the new revision. */
static Readiness flux_cluster_look(void *payload, Value object, Arena *arena) {
    const FluxFollow *follow = payload;
    Readiness result = readiness_of(object, NULL, arena);
    if (kube_object_is_true(object, "spec", "suspend"))
        return (Readiness){READINESS_FAILED, STR("it is suspended; resume it")};
    if (result.level != READINESS_READY || flux_cluster_is_current(follow, object, arena))
        return result;
    return (Readiness){READINESS_IN_PROGRESS,
                       str_format(arena, "waiting for revision %.*s",
                                  STR_ARG(flux_cluster_revision_of(follow->wait, arena)))};
}

/* Others push to the branch too: a later commit is as good if it contains ours. */
static void flux_cluster_inquire(void *payload, const WaitObject *wait, Value object,
                                 int64_t deadline_ms) {
    FluxFollow *follow = payload;
    Str revision = kube_object_text(object, follow->path, follow->last);
    size_t colon = str_rfind_char(revision, ':');
    bool is_later;
    (void)wait, (void)deadline_ms;
    if (colon == SIZE_MAX || flux_cluster_is_current(follow, object, wait->call->arena))
        return;
    Str commit = str_clone(str_after(revision, colon + 1), wait->call->arena);
    if (git_repository_has_ancestor(follow->wait->repository, follow->wait->commit, commit,
                                    &is_later) &&
        is_later)
        follow->accepted = str_clone(revision, wait->call->arena);
}

static bool request_now(FluxRequest *request) {
    const Clock *clock = request->call->io->clock;
    Arena *arena = request->kube.arena;
    Str now = clock_format_rfc3339_fraction(clock->now_ms(clock->self), 9, arena);
    KubePatch patch = {
        .ref = request->ref,
        .type = KUBE_PATCH_MERGE,
        .body =
            str_format(arena, "{\"metadata\":{\"annotations\":{\"" REQUESTED_AT "\":\"%.*s\"}}}",
                       STR_ARG(now)),
        .manager = STR("loam"),
        .is_repeatable = true,
    };
    return kube_call_patch(&request->kube, &patch, &request->response, request->diags) ==
               KUBE_DONE ||
           flux_cluster_failed(request, "Reconciliation not requested");
}

static bool wait_at(const Call *call, const FluxWait *wait, KubeKind kind, FluxFollow follow,
                    Diags *diags) {
    FluxRequest request;
    Value object;
    bool is_served;
    if (!flux_cluster_get(call, kind, wait->namespace, wait->namespace, &object, diags) ||
        !open_request(call, kind, &request, &is_served, diags))
        return false;
    request.ref.namespace = request.ref.name = wait->namespace;
    if (!flux_cluster_is_current(&follow, object, call->arena) && !request_now(&request))
        return false;
    WaitObject target = flux_cluster_wait_of(&request);
    WaitFollow rules = {
        .goal = "ready at the pushed commit",
        .hint = "Run loam again when the cause is removed: it continues.",
        .look = flux_cluster_look,
        .inquire = flux_cluster_inquire,
        .payload = &follow,
    };
    object = value_null(&TYPE_DYNAMIC);
    return wait_follow_until(&target, &rules, &object, diags);
}

bool flux_cluster_wait_synced(const Call *call, const FluxWait *wait, Diags *diags) {
    FluxFollow source = {.wait = wait, .path = "status.artifact", .last = "revision"};
    FluxFollow sync = {.wait = wait, .path = "status", .last = "lastAppliedRevision"};
    return wait_at(call, wait, source_kind, source, diags) &&
           wait_at(call, wait, sync_kind, sync, diags);
}

bool flux_cluster_wait_controllers(const Call *call, const ValueVec *objects, Diags *diags) {
    vec_each(objects, object) {
        FluxRequest request;
        Value live = value_null(&TYPE_DYNAMIC);
        if (!str_equal(value_text_at(*object, STR("kind")), STR("Deployment")))
            continue;
        if (!flux_cluster_open_object(call, *object, &request, diags))
            return false;
        WaitObject wait = flux_cluster_wait_of(&request);
        if (!wait_ready(&wait, &live, diags))
            return false;
    }
    return true;
}

/* Removal. */

static bool flux_cluster_merge(const Call *call, Value object, Str body, Diags *diags) {
    FluxRequest request;
    if (!flux_cluster_open_object(call, object, &request, diags))
        return false;
    KubePatch patch = {.ref = request.ref,
                       .type = KUBE_PATCH_MERGE,
                       .body = body,
                       .manager = STR("loam"),
                       .is_repeatable = true};
    KubeOutcome outcome = kube_call_patch(&request.kube, &patch, &request.response, diags);
    return outcome == KUBE_DONE || flux_cluster_is_absent(&request, outcome) ||
           flux_cluster_failed(&request, "Kubernetes object not changed");
}

bool flux_cluster_suspend(const Call *call, Str namespace, Diags *diags) {
    Value sync;
    return flux_cluster_get(call, sync_kind, namespace, namespace, &sync, diags) &&
           (value_is_null(sync) ||
            flux_cluster_merge(call, sync, STR("{\"spec\":{\"suspend\":true}}"), diags));
}

static bool delete_one(const Call *call, Value object, Diags *diags) {
    FluxRequest request;
    if (!flux_cluster_open_object(call, object, &request, diags))
        return false;
    KubeDelete deletion = {.ref = request.ref,
                           .propagation = KUBE_PROPAGATION_BACKGROUND,
                           .uid = kube_object_text(object, "metadata", "uid")};
    KubeOutcome outcome = kube_call_delete(&request.kube, &deletion, &request.response, diags);
    return outcome == KUBE_DONE || flux_cluster_is_absent(&request, outcome) ||
           outcome == KUBE_CONFLICT ||
           flux_cluster_failed(&request, "Kubernetes object not deleted");
}

/* Deletes a custom object. Its controller may be gone: then the finalizers of Flux would keep it.
 */
static bool delete_custom(const Call *call, Value object, Diags *diags) {
    return delete_one(call, object, diags) &&
           flux_cluster_merge(call, object, STR("{\"metadata\":{\"finalizers\":null}}"), diags);
}

static Str flux_cluster_selector_of(Str namespace, Arena *arena) {
    return str_format(arena, "app.kubernetes.io/part-of=flux,app.kubernetes.io/instance=%.*s",
                      STR_ARG(namespace));
}

static bool delete_all(const Call *call, const FluxRemoval *removal, KubeKind kind, Diags *diags) {
    KubeList found;
    if (!flux_cluster_list(call, kind, removal->namespace,
                           flux_cluster_selector_of(removal->namespace, call->arena), &found,
                           diags))
        return false;
    vec_each(&found.items, item) {
        if (!delete_one(call, *item, diags))
            return false;
    }
    return true;
}

/* The root objects, which the removal deletes in any case. */
static bool delete_roots(const Call *call, const FluxRemoval *removal, Diags *diags) {
    const KubeKind roots[] = {sync_kind, source_kind};
    for (size_t i = 0; i < ARRAY_COUNT(roots); i++) {
        Value object;
        if (!flux_cluster_get(call, roots[i], removal->namespace, removal->namespace, &object,
                              diags) ||
            (!value_is_null(object) && !delete_custom(call, object, diags)))
            return false;
    }
    return true;
}

/* Finds the version of the definition that the server stores. */
static Str stored_version(Value definition) {
    Value versions = kube_object_list(definition, "spec", "versions");
    for (size_t i = 0; i < versions.count; i++) {
        Value version = value_at(versions, i);
        if (kube_object_is_true(version, "", "storage"))
            return value_text_at(version, STR("name"));
    }
    return STR_EMPTY;
}

/* Lists the objects of the kind that the definition defines. */
static bool list_custom(const Call *call, Value definition, KubeList *out, Diags *diags) {
    Arena *arena = call->arena;
    Str group = kube_object_text(definition, "spec", "group");
    Str version = stored_version(definition);
    Str api = str_format(arena, "%.*s/%.*s", STR_ARG(group), STR_ARG(version));
    KubeKind kind = {api, kube_object_text(definition, "spec.names", "kind")};
    return flux_cluster_list(call, kind, STR_EMPTY, STR_EMPTY, out, diags);
}

static bool flux_cluster_is_ending(Value object) {
    return kube_object_text(object, "metadata", "deletionTimestamp").len > 0;
}

/* Deletes the definition, and its objects if permitted; *kept counts objects that stay. */
static bool delete_definition(const Call *call, const FluxRemoval *removal, Value definition,
                              size_t *kept, Diags *diags) {
    KubeList found;
    size_t foreign = 0;
    if (!list_custom(call, definition, &found, diags))
        return false;
    vec_each(&found.items, item) {
        if (!removal->deletes_foreign && !flux_cluster_is_ending(*item))
            foreign++;
        else if (!delete_custom(call, *item, diags))
            return false;
    }
    *kept += foreign;
    return foreign || delete_one(call, definition, diags);
}

static bool list_definitions(const Call *call, const FluxRemoval *removal, KubeList *out,
                             Diags *diags) {
    return flux_cluster_list(call, definition_kind, STR_EMPTY,
                             flux_cluster_selector_of(removal->namespace, call->arena), out, diags);
}

static bool delete_definitions(const Call *call, const FluxRemoval *removal, Diags *diags) {
    KubeList found;
    size_t kept = 0;
    if (!list_definitions(call, removal, &found, diags))
        return false;
    vec_each(&found.items, item) {
        if (!delete_definition(call, removal, *item, &kept, diags))
            return false;
    }
    kube_discovery_drop(cluster_discovery(call->client));
    if (kept)
        path_warning(call, NO_PATH, diags, "Objects of Flux stay",
                     "%d objects of Flux's kinds are not part of this installation, so they and "
                     "the definitions of their kinds stay. No controller reconciles them. Delete "
                     "them before Flux, or set \"force_destroy\".",
                     (int)kept);
    return true;
}

/* Kinds whose objects in the namespace prove that others use it. */
static const KubeKind kinds_of_users[] = {
    {STR_CONST("v1"), STR_CONST("Pod")},
    {STR_CONST("v1"), STR_CONST("ConfigMap")},
    {STR_CONST("v1"), STR_CONST("Secret")},
    {STR_CONST("v1"), STR_CONST("Service")},
    {STR_CONST("v1"), STR_CONST("PersistentVolumeClaim")},
    {STR_CONST("apps/v1"), STR_CONST("Deployment")},
    {STR_CONST("apps/v1"), STR_CONST("StatefulSet")},
    {STR_CONST("apps/v1"), STR_CONST("DaemonSet")},
    {STR_CONST(SYNC_API), STR_CONST("Kustomization")},
    {STR_CONST(SOURCE_API), STR_CONST("GitRepository")},
};

static bool is_of_flux(const FluxRemoval *removal, Str kind, Value object) {
    Str name = kube_object_text(object, "metadata", "name");
    Str part = kube_object_text(object, "metadata.labels", "app.kubernetes.io/part-of");
    return flux_cluster_is_ending(object) || str_equal(part, STR("flux")) ||
           str_equal(name, removal->secret) ||
           (str_equal(kind, STR("ConfigMap")) && str_equal(name, STR("kube-root-ca.crt")));
}

/* Finds an object of others in the namespace; *user names it, empty: there is none. */
static bool find_user(const Call *call, const FluxRemoval *removal, Str *user, Diags *diags) {
    *user = STR_EMPTY;
    for (size_t i = 0; i < ARRAY_COUNT(kinds_of_users) && !user->len; i++) {
        KubeList found;
        Str kind = kinds_of_users[i].kind;
        if (!flux_cluster_list(call, kinds_of_users[i], removal->namespace, STR_EMPTY, &found,
                               diags))
            return false;
        vec_each(&found.items, item) {
            if (!is_of_flux(removal, kind, *item))
                *user = str_format(call->arena, "%.*s \"%.*s\"", STR_ARG(kind),
                                   STR_ARG(kube_object_text(*item, "metadata", "name")));
        }
    }
    return true;
}

typedef struct NamespaceEnd {
    Str namespace;
    Diags *diags;
} NamespaceEnd;

static WaitLook flux_cluster_look_for_end(void *payload, Wait *wait) {
    const NamespaceEnd *end = payload;
    Value object;
    if (!flux_cluster_get(wait->call, namespace_kind, STR_EMPTY, end->namespace, &object,
                          end->diags))
        return WAIT_LOOK_FAILED;
    wait->reason = kube_object_text(object, "status", "phase");
    return value_is_null(object) ? WAIT_LOOK_DONE : WAIT_LOOK_AGAIN;
}

static bool delete_namespace(const Call *call, const FluxRemoval *removal, Diags *diags) {
    Value object;
    Str user;
    NamespaceEnd end = {removal->namespace, diags};
    WaitUntil until = {.what = "the end of the namespace",
                       .look = flux_cluster_look_for_end,
                       .payload = &end,
                       .timeout_ms = call->deadline_ms ? 0 : REMOVAL_MS};
    if (!flux_cluster_get(call, namespace_kind, STR_EMPTY, removal->namespace, &object, diags) ||
        !find_user(call, removal, &user, diags))
        return false;
    if (user.len && !removal->deletes_foreign) {
        path_warning(call, NO_PATH, diags, "Namespace stays",
                     "The namespace \"%.*s\" has the %.*s, which is not part of Flux, so the "
                     "namespace stays.",
                     STR_ARG(removal->namespace), STR_ARG(user));
        return true;
    }
    return value_is_null(object) ||
           (delete_one(call, object, diags) && wait_until_done(call, &until, diags));
}

bool flux_cluster_remove(const Call *call, const FluxRemoval *removal, Diags *diags) {
    static const KubeKind kinds[] = {
        {STR_CONST("networking.k8s.io/v1"), STR_CONST("NetworkPolicy")},
        {STR_CONST("v1"), STR_CONST("Service")},
        {STR_CONST("v1"), STR_CONST("ServiceAccount")},
        {STR_CONST("v1"), STR_CONST("ResourceQuota")},
        {STR_CONST("rbac.authorization.k8s.io/v1"), STR_CONST("ClusterRoleBinding")},
        {STR_CONST("rbac.authorization.k8s.io/v1"), STR_CONST("ClusterRole")},
    };
    Value secret = value_null(&TYPE_DYNAMIC);
    call_progress(call, 0, 0, "deleting the components of Flux");
    if (!delete_all(call, removal, deployment_kind, diags) || !delete_roots(call, removal, diags) ||
        !delete_definitions(call, removal, diags))
        return false;
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        if (!delete_all(call, removal, kinds[i], diags))
            return false;
    }
    if (removal->secret.len &&
        !flux_cluster_get(call, secret_kind, removal->namespace, removal->secret, &secret, diags))
        return false;
    return (value_is_null(secret) || delete_one(call, secret, diags)) &&
           (removal->keeps_namespace || delete_namespace(call, removal, diags));
}

/* Objects without controllers. */

static bool fail_left(const Call *call, Str what, Diags *diags) {
    return path_error(call, NO_PATH, diags, "Flux not deleted",
                      "%.*s. Without Flux its deletion would not end, or would leave the objects "
                      "that it has applied. Delete it first. To give up all such objects and keep "
                      "the objects applied by them, apply force_destroy = true before the destroy.",
                      STR_ARG(what));
}

/* Adds an error if an object would be left without its controller. */
static bool check_custom(const Call *call, Value definition, Diags *diags) {
    KubeList found;
    if (!list_custom(call, definition, &found, diags))
        return false;
    vec_each(&found.items, item) {
        Str what = str_format(call->arena, "The %.*s \"%.*s\" exists in namespace \"%.*s\"",
                              STR_ARG(kube_object_text(*item, "", "kind")),
                              STR_ARG(kube_object_text(*item, "metadata", "name")),
                              STR_ARG(kube_object_text(*item, "metadata", "namespace")));
        if (!flux_cluster_is_ending(*item))
            return fail_left(call, what, diags);
    }
    return true;
}

/* A suspended object keeps the objects that it has applied. */
static bool flux_cluster_give_up(const Call *call, Value definition, Diags *diags) {
    KubeList found;
    if (!list_custom(call, definition, &found, diags))
        return false;
    vec_each(&found.items, item) {
        if (!flux_cluster_merge(call, *item, STR("{\"spec\":{\"suspend\":true}}"), diags) ||
            !delete_custom(call, *item, diags))
            return false;
    }
    return true;
}

static bool flux_cluster_check_namespace(const Call *call, const FluxRemoval *removal,
                                         Diags *diags) {
    Str user = STR_EMPTY;
    if (removal->keeps_namespace)
        return true;
    if (!find_user(call, removal, &user, diags))
        return false;
    return !user.len ||
           path_error(call, NO_PATH, diags, "Flux not deleted",
                      "The namespace \"%.*s\" has the %.*s, which is not part of Flux and would "
                      "be deleted with it. Delete it first, or apply force_destroy = true before "
                      "the destroy.",
                      STR_ARG(removal->namespace), STR_ARG(user));
}

bool flux_cluster_prepare_removal(const Call *call, const FluxRemoval *removal, Diags *diags) {
    KubeList definitions;
    if (!list_definitions(call, removal, &definitions, diags))
        return false;
    vec_each(&definitions.items, item) {
        if (!removal->deletes_foreign && !check_custom(call, *item, diags))
            return false;
    }
    if ((!removal->deletes_foreign && !flux_cluster_check_namespace(call, removal, diags)) ||
        !delete_all(call, removal, deployment_kind, diags))
        return false;
    vec_each(&definitions.items, item) {
        if (!flux_cluster_give_up(call, *item, diags))
            return false;
    }
    return true;
}
