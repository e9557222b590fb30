#include "object_view.h"

#include "kube_object.h"
#include "object_mark.h"

static bool object_view_has_status(const KubeResource *resource) {
    return str_is_among(STR("status"), resource->subresources.items, resource->subresources.count);
}

static Value view_without(Value object, const char *path, const char *last, Arena *arena) {
    Value found;
    return kube_object_find(object, path, last, &found)
               ? kube_object_with(object, path, last, value_null(&TYPE_DYNAMIC), arena)
               : object;
}

/* Returns the object with the member, even if the value is null or unknown. */
static Value object_view_with_member(Value object, Str name, Value value, Arena *arena) {
    Str *names = arena_new_array(arena, Str, object.count + 1);
    Value *values = arena_new_array(arena, Value, object.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < object.count; i++) {
        if (str_equal(value_key_at(object, i), name))
            continue;
        names[count] = value_key_at(object, i);
        values[count++] = value_at(object, i);
    }
    names[count] = name;
    values[count++] = value;
    return value_object(names, values, count, arena);
}

static bool object_view_is_object(Value v) {
    return value_is_present(v) && v.type->kind == KIND_OBJECT;
}

static Value without_versions(Value live, Arena *arena) {
    static const char *const names[] = {"generation", "managedFields", "resourceVersion"};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        live = view_without(live, "metadata", names[i], arena);
    return live;
}

Value object_view_live(Value live, const KubeResource *resource, Arena *arena) {
    Value found;
    if (!object_view_is_object(live))
        return live;
    live = without_versions(live, arena);
    bool lacks = object_view_has_status(resource) && !value_find(live, STR("status"), &found);
    return lacks ? object_view_with_member(live, STR("status"), value_null(&TYPE_DYNAMIC), arena)
                 : live;
}

Value object_view_settings(Value live, Arena *arena) {
    static const char *const names[] = {"creationTimestamp", "selfLink", "uid"};
    live = view_without(without_versions(live, arena), "", "status", arena);
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        live = view_without(live, "metadata", names[i], arena);
    return live;
}

Value object_view_manifest(Value live, Arena *arena) {
    Value annotations;
    Value manifest = object_mark_set(object_view_settings(live, arena), STR_EMPTY, arena);
    if (kube_object_find(manifest, "metadata", "annotations", &annotations) &&
        annotations.count == 0)
        manifest = view_without(manifest, "metadata", "annotations", arena);
    return manifest;
}

/* Replaces the texts that contain the uid of the dry run: labels and selectors of a Job. */
static Value hide_uid(Value v, Str uid, Arena *arena) {
    if (!value_is_present(v) || type_is_primitive(v.type)) {
        bool has_uid = value_is_present(v) && v.type->kind == KIND_STRING && uid.len &&
                       str_find(value_text(v), uid, 0) != SIZE_MAX;
        return has_uid ? value_unknown(&TYPE_STRING) : v;
    }
    bool is_mapping = type_is_mapping(v.type);
    Str *names = arena_new_array(arena, Str, v.count + 1);
    Value *items = arena_new_array(arena, Value, v.count + 1);
    for (size_t i = 0; i < v.count; i++) {
        items[i] = hide_uid(value_at(v, i), uid, arena);
        if (is_mapping)
            names[i] = value_key_at(v, i);
    }
    return is_mapping ? value_object(names, items, v.count, arena)
                      : value_tuple(items, v.count, arena);
}

/* Makes those of these members unknown that `object` has and `body` does not. */
static Value hide_members(Value object, Value body, const char *const *names, size_t count,
                          Arena *arena) {
    for (size_t i = 0; i < count; i++) {
        Value found, configured;
        Str name = str_from_cstr(names[i]);
        if (value_find(object, name, &found) && !value_find(body, name, &configured))
            object = object_view_with_member(object, name, value_unknown(&TYPE_DYNAMIC), arena);
    }
    return object;
}

/* A dry run invents a port. The ports of a new Service are in the order of its body. */
static Value hide_node_ports(Value spec, Value body_spec, Arena *arena) {
    static const char *const names[] = {"nodePort"};
    Value ports = value_tuple_at(spec, STR("ports"));
    Value configured = value_tuple_at(body_spec, STR("ports"));
    if (!value_is_present(ports) || ports.count == 0)
        return spec;
    Value *items = arena_new_array(arena, Value, ports.count);
    for (size_t i = 0; i < ports.count; i++) {
        Value body = i < configured.count ? value_at(configured, i) : value_null(&TYPE_DYNAMIC);
        items[i] = hide_members(value_at(ports, i), body, names, ARRAY_COUNT(names), arena);
    }
    return object_view_with_member(spec, STR("ports"), value_tuple(items, ports.count, arena),
                                   arena);
}

