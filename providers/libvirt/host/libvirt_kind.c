/* libvirt_kind: the calls for each kind, made by macros. */
#include "libvirt_kind.h"

/* The functions of all kinds, whose names in libvirt differ by Noun. */
#define KIND_LISTED(kind, Noun)                                                                    \
    static int kind##_list(virConnectPtr connection, unsigned flags, void ***out) {                \
        vir##Noun##Ptr *all = NULL;                                                                \
        int count = virConnectListAll##Noun##s(connection, &all, flags);                           \
        *out = (void **)all;                                                                       \
        return count;                                                                              \
    }                                                                                              \
    static char *kind##_describe(void *handle, unsigned flags) {                                   \
        return vir##Noun##GetXMLDesc(handle, flags);                                               \
    }                                                                                              \
    static int kind##_release(void *handle) {                                                      \
        return vir##Noun##Free(handle);                                                            \
    }

#define KIND_IDENTIFIED(kind, Noun)                                                                \
    static void *kind##_by_uuid(virConnectPtr connection, const char *uuid) {                      \
        return vir##Noun##LookupByUUIDString(connection, uuid);                                    \
    }                                                                                              \
    static int kind##_uuid_of(void *handle, char *uuid) {                                          \
        return vir##Noun##GetUUIDString(handle, uuid);                                             \
    }

#define KIND_NAMED(kind, Noun)                                                                     \
    static void *kind##_by_name(virConnectPtr connection, const char *name) {                      \
        return vir##Noun##LookupByName(connection, name);                                          \
    }                                                                                              \
    static const char *kind##_name_of(void *handle) {                                              \
        return vir##Noun##GetName(handle);                                                         \
    }

#define KIND_LISTED_ROW(kind)                                                                      \
    .list = kind##_list, .describe = kind##_describe, .release = kind##_release
#define KIND_ROW(kind)                                                                             \
    .noun = #kind, KIND_LISTED_ROW(kind), .by_uuid = kind##_by_uuid, .uuid_of = kind##_uuid_of
#define KIND_NAMED_ROW(kind) .by_name = kind##_by_name, .name_of = kind##_name_of

KIND_LISTED(machine, Domain)
KIND_LISTED(network, Network)
KIND_LISTED(pool, StoragePool)
KIND_LISTED(filter, NWFilter)
KIND_LISTED(binding, NWFilterBinding)
KIND_LISTED(secret, Secret)
KIND_LISTED(device, NodeDevice)
KIND_IDENTIFIED(machine, Domain)
KIND_IDENTIFIED(network, Network)
KIND_IDENTIFIED(pool, StoragePool)
KIND_IDENTIFIED(filter, NWFilter)
KIND_IDENTIFIED(secret, Secret)
KIND_NAMED(machine, Domain)
KIND_NAMED(network, Network)
KIND_NAMED(pool, StoragePool)
KIND_NAMED(filter, NWFilter)

const LibvirtKind libvirt_kind_machine = {KIND_ROW(machine), KIND_NAMED_ROW(machine)};
const LibvirtKind libvirt_kind_network = {KIND_ROW(network), KIND_NAMED_ROW(network)};
const LibvirtKind libvirt_kind_pool = {KIND_ROW(pool), KIND_NAMED_ROW(pool)};
const LibvirtKind libvirt_kind_filter = {KIND_ROW(filter), KIND_NAMED_ROW(filter)};
const LibvirtKind libvirt_kind_binding = {KIND_LISTED_ROW(binding)};
const LibvirtKind libvirt_kind_secret = {KIND_ROW(secret)};
const LibvirtKind libvirt_kind_device = {KIND_LISTED_ROW(device)};

static_assert(VIR_NETWORK_XML_INACTIVE == (int)VIR_STORAGE_XML_INACTIVE, "one flag");

void *libvirt_kind_find(const LibvirtKind *kind, virConnectPtr connection, Str id, Arena *arena) {
    const char *text = str_to_cstr(id, arena);
    void *found = kind->by_uuid(connection, text);
    return found ? found : kind->by_name(connection, text);
}

char *libvirt_kind_describe_inactive(const LibvirtKind *kind, void *handle) {
    char *text = kind->describe(handle, VIR_NETWORK_XML_INACTIVE);
    const virError *error = text ? NULL : virGetLastError();
    return error && error->code == VIR_ERR_INVALID_ARG ? kind->describe(handle, 0) : text;
}
