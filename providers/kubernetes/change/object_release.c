/* object_release: an apply without fields. */
#include "object_release.h"

#include "json.h"
#include "kube_object.h"
#include "object_read.h"

/* The uid makes the server reject another object of the name, and keeps it from creating one. */
static Str make_body(const ObjectKey *key, const ObjectRead *read, Arena *arena) {
    Value body = value_null(&TYPE_DYNAMIC);
    Str version = object_key_api_version(key, arena);
    const KubeRef *ref = &read->target.ref;
    body = kube_object_with(body, "", "apiVersion", value_from_str(version), arena);
    body = kube_object_with(body, "", "kind", value_from_str(key->kind), arena);
    body = kube_object_with(body, "metadata", "name", value_from_str(ref->name), arena);
    if (ref->namespace.len)
        body =
            kube_object_with(body, "metadata", "namespace", value_from_str(ref->namespace), arena);
    body = kube_object_with(body, "metadata", "uid", value_from_str(read->uid), arena);
    return json_text(body, arena);
}

bool object_release(const ObjectRequest *request, Diags *diags) {
    Arena *arena = request->call->arena;
    ObjectKey key = object_key_of(request->manifest);
    ObjectRead read;
    KubeResponse response;
    if (!object_read(request, &key, &read, diags))
        return false;
    if (read.uid.len == 0 || (request->record.uid.len && !str_equal(request->record.uid, read.uid)))
        return true;
    KubeApply apply = {
        .ref = read.target.ref,
        .body = make_body(&key, &read, arena),
        .manager = request->options->manager,
    };
    KubeOutcome outcome = kube_call_apply(&read.target.kube, &apply, &response, diags);
    return outcome == KUBE_DONE || outcome == KUBE_ABSENT || outcome == KUBE_CONFLICT ||
           object_target_report(&read.target, "Fields of the Kubernetes object not given up",
                                &response, diags);
}
