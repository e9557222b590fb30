#include "object_key.h"

#include "kube_object.h"

ObjectKey object_key_of(Value object) {
    ObjectKey key = {
        .kind = kube_object_text(object, "", "kind"),
        .namespace = kube_object_text(object, "metadata", "namespace"),
        .name = kube_object_text(object, "metadata", "name"),
    };
    kube_resource_split(kube_object_text(object, "", "apiVersion"), &key.group, &key.version);
    return key;
}

ObjectKey object_key_of_ref(const KubeRef *ref) {
    return (ObjectKey){
        .group = ref->resource->group,
        .version = ref->resource->version,
        .kind = ref->resource->kind,
        .namespace = ref->resource->is_namespaced ? ref->namespace : STR_EMPTY,
        .name = ref->name,
    };
}

Str object_key_text(const ObjectKey *key, Arena *arena) {
    const Str parts[] = {key->group, key->kind, key->namespace, key->name};
    return str_join(parts, ARRAY_COUNT(parts), STR("/"), arena);
}

Str object_key_api_version(const ObjectKey *key, Arena *arena) {
    KubeResource resource = {.group = key->group, .version = key->version};
    return kube_resource_api_version(&resource, arena);
}

bool object_key_is_builtin(const ObjectKey *key) {
    static const Str names[] = {
        STR_CONST("admissionregistration.k8s.io"),
        STR_CONST("apiextensions.k8s.io"),
        STR_CONST("apiregistration.k8s.io"),
        STR_CONST("certificates.k8s.io"),
        STR_CONST("coordination.k8s.io"),
        STR_CONST("discovery.k8s.io"),
        STR_CONST("networking.k8s.io"),
        STR_CONST("node.k8s.io"),
        STR_CONST("rbac.authorization.k8s.io"),
        STR_CONST("scheduling.k8s.io"),
        STR_CONST("storage.k8s.io"),
    };
    return str_is_among(key->group, names, ARRAY_COUNT(names)) ||
           str_find_char(key->group, '.', 0) == SIZE_MAX;
}

Str object_key_import_id(const ObjectKey *key, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    Str version = object_key_api_version(key, arena);
    strbuf_add_format(&text, "apiVersion=%.*s,kind=%.*s", STR_ARG(version), STR_ARG(key->kind));
    if (key->namespace.len)
        strbuf_add_format(&text, ",namespace=%.*s", STR_ARG(key->namespace));
    strbuf_add_format(&text, ",name=%.*s", STR_ARG(key->name));
    return strbuf_str(&text);
}

/* Returns the field of the key that has this name in import IDs. */
static Str *key_field_of(ObjectKey *key, Str *api_version, Str name) {
    if (str_equal_cstr(name, "apiVersion"))
        return api_version;
    if (str_equal_cstr(name, "kind"))
        return &key->kind;
    if (str_equal_cstr(name, "namespace"))
        return &key->namespace;
    return str_equal_cstr(name, "name") ? &key->name : NULL;
}

bool object_key_parse(Str id, ObjectKey *out, Str *problem, Arena *arena) {
    Str rest = id, part, name, version = STR_EMPTY;
    ObjectKey key = {0};
    while (rest.len && str_next_field(&rest, ',', &part)) {
        Str value = str_trim(part);
        bool has_value = str_find_char(value, '=', 0) != SIZE_MAX;
        (void)str_next_field(&value, '=', &name);
        Str *field = has_value ? key_field_of(&key, &version, str_trim(name)) : NULL;
        if (!field || field->len || value.len == 0) {
            *problem = str_format(arena,
                                  "The part \"%.*s\" is no value of apiVersion, kind, namespace or "
                                  "name, or occurs twice.",
                                  STR_ARG(part));
            return false;
        }
        *field = value;
    }
    kube_resource_split(version, &key.group, &key.version);
    if (version.len == 0 || key.kind.len == 0 || key.name.len == 0) {
        *problem = STR("The ID needs apiVersion, kind and name, for instance "
                       "\"apiVersion=apps/v1,kind=Deployment,namespace=default,name=web\".");
        return false;
    }
    *out = key;
    return true;
}
