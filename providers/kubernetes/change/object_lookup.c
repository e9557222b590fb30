#include "object_lookup.h"

#include "path_error.h"

/* Names the object, or the kind if no object is named. */
static Str lookup_title_of(const ObjectKey *key, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    strbuf_add(&text, key->kind);
    if (key->name.len)
        strbuf_add_format(&text, " \"%.*s\"", STR_ARG(key->name));
    if (key->namespace.len)
        strbuf_add_format(&text, " in namespace \"%.*s\"", STR_ARG(key->namespace));
    return strbuf_str(&text);
}

/* Defers the read during a plan, for a reason that ends a sentence about the object; later adds an
 * error. Returns true if the read is deferred. */
static bool object_lookup_defer(ObjectLookup *lookup, Path path, Str why) {
    const Call *call = lookup->call;
    Str title = lookup_title_of(&lookup->key, call->arena);
    if (!call->is_planning)
        return path_error(call, path, lookup->diags, lookup->action, "%.*s: %.*s.", STR_ARG(title),
                          STR_ARG(why));
    *lookup->deferred = str_format(call->arena, "%.*s: %.*s.", STR_ARG(title), STR_ARG(why));
    return true;
}

static bool report_unknown_kind(const ObjectLookup *lookup, Str why) {
    return path_error(lookup->call, PATH_AT(lookup->call, {"kind"}), lookup->diags,
                      "Unknown kind of Kubernetes object", "\"%.*s\" in \"%.*s\": %.*s.",
                      STR_ARG(lookup->key.kind),
                      STR_ARG(object_key_api_version(&lookup->key, lookup->call->arena)),
                      STR_ARG(why));
}

bool object_lookup_open(ObjectLookup *lookup) {
    Value none = value_null(&TYPE_DYNAMIC);
    Str why = STR_EMPTY;
    lookup->options = (ObjectOptions){0};
    lookup->request = (ObjectRequest){
        .call = lookup->call,
        .options = &lookup->options,
        .manifest = none,
        .prior = none,
        .prior_manifest = none,
    };
    ObjectTarget *target = &lookup->target;
    ObjectFound found =
        object_target_open(&lookup->request, &lookup->key, target, &why, lookup->diags);
    if (found == OBJECT_KIND_ABSENT)
        found = object_target_await(target, &lookup->key, &why, lookup->diags);
    switch (found) {
    case OBJECT_FAILED: return false;
    case OBJECT_NO_SERVER: return object_lookup_defer(lookup, NO_PATH, why);
    case OBJECT_KIND_ABSENT:
        return object_key_is_builtin(&lookup->key)
                   ? report_unknown_kind(lookup, why)
                   : object_lookup_defer(lookup, PATH_AT(lookup->call, {"kind"}), why);
    case OBJECT_FOUND: break;
    }
    target->ref.resource = &target->resource;
    lookup->key = object_key_of_ref(&target->ref);
    return true;
}

bool object_lookup_fail(ObjectLookup *lookup, const KubeRef *ref, const KubeResponse *response) {
    Arena *arena = lookup->call->arena;
    KubeErrorClass class = kube_error_class(ref, response);
    if (class == KUBE_ERROR_ABSENT)
        return object_lookup_defer(lookup, NO_PATH, STR("it does not exist"));
    if (class == KUBE_ERROR_NAMESPACE)
        return object_lookup_defer(lookup, NO_PATH, STR("the namespace does not exist"));
    if (class == KUBE_ERROR_UNREACHABLE)
        return object_lookup_defer(lookup, NO_PATH,
                                   str_format(arena, "the API server cannot be reached: %.*s",
                                              STR_ARG(response->problem)));
    return kube_error_report(&lookup->target.kube, lookup->action, ref, response, lookup->diags);
}
