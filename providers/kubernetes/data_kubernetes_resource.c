/* data kubernetes_resource: one object of any kind. */
#include "kubernetes_provider.h"

#include "nested_list.h"
#include "object_lookup.h"
#include "object_secret.h"
#include "object_view.h"

static void resource_sensitive_paths(Value state, Paths *out, Arena *arena) {
    Value object;
    if (value_find_present(state, STR("object"), &object))
        object_secret_paths(object, path_attribute((Path){0}, STR("object"), arena), out, arena);
}

static bool resource_data_read(const Call *call, const DataReadRequest *request,
                               DataReadResponse *response, Diags *diags) {
    Value metadata = nested_list_at(request->config, "metadata", 0);
    ObjectLookup lookup = {
        .call = call,
        .action = "Kubernetes object not read",
        .key = {.kind = object_text(request->config, "kind", STR_EMPTY),
                .namespace = object_text(metadata, "namespace", STR_EMPTY),
                .name = object_text(metadata, "name", STR_EMPTY)},
        .deferred = &response->deferred,
        .diags = diags,
    };
    KubeResponse reply;
    Value live;
    kube_resource_split(object_text(request->config, "api_version", STR_EMPTY), &lookup.key.group,
                        &lookup.key.version);
    if (!object_lookup_open(&lookup))
        return false;
    if (response->deferred.len)
        return true;
    const ObjectTarget *target = &lookup.target;
    if (cluster_get(target->cluster, call, &target->ref, &live, &reply, diags) != KUBE_DONE)
        return object_lookup_fail(&lookup, &target->ref, &reply);
    response->state =
        object_with(response->state, "object",
                    object_view_live(live, &target->resource, call->arena), call->arena);
    return true;
}

/* clang-format off */
static const Attribute resource_attributes[] = {
    {"api_version", &TYPE_STRING,  REQUIRED, "API version of the object: \"v1\", \"apps/v1\"."},
    {"kind",        &TYPE_STRING,  REQUIRED, "Kind of the object."},
    {"object",      &TYPE_DYNAMIC, COMPUTED, "The object as the server has it, without managedFields, resourceVersion and generation."},
};
static const Attribute resource_metadata_attributes[] = {
    {"name",      &TYPE_STRING, REQUIRED, "Name of the object."},
    {"namespace", &TYPE_STRING, OPTIONAL, "Namespace of the object (default \"default\", if the kind has namespaces)."},
};
/* clang-format on */
static const Block resource_blocks[] = {
    {"metadata",
     NEST_LIST,
     {SCHEMA_ATTRIBUTES(resource_metadata_attributes), .description = "Which object it is."},
     .min_items = 1,
     .max_items = 1},
};

const DataSourceType data_kubernetes_resource = {
    .mode = MODE_DATA,
    .name = "kubernetes_resource",
    .schema = {SCHEMA_ATTRIBUTES(resource_attributes), SCHEMA_BLOCKS(resource_blocks),
               .sensitive_paths = resource_sensitive_paths,
               .description = "An object of any kind. The data of a Secret is sensitive."},
    .read = resource_data_read,
};
