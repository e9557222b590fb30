/* field_since: searches an object for attributes in a table of additions. */
#include "field_since.h"

static const struct {
    const char *parent; /* the attribute that contains it; NULL: any */
    const char *name;
    const char *value; /* NULL: any */
    uint32_t minor;    /* of Kubernetes 1, which added the attribute or value */
} additions[] = {
    {"plan", "etcd_upgrade", NULL, 33},
    {NULL, "encryption_algorithm", "ECDSA-P384", 34},
    {NULL, "file_key_ref", NULL, 34},
    {"external", "http_endpoints", NULL, 35},
};

typedef struct Walk {
    KubeVersion version;
    Path *found;
    Arena *arena;
} Walk;

static bool since_is_text(Value v, const char *text) {
    return v.type->kind == KIND_STRING && str_equal_cstr(value_text(v), text);
}

/* Returns the minor version that added this attribute or value; 0 if every supported version has
 * it. */
static uint32_t added_in(Str parent, Str name, Value v) {
    for (size_t i = 0; i < ARRAY_COUNT(additions); i++) {
        if (str_equal_cstr(name, additions[i].name) &&
            (!additions[i].parent || str_equal_cstr(parent, additions[i].parent)) &&
            (!additions[i].value || since_is_text(v, additions[i].value)))
            return additions[i].minor;
    }
    return 0;
}

static Str since_check(Walk *walk, Value v, Str name, Path path);

static Str since_check_attribute(Walk *walk, Value v, Str parent, Str name, Path path) {
    uint32_t minor = value_is_present(v) ? added_in(parent, name, v) : 0;
    if (minor <= walk->version.minor)
        return since_check(walk, v, name, path);
    *walk->found = path;
    return str_format(walk->arena, "kubeadm %.*s does not support this %s; 1.%u and later do.",
                      STR_ARG(kube_version_text(walk->version, walk->arena)),
                      v.type->kind == KIND_STRING ? "value" : "argument", minor);
}

static Str since_check(Walk *walk, Value v, Str name, Path path) {
    bool is_object = v.type->kind == KIND_OBJECT;
    bool is_list = v.type->kind == KIND_LIST || v.type->kind == KIND_TUPLE;
    Str problem = STR_EMPTY;
    for (size_t i = 0; value_is_present(v) && (is_object || is_list) && i < v.count; i++) {
        Value item = value_at(v, i);
        problem = is_object
                      ? since_check_attribute(walk, item, name, value_key_at(v, i),
                                              path_attribute(path, value_key_at(v, i), walk->arena))
                      : since_check(walk, item, name,
                                    path_index(path, value_int((int64_t)i), walk->arena));
        if (problem.len)
            return problem;
    }
    return problem;
}

Str field_since_check(Value object, KubeVersion version, Path *path, Arena *arena) {
    Walk walk = {version, path, arena};
    return since_check(&walk, object, STR_EMPTY, (Path){0});
}
