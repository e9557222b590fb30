/* render_json_values: the module tree, derived from the addresses. */
#include "render_json_values.h"

void render_json_values_known(JsonWriter *writer, Value v) {
    bool is_container = value_is_present(v) && !type_is_primitive(v.type);
    if (value_is_wholly_known(v) || !is_container) {
        json_write_value(writer, v);
        return;
    }
    bool is_named = type_is_mapping(v.type);
    if (is_named)
        json_object_start(writer);
    else
        json_array_start(writer);
    for (size_t i = 0; i < v.count; i++) {
        Value part = value_at(v, i);
        if (is_named && !value_is_known(part))
            continue;
        if (is_named)
            json_key(writer, value_key_at(v, i));
        render_json_values_known(writer, part);
    }
    if (is_named)
        json_object_end(writer);
    else
        json_array_end(writer);
}

static bool has_it(Value v, RenderMask mask) {
    return mask == MASK_UNKNOWN ? !value_is_known(v) : value_has_mark(v, MARK_SENSITIVE);
}

/* Is the mask of the value a bare false? */
static bool is_false(Value v, RenderMask mask) {
    if (has_it(v, mask))
        return false;
    return value_is_null(v) || (!type_is_sequence(v.type) && !type_is_mapping(v.type));
}

void render_json_values_mask(JsonWriter *writer, Value v, RenderMask mask) {
    if (has_it(v, mask) || is_false(v, mask)) {
        json_bool(writer, !is_false(v, mask));
        return;
    }
    size_t count = value_is_present(v) ? v.count : 0;
    if (type_is_sequence(v.type)) {
        json_array_start(writer);
        for (size_t i = 0; i < count; i++)
            render_json_values_mask(writer, value_at(v, i), mask);
        json_array_end(writer);
        return;
    }
    json_object_start(writer);
    for (size_t i = 0; i < count; i++) {
        if (is_false(value_at(v, i), mask))
            continue;
        json_key(writer, value_key_at(v, i));
        render_json_values_mask(writer, value_at(v, i), mask);
    }
    json_object_end(writer);
}

static const char *values_mode_name(ResourceMode mode) {
    switch (mode) {
    case MODE_MANAGED: break;
    case MODE_DATA: return "data";
    case MODE_EPHEMERAL: return "ephemeral";
    case MODE_ACTION: return "action";
    case MODE_LIST: return "list";
    }
    return "managed";
}

void render_json_values_address(JsonWriter *writer, ResourceAddr address, Str provider,
                                bool with_module, Arena *scratch) {
    json_key_string(writer, "address", resource_addr_to_str(address, scratch));
    if (with_module && address.module)
        json_key_string(writer, "module_address", module_addr_to_str(address.module, scratch));
    json_key_string(writer, "mode", str_from_cstr(values_mode_name(address.mode)));
    json_key_string(writer, "type", address.type);
    json_key_string(writer, "name", address.name);
    if (address.key.kind == KEY_INT)
        json_key_int(writer, "index", address.key.index);
    if (address.key.kind == KEY_STRING)
        json_key_string(writer, "index", address.key.text);
    if (address.key.kind == KEY_UNKNOWN)
        json_key_bool(writer, "index_unknown", true);
    json_key_string(writer, "provider_name", provider);
}

static bool has_known_member(Value object) {
    if (!value_is_present(object) || !type_is_mapping(object.type))
        return false;
    for (size_t i = 0; i < object.count; i++) {
        if (value_is_known(value_at(object, i)))
            return true;
    }
    return false;
}

static void values_write_resource(JsonWriter *writer, const RenderJsonResource *resource,
                                  Arena *scratch) {
    json_object_start(writer);
    render_json_values_address(writer, resource->address, resource->provider, false, scratch);
    json_key_int(writer, "schema_version", resource->schema_version);
    if (has_known_member(resource->object)) {
        json_key(writer, STR("values"));
        render_json_values_known(writer, resource->object);
    }
    json_key(writer, STR("sensitive_values"));
    render_json_values_mask(writer, resource->object, MASK_SENSITIVE);
    if (resource->dependency_count) {
        json_key_array(writer, "depends_on");
        for (size_t i = 0; i < resource->dependency_count; i++)
            json_write_string(writer, resource->dependencies[i]);
        json_array_end(writer);
    }
    if (resource->is_tainted)
        json_key_bool(writer, "tainted", true);
    if (resource->deposed.len)
        json_key_string(writer, "deposed_key", resource->deposed);
    if (value_is_present(resource->identity)) {
        if (!resource->deposed.len) /* as in Terraform */
            json_key_int(writer, "identity_schema_version", resource->identity_version);
        json_key(writer, STR("identity"));
        render_json_values_known(writer, resource->identity);
    }
    json_object_end(writer);
}

