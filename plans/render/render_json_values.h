/* render_json_values: values and resources as the documents of plans and states show them. */
#pragma once

#include "address.h"
#include "json.h"

typedef struct RenderJsonResource {
    ResourceAddr address;
    Str deposed;
    Str provider;
    int64_t schema_version;
    Value object;   /* marked; null: the object does not exist */
    Value identity; /* null, also without a type: none */
    int64_t identity_version;
    const Str *dependencies;
    size_t dependency_count;
    bool is_tainted;
    Str module_key;  /* set by render_json_values_module: sorts by module */
    Str address_key; /* the same, within a module; empty: sorts by address */
} RenderJsonResource;

typedef VEC(RenderJsonResource) RenderJsonResources;

/* The order of resources in a module. As texts, x[10] stands before x[2], and managed resources
 * whose types begin with "a" stand before data sources. */
typedef enum RenderOrder { ORDER_ADDRESSES, ORDER_TEXTS } RenderOrder;

typedef enum RenderMask { MASK_UNKNOWN, MASK_SENSITIVE } RenderMask;

/* {"a": true, "b": [false, true]}: the unknown or sensitive parts; false elsewhere, but such
 * members of objects are omitted. */
void render_json_values_mask(JsonWriter *writer, Value v, RenderMask mask);
/* The value without unknown parts: absent from objects and maps, null in lists. */
void render_json_values_known(JsonWriter *writer, Value v);
/* address, module_address (if asked for), mode, type, name, index, provider_name */
void render_json_values_address(JsonWriter *writer, ResourceAddr address, Str provider,
                                bool with_module, Arena *scratch);
/* {"resources": […], "child_modules": […]}; sorts them, as Terraform the modules as texts. */
void render_json_values_module(JsonWriter *writer, RenderJsonResources *resources,
                               RenderOrder order, Arena *scratch);