static Value hide_service(Value object, Value body, Arena *arena) {
    static const char *const names[] = {"clusterIP", "clusterIPs", "healthCheckNodePort"};
    Value spec, body_spec = value_null(&TYPE_DYNAMIC);
    if (!value_find_present(object, STR("spec"), &spec))
        return object;
    (void)value_find_present(body, STR("spec"), &body_spec);
    spec = hide_members(spec, body_spec, names, ARRAY_COUNT(names), arena);
    return object_view_with_member(object, STR("spec"), hide_node_ports(spec, body_spec, arena),
                                   arena);
}

/* The volume of a Pod's account gets another random name in each request. */
static Value hide_pod(Value object, Arena *arena) {
    static const char *const names[] = {"volumes", "containers", "initContainers"};
    Value spec;
    if (!value_find_present(object, STR("spec"), &spec))
        return object;
    spec = hide_members(spec, value_null(&TYPE_DYNAMIC), names, ARRAY_COUNT(names), arena);
    return object_view_with_member(object, STR("spec"), spec, arena);
}

Value object_view_created(Value result, Value body, const KubeResource *resource, Arena *arena) {
    Str uid = kube_object_text(result, "metadata", "uid");
    Value metadata;
    Value object = hide_uid(object_view_updated(result, resource, arena), uid, arena);
    bool is_core = resource->group.len == 0;
    if (is_core && str_equal_cstr(resource->kind, "Service"))
        object = hide_service(object, body, arena);
    if (is_core && str_equal_cstr(resource->kind, "Pod"))
        object = hide_pod(object, arena);
    if (!value_find_present(object, STR("metadata"), &metadata))
        return object;
    metadata = object_view_with_member(metadata, STR("creationTimestamp"),
                                       value_unknown(&TYPE_STRING), arena);
    metadata = object_view_with_member(metadata, STR("uid"), value_unknown(&TYPE_STRING), arena);
    return object_view_with_member(object, STR("metadata"), metadata, arena);
}

Value object_view_updated(Value result, const KubeResource *resource, Arena *arena) {
    Value object = object_view_live(result, resource, arena);
    if (!object_view_is_object(object) || !object_view_has_status(resource))
        return object;
    return object_view_with_member(object, STR("status"), value_unknown(&TYPE_DYNAMIC), arena);
}

static Value unknown_at(Value object, Str path, Arena *arena) {
    Str name;
    Value inner;
    if (!object_view_is_object(object) || !str_next_field(&path, '.', &name) ||
        !value_find(object, name, &inner))
        return object;
    inner = path.len ? unknown_at(inner, path, arena) : value_unknown(&TYPE_DYNAMIC);
    return object_view_with_member(object, name, inner, arena);
}

Value object_view_unknown_at(Value object, const StrVec *paths, Arena *arena) {
    vec_each(paths, path)
        object = unknown_at(object, *path, arena);
    return object;
}

static bool is_step(const PathStep *step, Value v, size_t index) {
    if (type_is_mapping(v.type))
        return !step->is_index && str_equal(step->name, value_key_at(v, index));
    int64_t number;
    return step->is_index && value_to_int(step->key, &number) && (size_t)number == index;
}

/* `paths` lead to `v` with their first `depth` steps. */
static Value without_paths(Value v, const Paths *paths, size_t depth, Arena *arena) {
    if (paths->count == 0 || !value_is_present(v) || type_is_primitive(v.type))
        return v;
    bool is_mapping = type_is_mapping(v.type);
    Str *names = arena_new_array(arena, Str, v.count + 1);
    Value *items = arena_new_array(arena, Value, v.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < v.count; i++) {
        Paths inside = {0};
        bool is_gone = false;
        vec_each(paths, path) {
            if (path->count <= depth || !is_step(&path->steps[depth], v, i))
                continue;
            is_gone = is_gone || path->count == depth + 1;
            vec_push(arena, &inside, *path);
        }
        if (is_gone)
            continue;
        if (is_mapping)
            names[count] = value_key_at(v, i);
        items[count++] = without_paths(value_at(v, i), &inside, depth + 1, arena);
    }
    return is_mapping ? value_object(names, items, count, arena) : value_tuple(items, count, arena);
}

Value object_view_without(Value object, const Paths *paths, Arena *arena) {
    return without_paths(object, paths, 0, arena);
}

Value object_view_fill(Value planned, Value live, Arena *arena) {
    if (value_is_wholly_known(planned))
        return planned;
    if (!value_is_known(planned))
        return live;
    bool is_mapping = type_is_mapping(planned.type);
    Str *names = arena_new_array(arena, Str, planned.count + 1);
    Value *items = arena_new_array(arena, Value, planned.count + 1);
    for (size_t i = 0; i < planned.count; i++) {
        Value found = value_null(&TYPE_DYNAMIC);
        if (is_mapping) {
            names[i] = value_key_at(planned, i);
            if (!value_find(live, names[i], &found))
                found = value_null(&TYPE_DYNAMIC);
        } else if (value_is_present(live) && type_is_sequence(live.type) && i < live.count) {
            found = value_at(live, i);
        }
        items[i] = object_view_fill(value_at(planned, i), found, arena);
    }
    return is_mapping ? value_object(names, items, planned.count, arena)
                      : value_tuple(items, planned.count, arena);
}
