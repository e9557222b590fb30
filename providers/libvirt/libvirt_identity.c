/* Identity by name-based UUIDs. */
#include "libvirt_identity.h"

#include "digest.h"

/* The name space of all that loam makes on hypervisors. */
static const Str name_space = STR_CONST("6ad0a4d8-5f4e-5c1b-9d0b-4a3b2f6c7e10");

Str libvirt_identity_uuid(const Call *call) {
    Str name = str_format(call->arena, "%.*s\n%.*s\n%llu", STR_ARG(call->lineage),
                          STR_ARG(call->address), (unsigned long long)call->generation);
    return digest_uuid5(name_space, name, call->arena);
}

Str libvirt_identity_of(const Call *call, const ApplyRequest *request) {
    return request->identity.len ? request->identity : libvirt_identity_uuid(call);
}

Str libvirt_identity_choose(const Call *call, Value planned) {
    (void)planned;
    return libvirt_identity_uuid(call);
}

Str libvirt_identity_mac(const Call *call, size_t index) {
    Str name = str_format(call->arena, "%.*s\n%.*s\nnic %zu", STR_ARG(call->lineage),
                          STR_ARG(call->address), index);
    Str digest = digest_bytes(DIGEST_SHA256, name, call->arena);
    const unsigned char *bytes = (const unsigned char *)digest.ptr;
    return str_format(call->arena, "52:54:00:%02x:%02x:%02x", bytes[0], bytes[1], bytes[2]);
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
