/* kubernetes_config_map: settings as texts and bytes. */
#include "kubernetes_provider.h"

#include "object_builder.h"
#include "object_texts.h"
#include "path_error.h"
#include "typed_object.h"

static Value config_map_manifest_of(TypedCall *typed, Value state, Value manifest) {
    Arena *arena = typed->call->arena;
    manifest = typed_object_with(manifest, "data", object_attribute(state, "data"), arena);
    manifest =
        typed_object_with(manifest, "binaryData", object_attribute(state, "binary_data"), arena);
    return typed_object_with(manifest, "immutable", object_attribute(state, "immutable"), arena);
}

static Value config_map_state_of(const Call *call, Value state, Value live, bool is_import) {
    Arena *arena = call->arena;
    ObjectBuilder builder = object_builder_of(state, arena);
    Value data = object_attribute(state, "data");
    Value binary = object_attribute(state, "binary_data");
    Value immutable = object_attribute(state, "immutable");
    object_builder_set(&builder, "data", typed_object_texts(data, live, "data", is_import, arena));
    object_builder_set(&builder, "binary_data",
                       typed_object_texts(binary, live, "binaryData", is_import, arena));
    object_builder_set(&builder, "immutable", typed_object_flag(immutable, live, "immutable"));
    return object_builder_value(&builder);
}

/* Both maps are members of one volume. */
static bool config_map_validate(const Call *call, const ValidateRequest *request, Diags *diags) {
    Value data = object_attribute(request->config, "data");
    Value binary = object_attribute(request->config, "binary_data"), ignored;
    bool is_valid = true;
    for (size_t i = 0; value_is_present(data) && i < data.count; i++) {
        Str key = value_key_at(data, i);
        if (value_find(binary, key, &ignored))
            is_valid = path_error(
                call, PATH_AT(call, {"binary_data"}, {.key = key}), diags, "Key given twice",
                "\"data\" has the key \"%.*s\", too. Remove one of them.", STR_ARG(key));
    }
    return is_valid;
}

static const Attribute config_map_attributes[] = {
    {"data", &TYPE_MAP_OF_STRING, OPTIONAL | ANY_TEXT, "Texts by key."},
    {"binary_data", &TYPE_MAP_OF_STRING, OPTIONAL, "Bytes by key, as base64.",
     .check = object_texts_check_base64},
    {"immutable", &TYPE_BOOL, OPTIONAL,
     "Whether the data can never be changed: then another value replaces the object."},
    TYPED_ATTRIBUTES,
};
static const Block config_map_blocks[] = {OBJECT_METADATA_BLOCK, TYPED_BLOCKS};

static const char *const config_map_members[] = {"data", "binary_data", "immutable", NULL};
static const TypedObject config_map = {
    .api_version = "v1",
    .kind = "ConfigMap",
    .is_namespaced = true,
    .members = config_map_members,
    .manifest = config_map_manifest_of,
    .state = config_map_state_of,
};

const ResourceType kubernetes_config_map = {
    .name = "kubernetes_config_map",
    .schema = {SCHEMA_ATTRIBUTES(config_map_attributes), SCHEMA_BLOCKS(config_map_blocks),
               .description = "A ConfigMap: settings as texts and bytes."},
    .payload = &config_map,
    .validate = config_map_validate,
    TYPED_SLOTS,
};
