#include "object_target.h"

#include "field_path.h"
#include "kube_schema.h"
#include "object_secret.h"
#include "path_error.h"

/* Returns the namespace of the object: that of the manifest, or "default". */
static Str target_namespace_of(const KubeResource *resource, const ObjectKey *key) {
    if (!resource->is_namespaced)
        return STR_EMPTY;
    return key->namespace.len ? key->namespace : STR("default");
}

static Str cluster_sort_of(Str id) {
    Str sort = STR_EMPTY;
    (void)str_next_field(&id, ':', &sort);
    return sort;
}

/* Returns whether two identities may be of one cluster. Identities of different sorts, and unknown
 * ones, are no evidence. */
static bool target_is_same_cluster(Str a, Str b) {
    return a.len == 0 || b.len == 0 || !str_equal(cluster_sort_of(a), cluster_sort_of(b)) ||
           str_equal(a, b);
}

static bool target_check_cluster(const ObjectTarget *target, Diags *diags) {
    const ObjectRequest *request = target->request;
    Str known = request->record.cluster;
    Str found = target->identity.id;
    if (target_is_same_cluster(known, found))
        return true;
    Str server = kube_client_target(cluster_client(target->cluster))->server;
    return path_error(request->call, NO_PATH, diags, "Another Kubernetes cluster",
                      "The object was created in the cluster %.*s, but %.*s is the cluster %.*s. "
                      "Correct the provider configuration. If the old cluster no longer exists, "
                      "remove the object from the state with \"state rm\".",
                      STR_ARG(known), STR_ARG(server), STR_ARG(found));
}

static ObjectFound open_cluster(ObjectTarget *target, Str *why, Diags *diags) {
    KubeResponse response;
    if (cluster_identify(target->request->call, &target->identity, &response, diags) == KUBE_DONE)
        return target_check_cluster(target, diags) ? OBJECT_FOUND : OBJECT_FAILED;
    if (kube_error_class(NULL, &response) == KUBE_ERROR_UNREACHABLE) {
        Str server = kube_client_target(cluster_client(target->cluster))->server;
        *why = str_format(target->kube.arena, "the API server %.*s cannot be reached: %.*s",
                          STR_ARG(server), STR_ARG(response.problem));
        return OBJECT_NO_SERVER;
    }
    kube_error_report(&target->kube, "Kubernetes cluster not identified", NULL, &response, diags);
    return OBJECT_FAILED;
}

ObjectFound object_target_open(const ObjectRequest *request, const ObjectKey *key,
                               ObjectTarget *out, Str *why, Diags *diags) {
    const Call *call = request->call;
    Arena *arena = call->arena;
    KubeResponse response;
    *out = (ObjectTarget){.request = request, .cluster = call->client, .kube = cluster_call(call)};
    ObjectFound found = open_cluster(out, why, diags);
    if (found != OBJECT_FOUND)
        return found;
    Str version = object_key_api_version(key, arena);
    KubeOutcome outcome =
        kube_discovery_find(cluster_discovery(out->cluster), &out->kube,
                            (KubeKind){version, key->kind}, &out->resource, &response, diags);
    if (outcome == KUBE_DONE) {
        out->ref = (KubeRef){.resource = &out->resource,
                             .namespace = target_namespace_of(&out->resource, key),
                             .name = key->name};
        return OBJECT_FOUND;
    }
    *why = response.problem;
    if (outcome == KUBE_ABSENT)
        return OBJECT_KIND_ABSENT;
    (void)path_error(call, request->path, diags, "Kinds of the Kubernetes API server not read",
                     "%.*s \"%.*s\": %.*s.", STR_ARG(version), STR_ARG(key->kind), STR_ARG(*why));
    return OBJECT_FAILED;
}

ObjectFound object_target_await(ObjectTarget *target, const ObjectKey *key, Str *why,
                                Diags *diags) {
    static const int64_t pauses_ms[] = {500, 1500, 3000, 5000};
    const ObjectRequest *request = target->request;
    ObjectFound found = OBJECT_KIND_ABSENT;
    if (request->call->is_planning || object_key_is_builtin(key))
        return found;
    for (size_t i = 0; found == OBJECT_KIND_ABSENT && i < ARRAY_COUNT(pauses_ms); i++) {
        if (!kube_call_pause(&target->kube, pauses_ms[i]))
            return found;
        kube_discovery_drop(cluster_discovery(target->cluster));
        found = object_target_open(request, key, target, why, diags);
    }
    return found;
}

Path object_target_path(const ObjectRequest *request, Path base, Str field) {
    bool is_whole;
    Arena *arena = request->call->arena;
    Path path = field_path_read(field, request->manifest, &is_whole, arena);
    if (!is_whole) {
        Path prior = field_path_read(field, request->prior_manifest, &is_whole, arena);
        path = is_whole ? prior : path;
    }
    return path_join(base, path, arena);
}

Str object_target_rules(const ObjectTarget *target) {
    return server_rules_digest(cluster_rules(target->cluster), &target->kube,
                               target->identity.version, &target->resource);
}

/* Returns ` Did you mean "x"?` if the error is about a field that the schema lacks; otherwise an
 * empty text. */
static Str target_hint_of(const ObjectTarget *target, Str detail, Path field) {
    bool is_unknown = str_find(detail, STR("field not declared in schema"), 0) != SIZE_MAX;
    if (!is_unknown || field.count == 0)
        return STR_EMPTY;
    const PathStep *last = &field.steps[field.count - 1];
    Path parent = {field.steps, field.count - 1};
    KubeSchema schema;
    Arena *arena = target->kube.arena;
    Str api_version = kube_resource_api_version(&target->resource, arena);
    return kube_openapi_find(cluster_openapi(target->cluster), &target->kube, api_version,
                             target->resource.kind, &schema)
               ? kube_schema_did_you_mean(&schema, parent, last->name, arena)
               : STR_EMPTY;
}

bool object_target_report(const ObjectTarget *target, const char *action,
                          const KubeResponse *response, Diags *diags) {
    const ObjectRequest *request = target->request;
    Arena *arena = request->call->arena;
    Diags reported = diags_new(arena);
    kube_error_report(&target->kube, action, &target->ref, response, &reported);
    for (size_t i = 0; i < reported.count; i++) {
        Diag *diag = &reported.items[i];
        bool is_whole;
        Path field = field_path_read(diag->path, request->manifest, &is_whole, arena);
        Str hint = target_hint_of(target, diag->detail, is_whole ? field : (Path){0});
        if (object_secret_is(request->manifest) && field.count > 1)
            field.count = 1; /* an excerpt of the line would show the value */
        diag->path = path_to_str(path_join(request->path, field, arena), arena);
        diag->detail = object_secret_mask(request->manifest, diag->detail, arena);
        diag->detail = str_concat(diag->detail, hint, arena);
        diags_add(diags, diag);
    }
    return false;
}
