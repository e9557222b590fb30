/* kube_schema: reads the document of a group version and follows a path through it. */
#include "kube_schema.h"

#define REFERENCE "#/components/schemas/"
#define DEPTH_MAX 8 /* of references that lead to references */

typedef struct Schema {
    Value components; /* name → schema */
    Value at;
} Schema;

static bool has_kind(Value schema, const KubeResource *resource) {
    Value kinds = value_tuple_at(schema, STR("x-kubernetes-group-version-kind"));
    for (size_t i = 0; i < kinds.count; i++) {
        Value one = value_at(kinds, i);
        if (str_equal(value_text_at(one, STR("group")), resource->group) &&
            str_equal(value_text_at(one, STR("version")), resource->version) &&
            str_equal(value_text_at(one, STR("kind")), resource->kind))
            return true;
    }
    return false;
}

static bool find_kind(Schema *schema, const KubeResource *resource) {
    for (size_t i = 0; i < schema->components.count; i++) {
        schema->at = value_at(schema->components, i);
        if (has_kind(schema->at, resource))
            return true;
    }
    return false;
}

/* Follows references. The server wraps a reference in "allOf" to describe it. */
static bool resolve(Schema *schema) {
    for (int i = 0; i < DEPTH_MAX; i++) {
        Value parts = value_tuple_at(schema->at, STR("allOf"));
        Str reference = value_text_at(schema->at, STR("$ref"));
        if (parts.count == 1)
            schema->at = value_at(parts, 0);
        else if (!str_starts_with(reference, STR(REFERENCE)))
            return true;
        else if (!value_find_present(schema->components, str_after(reference, strlen(REFERENCE)),
                                     &schema->at))
            return false;
    }
    return false;
}

static bool follow(Schema *schema, const PathStep *step) {
    Value properties;
    if (step->is_index && step->key.type->kind == KIND_NUMBER)
        return value_find_present(schema->at, STR("items"), &schema->at);
    Str name = step->is_index ? value_text(step->key) : step->name;
    if (value_find_present(schema->at, STR("properties"), &properties) &&
        value_find_present(properties, name, &schema->at))
        return true;
    return value_find_present(schema->at, STR("additionalProperties"), &schema->at) &&
           schema->at.type->kind == KIND_OBJECT;
}

static bool find_place(Schema *schema, const KubeResource *resource, Path path) {
    bool is_found = find_kind(schema, resource) && resolve(schema);
    for (size_t i = 0; is_found && i < path.count; i++)
        is_found = follow(schema, &path.steps[i]) && resolve(schema);
    return is_found;
}

static bool read_components(const KubeCall *call, const KubeResource *resource, Value *out) {
    Arena *arena = call->arena;
    Str version = kube_resource_api_version(resource, arena);
    Diags unseen = diags_new(arena);
    KubeResponse response;
    Value document;
    Value components;
    KubeRequest request = {
        .method = "GET",
        .path = str_format(arena, "/openapi/v3/%s/%.*s", resource->group.len ? "apis" : "api",
                           STR_ARG(version)),
        .attempts_max = 1,
    };
    return kube_call_send(call, request, &response, &unseen) == KUBE_DONE &&
           kube_client_decode(&response, &document, arena) &&
           value_find_present(document, STR("components"), &components) &&
           value_find_present(components, STR("schemas"), out) && out->type->kind == KIND_OBJECT;
}

Str kube_schema_did_you_mean(const KubeCall *call,
                             const KubeResource *resource,
                             Path path,
                             Str name) {
    Schema schema;
    Value properties;
    if (!read_components(call, resource, &schema.components) ||
        !find_place(&schema, resource, path) ||
        !value_find_present(schema.at, STR("properties"), &properties))
        return STR_EMPTY;
    Str *names = arena_new_array(call->arena, Str, properties.count + 1);
    for (size_t i = 0; i < properties.count; i++)
        names[i] = value_key_at(properties, i);
    return str_did_you_mean(name, names, properties.count, call->arena);
}
