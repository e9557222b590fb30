#include "object_read.h"

#include "kube_object.h"
#include "path_error.h"

bool object_read(const ObjectRequest *request, const ObjectKey *key, ObjectRead *out,
                 Diags *diags) {
    Str why = STR_EMPTY;
    KubeResponse response;
    ObjectKey own = object_key_of(request->manifest);
    out->live = value_null(&TYPE_DYNAMIC);
    out->uid = STR_EMPTY;
    switch (object_target_open(request, key ? key : &own, &out->target, &why, diags)) {
    case OBJECT_FAILED: return false;
    case OBJECT_KIND_ABSENT: return true;
    case OBJECT_NO_SERVER:
        return path_error(request->call, NO_PATH, diags, "Kubernetes object not read",
                          "%.*s. Check the server's address and that it runs.", STR_ARG(why));
    case OBJECT_FOUND: break;
    }
    out->target.ref.resource = &out->target.resource;
    KubeOutcome outcome = cluster_get(out->target.cluster, request->call, &out->target.ref,
                                      &out->live, &response, diags);
    out->live = cluster_without_ignored(out->target.cluster, out->live, request->manifest,
                                        request->call->arena);
    out->uid = kube_object_text(out->live, "metadata", "uid");
    return outcome == KUBE_DONE || outcome == KUBE_ABSENT ||
           object_target_report(&out->target, "Kubernetes object not read", &response, diags);
}

bool object_read_is_same(const ObjectRead *read, const ObjectRecord *record) {
    return read->uid.len && (record->uid.len == 0 || str_equal(record->uid, read->uid));
}

ObjectRecord object_read_record(const ObjectRead *read) {
    return (ObjectRecord){.cluster = read->target.identity.id, .uid = read->uid};
}

Str object_read_private(const ObjectRead *read, Arena *arena) {
    ObjectRecord record = object_read_record(read);
    return object_record_text(&record, arena);
}
