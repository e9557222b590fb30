/* libvirt_identity: name-based UUIDs. */
#include "libvirt_identity.h"

#include "object_id.h"

Str libvirt_identity_of(const Call *call, const ApplyRequest *request) {
    return request->marker.len ? request->marker : object_id_uuid(call);
}

void libvirt_identity_add_owner(const Call *call, xmlNodePtr parent) {
    xmlNodePtr owner = xml_add(xml_add(parent, "metadata"), "owner");
    xml_set_namespace(owner, "urn:loam:1", "loam");
    xml_set(owner, "lineage", call->lineage);
    xml_set(owner, "address", call->address);
}

void libvirt_identity_limit(const Call *call, const char *kind, Str key, uint32_t capacity,
                            Limits *out) {
    Limit limit = {.key = str_format(call->arena, "%s/%.*s", kind, STR_ARG(key)),
                   .capacity = capacity};
    vec_push(call->arena, out, limit);
}
