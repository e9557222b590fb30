#include "kube_resource.h"
#include "url.h"

void kube_resource_split(Str api_version, Str *group, Str *version) {
    size_t slash = str_find_char(api_version, '/', 0);
    bool has_group = slash != SIZE_MAX;
    *group = has_group ? str_slice(api_version, 0, slash) : STR_EMPTY;
    *version = has_group ? str_after(api_version, slash + 1) : api_version;
}

Str kube_resource_api_version(const KubeResource *resource, Arena *arena) {
    return resource->group.len ? str_format(arena, "%.*s/%.*s", STR_ARG(resource->group),
                                            STR_ARG(resource->version))
                               : resource->version;
}

KubeResource kube_resource_clone(const KubeResource *resource, Arena *arena) {
    KubeResource copy = {
        .group = str_clone(resource->group, arena),
        .version = str_clone(resource->version, arena),
        .kind = str_clone(resource->kind, arena),
        .plural = str_clone(resource->plural, arena),
        .is_namespaced = resource->is_namespaced,
        .verbs = resource->verbs,
    };
    vec_each(&resource->subresources, name) {
        vec_push(arena, &copy.subresources, str_clone(*name, arena));
    }
    return copy;
}

static void resource_add_part(StrBuf *path, Str part, Arena *arena) {
    strbuf_add_char(path, '/');
    strbuf_add(path, url_encode(part, false, arena));
}

Str kube_resource_path(const KubeRef *ref, Arena *arena) {
    const KubeResource *resource = ref->resource;
    StrBuf path = strbuf_new(arena);
    strbuf_add_cstr(&path, resource->group.len ? "/apis" : "/api");
    if (resource->group.len)
        resource_add_part(&path, resource->group, arena);
    resource_add_part(&path, resource->version, arena);
    if (resource->is_namespaced && ref->namespace.len) {
        strbuf_add_cstr(&path, "/namespaces");
        resource_add_part(&path, ref->namespace, arena);
    }
    resource_add_part(&path, resource->plural, arena);
    if (ref->name.len)
        resource_add_part(&path, ref->name, arena);
    if (ref->subresource.len)
        resource_add_part(&path, ref->subresource, arena);
    return strbuf_str(&path);
}

Str kube_resource_title(const KubeRef *ref, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    strbuf_add(&text, ref->resource->kind);
    if (ref->name.len)
        strbuf_add_format(&text, " \"%.*s\"", STR_ARG(ref->name));
    if (ref->resource->is_namespaced && ref->namespace.len)
        strbuf_add_format(&text, " in namespace \"%.*s\"", STR_ARG(ref->namespace));
    return strbuf_str(&text);
}
