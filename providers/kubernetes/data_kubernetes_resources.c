/* data kubernetes_resources: the objects of a kind, of one namespace or of all. */
#include "kubernetes_provider.h"

#include "object_builder.h"
#include "object_lookup.h"
#include "object_secret.h"
#include "object_view.h"
#include "path_error.h"

static void resources_sensitive_paths(Value state, Paths *out, Arena *arena) {
    Path at = path_attribute((Path){0}, STR("objects"), arena);
    Value objects;
    if (!value_find_present(state, STR("objects"), &objects) || objects.type->kind != KIND_TUPLE)
        return;
    for (size_t i = 0; i < objects.count; i++)
        object_secret_paths(value_at(objects, i), path_index(at, value_int((int64_t)i), arena), out,
                            arena);
}

/* An empty list of a namespace that does not exist is no result yet. */
static bool has_namespace(ObjectLookup *lookup, bool *is_deferred) {
    static const KubeResource namespaces = {.version = STR_CONST("v1"),
                                            .kind = STR_CONST("Namespace"),
                                            .plural = STR_CONST("namespaces")};
    KubeRef ref = {.resource = &namespaces, .name = lookup->target.ref.namespace};
    KubeResponse reply;
    if (ref.name.len == 0 || !lookup->call->is_planning ||
        kube_call_get(&lookup->target.kube, &ref, &reply, lookup->diags) != KUBE_ABSENT)
        return true;
    *is_deferred = object_lookup_fail(lookup, &lookup->target.ref, &reply);
    return false;
}

static bool resources_read_list(ObjectLookup *lookup, KubeListRequest *request, Value *out) {
    Arena *arena = lookup->call->arena;
    KubeList list;
    KubeResponse reply;
    bool is_deferred;
    *out = value_tuple(NULL, 0, arena);
    if (kube_list_read(&lookup->target.kube, request, &list, &reply, lookup->diags) != KUBE_DONE)
        return object_lookup_fail(lookup, &request->ref, &reply);
    if (list.items.count == 0 && !has_namespace(lookup, &is_deferred))
        return is_deferred;
    size_t count = list.items.count;
    if (request->count_max && count > request->count_max)
        count = request->count_max;
    Value *items = arena_new_array(arena, Value, count);
    for (size_t i = 0; i < count; i++)
        items[i] = object_view_live(list.items.items[i], request->ref.resource, arena);
    *out = value_tuple(items, count, arena);
    return true;
}

static bool resources_check_namespace(const ObjectLookup *lookup, Str namespace) {
    const KubeResource *resource = &lookup->target.resource;
    return namespace.len == 0 || resource->is_namespaced ||
           path_error(lookup->call, PATH_AT(lookup->call, {"namespace"}), lookup->diags,
                      "Kind without namespaces",
                      "Objects of the kind %.*s belong to no namespace. Remove \"namespace\".",
                      STR_ARG(resource->kind));
}

static bool resources_data_read(const Call *call, const DataReadRequest *request,
                                DataReadResponse *response, Diags *diags) {
    Value config = request->config, objects;
    Str namespace = object_text(config, "namespace", STR_EMPTY);
    ObjectLookup lookup = {
        .call = call,
        .action = "Kubernetes objects not listed",
        .key = {.kind = object_text(config, "kind", STR_EMPTY), .namespace = namespace},
        .deferred = &response->deferred,
        .diags = diags,
    };
    kube_resource_split(object_text(config, "api_version", STR_EMPTY), &lookup.key.group,
                        &lookup.key.version);
    if (!object_lookup_open(&lookup))
        return false;
    if (response->deferred.len)
        return true;
    if (!resources_check_namespace(&lookup, namespace))
        return false;
    size_t limit = (size_t)object_int(config, "limit", 0);
    lookup.target.ref.namespace = lookup.key.namespace = namespace;
    KubeListRequest list = {
        .ref = lookup.target.ref,
        .label_selector = object_text(config, "label_selector", STR_EMPTY),
        .field_selector = object_text(config, "field_selector", STR_EMPTY),
        .count_max = limit,
        .page_size = limit < 500 ? limit : 500,
    };
    if (!resources_read_list(&lookup, &list, &objects))
        return false;
    response->state = object_with(response->state, "objects", objects, call->arena);
    return true;
}

static Str check_limit(Value value, Arena *) {
    int64_t number;
    return value_to_int(value, &number) && number > 0
               ? STR_EMPTY
               : STR("The value must be a positive whole number.");
}

/* clang-format off */
static const Attribute resources_attributes[] = {
    {"api_version",    &TYPE_STRING,  REQUIRED, "API version of the objects: \"v1\", \"apps/v1\"."},
    {"kind",           &TYPE_STRING,  REQUIRED, "Kind of the objects."},
    {"namespace",      &TYPE_STRING,  OPTIONAL, "Namespace of the objects (default: all namespaces)."},
    {"label_selector", &TYPE_STRING,  OPTIONAL, "Labels of the objects: \"app=web,tier!=cache\"."},
    {"field_selector", &TYPE_STRING,  OPTIONAL, "Fields of the objects: \"metadata.name=web\". Which fields are possible depends on the kind."},
    {"limit",          &TYPE_NUMBER,  OPTIONAL, "Largest number of objects (default: all).", .check = check_limit},
    {"objects",        &TYPE_DYNAMIC, COMPUTED, "The objects as the server has them, each as in kubernetes_resource."},
};
/* clang-format on */

const DataSourceType data_kubernetes_resources = {
    .mode = MODE_DATA,
    .name = "kubernetes_resources",
    .schema = {SCHEMA_ATTRIBUTES(resources_attributes),
               .sensitive_paths = resources_sensitive_paths,
               .description = "The objects of a kind. The data of Secrets is sensitive."},
    .read = resources_data_read,
};
