/* libvirt_identity: name-based UUIDs. */
#include "libvirt_identity.h"

#include "object_id.h"

Str libvirt_identity_uuid(const Call *call) {
    return object_id_uuid(call);
}

Str libvirt_identity_of(const Call *call, const ApplyRequest *request) {
    return request->marker.len ? request->marker : libvirt_identity_uuid(call);
}

bool libvirt_identity_choose(const Call *call,
                             const MarkerRequest *request,
                             MarkerResponse *response,
                             Diags *diags) {
    (void)request;
    (void)diags;
    response->marker = libvirt_identity_uuid(call);
    return true;
}

void libvirt_identity_add_owner(const Call *call, xmlNodePtr parent) {
    xmlNodePtr owner = xml_add(xml_add(parent, "metadata"), "owner");
    xml_set_namespace(owner, "urn:loam:1", "loam");
    xml_set(owner, "lineage", call->lineage);
    xml_set(owner, "address", call->address);
}

void libvirt_identity_limit(
    const Call *call, const char *kind, Str key, uint32_t capacity, Limits *out) {
    Limit limit = {.key = str_format(call->arena, "%s/%.*s", kind, STR_ARG(key)),
                   .capacity = capacity};
    vec_push(call->arena, out, limit);
}
