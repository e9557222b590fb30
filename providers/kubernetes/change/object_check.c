#include "object_check.h"

#include "path_error.h"

static bool object_check_find_schema(const ObjectRequest *request, const ObjectKey *key,
                                     bool is_served, KubeSchema *out) {
    Arena *arena = request->call->arena;
    Cluster *cluster = request->call->client;
    KubeCall kube = cluster_call(request->call);
    return definitions_find(cluster_definitions(cluster), key->group, key->version, key->kind, out,
                            arena) ||
           (is_served && kube_openapi_find(cluster_openapi(cluster), &kube,
                                           object_key_api_version(key, arena), key->kind, out));
}

static void object_check_report(const ObjectRequest *request, const ObjectKey *key,
                                const KubeSchemaError *error, Diags *diags) {
    Arena *arena = request->call->arena;
    Str place = path_to_str(error->path, arena);
    if (str_starts_with(place, STR(".")))
        place = str_after(place, 1);
    (void)path_error(request->call, path_join(request->path, error->path, arena), diags,
                     "Kubernetes object not valid", "%.*s \"%.*s\" (%.*s)%s%.*s: %.*s",
                     STR_ARG(key->kind), STR_ARG(key->name),
                     STR_ARG(object_key_api_version(key, arena)), place.len ? ", " : "",
                     STR_ARG(place), STR_ARG(error->text));
}

bool object_check(const ObjectRequest *request, bool is_served, Diags *diags) {
    ObjectKey key = object_key_of(request->manifest);
    KubeSchema schema;
    if (key.version.len == 0 || key.kind.len == 0 ||
        !object_check_find_schema(request, &key, is_served, &schema))
        return true;
    KubeSchemaErrors errors = kube_schema_check(&schema, request->manifest, request->call->arena);
    vec_each(&errors, error)
        object_check_report(request, &key, error, diags);
    return errors.count == 0;
}
