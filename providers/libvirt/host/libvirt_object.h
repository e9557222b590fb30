/* libvirt_object: what machines, networks, pools and filters have in common: a UUID that loam
 * chose, and a name that only one of them has on the host.
 *
 * libvirt has a type and a set of calls for each kind. A LibvirtObject is a row of those calls, and
 * its handles are void pointers here: one that is handed out is the caller's to release. */
#pragma once

#include "libvirt_error.h"
#include "libvirt_handle.h"
#include "provider.h"

typedef struct LibvirtObject {
    const char *noun; /* in messages: "network" */
    const ResourceType *type;
    void *(*by_uuid)(virConnectPtr connection, const char *uuid);
    void *(*by_name)(virConnectPtr connection, const char *name);
    int (*uuid_of)(void *handle, char *uuid);
    int (*release)(void *handle);
    /* What the host has now, over what the state says. */
    bool (*read)(const Call *call, void *handle, Value *state, Diags *diags);
    /* Settles what a plan left open before it is read. NULL: nothing. */
    bool (*resolve)(const Call *call, virConnectPtr connection, Value *planned, Diags *diags);
} LibvirtObject;

/* The object of the state; NULL without an error when it is gone. */
void *libvirt_object_find(
    const LibvirtObject *object, const Call *call, Value state, bool *is_gone, Diags *diags);
/* The same where it must be there. */
void *libvirt_object_get(const LibvirtObject *object, const Call *call, Value state, Diags *diags);

/* The answer of a create or update: as planned when it went well, else as it is. */
MUST_USE bool libvirt_object_answer(const LibvirtObject *object,
                                    const Call *call,
                                    void *handle,
                                    Value planned,
                                    bool is_done,
                                    ApplyResponse *response,
                                    Diags *diags);
/* A define failed with this error: perhaps since the name is another's, perhaps only the answer was
 * lost. Always false. */
bool libvirt_object_add_define_error(const LibvirtObject *object,
                                     const Call *call,
                                     virConnectPtr connection,
                                     Value planned,
                                     Str uuid,
                                     const LibvirtError *error,
                                     ApplyResponse *response,
                                     Diags *diags);

/* What slots of a ResourceType do. */

MUST_USE bool libvirt_object_read(const LibvirtObject *object,
                                  const Call *call,
                                  Value *state,
                                  Diags *diags);
/* By UUID or name. */
MUST_USE bool libvirt_object_import(
    const LibvirtObject *object, const Call *call, Str id, Value *state, Diags *diags);
/* What is defined is whole: the plan brings the rest. */
MUST_USE bool libvirt_object_recover(const LibvirtObject *object,
                                     const Call *call,
                                     const RecoverRequest *request,
                                     RecoverResponse *response,
                                     Diags *diags);