/* The ancestor of the module, or the module itself, at this depth; NULL: none. */
static const ModuleAddr *ancestor_at(const ModuleAddr *module, size_t depth) {
    size_t own = module_addr_depth(module);
    if (own < depth)
        return NULL;
    for (; own > depth; own--)
        module = module->parent;
    return module;
}

enum { KEY_OWN = '\x01', KEY_CHILD = '\x02' };

/* Returns a text that sorts a module before its child modules, and these before its next sibling.
 */
static Str values_module_key(const ModuleAddr *module, Arena *scratch) {
    StrBuf key = strbuf_new(scratch);
    size_t depth = module_addr_depth(module);
    for (size_t i = 1; i <= depth; i++) {
        strbuf_add_char(&key, KEY_CHILD);
        strbuf_add(&key, module_addr_to_str(ancestor_at(module, i), scratch));
    }
    strbuf_add_char(&key, KEY_OWN);
    return strbuf_str(&key);
}

static void values_set_keys(RenderJsonResources *resources, RenderOrder order, Arena *scratch) {
    const RenderJsonResource *last = NULL;
    vec_each(resources, resource) {
        const ModuleAddr *module = resource->address.module;
        bool is_same = last && module_addr_equal(last->address.module, module);
        resource->module_key = is_same ? last->module_key : values_module_key(module, scratch);
        if (order == ORDER_TEXTS)
            resource->address_key = resource_addr_to_str(resource->address, scratch);
        last = resource;
    }
}

static int values_compare_resources(const void *a, const void *b) {
    const RenderJsonResource *left = a;
    const RenderJsonResource *right = b;
    int order = str_compare(left->module_key, right->module_key);
    if (order == 0)
        order = str_compare(left->address_key, right->address_key);
    if (order == 0)
        order = resource_addr_compare(left->address, right->address);
    return order ? order : str_compare(left->deposed, right->deposed);
}

/* A run of sorted resources, all of them within one module of that depth. */
typedef struct Run {
    const RenderJsonResource *items;
    size_t count;
    size_t depth;
} Run;

static void values_write_module(JsonWriter *writer, Run run, Arena *scratch);

static bool values_is_in(const RenderJsonResource *resource, const ModuleAddr *child,
                         size_t depth) {
    const ModuleAddr *module = ancestor_at(resource->address.module, depth);
    return module && module_addr_equal(module, child);
}

static void values_write_children(JsonWriter *writer, Run run, Arena *scratch) {
    size_t depth = run.depth + 1;
    json_key_array(writer, "child_modules");
    for (size_t i = 0; i < run.count;) {
        const ModuleAddr *child = ancestor_at(run.items[i].address.module, depth);
        size_t end = i;
        while (end < run.count && values_is_in(&run.items[end], child, depth))
            end++;
        json_object_start(writer);
        values_write_module(writer, (Run){run.items + i, end - i, depth}, scratch);
        json_key_string(writer, "address", module_addr_to_str(child, scratch));
        json_object_end(writer);
        i = end;
    }
    json_array_end(writer);
}

/* The members of a module's object. Its own resources stand before those of its children. */
static void values_write_module(JsonWriter *writer, Run run, Arena *scratch) {
    size_t own = 0;
    while (own < run.count && module_addr_depth(run.items[own].address.module) == run.depth)
        own++;
    if (own) {
        json_key_array(writer, "resources");
        for (size_t i = 0; i < own; i++)
            values_write_resource(writer, &run.items[i], scratch);
        json_array_end(writer);
    }
    if (own < run.count)
        values_write_children(writer, (Run){run.items + own, run.count - own, run.depth}, scratch);
}

void render_json_values_module(JsonWriter *writer, RenderJsonResources *resources,
                               RenderOrder order, Arena *scratch) {
    values_set_keys(resources, order, scratch);
    if (resources->count > 1)
        qsort(resources->items, resources->count, sizeof(*resources->items),
              values_compare_resources);
    json_object_start(writer);
    values_write_module(writer, (Run){resources->items, resources->count, 0}, scratch);
    json_object_end(writer);
}
