/* libvirt_kind: libvirt's calls for one kind of object. libvirt has a type and a set of calls for
 * each kind; here, handles are void pointers, which the caller releases. */
#pragma once

#include "libvirt_handle.h"
#include "str.h"

typedef struct LibvirtKind {
    const char *noun; /* for messages: "network" */
    void *(*by_uuid)(virConnectPtr connection, const char *uuid);
    void *(*by_name)(virConnectPtr connection, const char *name);
    /* Returns the number of objects in the array *out, which libvirt allocated; negative: error. */
    int (*list)(virConnectPtr connection, unsigned flags, void ***out);
    char *(*describe)(void *handle, unsigned flags); /* the XML */
    const char *(*name_of)(void *handle);
    int (*uuid_of)(void *handle, char *uuid);
    int (*release)(void *handle);
} LibvirtKind;

extern const LibvirtKind libvirt_kind_machine;
extern const LibvirtKind libvirt_kind_network;
extern const LibvirtKind libvirt_kind_pool;
extern const LibvirtKind libvirt_kind_filter;
extern const LibvirtKind libvirt_kind_secret;  /* has no by_name and name_of */
extern const LibvirtKind libvirt_kind_binding; /* has only list, describe and release */
extern const LibvirtKind libvirt_kind_device;  /* same */

/* Returns the object of this UUID, else of this name; NULL with libvirt's error if there is none.
 */
void *libvirt_kind_find(const LibvirtKind *kind, virConnectPtr connection, Str id, Arena *arena);
/* Returns the inactive XML of a network or pool; libvirt's test driver has only one XML. */
char *libvirt_kind_describe_inactive(const LibvirtKind *kind, void *handle);
