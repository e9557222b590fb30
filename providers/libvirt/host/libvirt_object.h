/* libvirt_object: common operations of machines, networks, pools and filters: they have a UUID
 * chosen by loam, and a name that is unique on the host.
 *
 * libvirt has a type and a set of calls for each kind. A LibvirtObject is a table of those calls,
 * with handles as void pointers. The caller releases returned handles. */
#pragma once

#include "libvirt_error.h"
#include "libvirt_handle.h"
#include "provider.h"

typedef struct LibvirtObject {
    const char *noun; /* for messages: "network" */
    const ResourceType *type;
    void *(*by_uuid)(virConnectPtr connection, const char *uuid);
    void *(*by_name)(virConnectPtr connection, const char *name);
    /* Returns the name of a planned object for by_name. NULL: the attribute "name". */
    Str (*name_of)(Value planned, Arena *arena);
    int (*uuid_of)(void *handle, char *uuid);
    int (*release)(void *handle);
    /* Reads the object from the host into the state. */
    bool (*read)(const Call *call, void *handle, Value *state, Diags *diags);
    /* Sets unknown values of a planned object before `read`. NULL: none. */
    bool (*resolve)(const Call *call, virConnectPtr connection, Value *planned, Diags *diags);
} LibvirtObject;

/* Returns the object of the state; NULL without an error if it does not exist. */
void *libvirt_object_find(const LibvirtObject *object, const Call *call, Value state, bool *is_gone,
                          Diags *diags);
/* Like libvirt_object_find, but a missing object is an error. */
void *libvirt_object_get(const LibvirtObject *object, const Call *call, Value state, Diags *diags);

/* Sets the response of a create or update: the planned object on success, else the actual one. */
MUST_USE bool libvirt_object_answer(const LibvirtObject *object, const Call *call, void *handle,
                                    Value planned, bool is_done, ApplyResponse *response,
                                    Diags *diags);
/* Explains this error of a define call: the name may be in use. If the connection broke, the reply
 * may be lost: sets `in_doubt` in the response. Always returns false. */
bool libvirt_object_add_define_error(const LibvirtObject *object, const Call *call,
                                     virConnectPtr connection, Value planned, Str uuid,
                                     const LibvirtError *error, ApplyResponse *response,
                                     Diags *diags);

/* Adoption: if "adopt_existing" is true and the host has an object of the planned name, a creation
 * updates that object instead. Only arguments that the configuration sets are changed. */

/* If the creation would adopt an object, adds a note to the plan with the object's ID and the
 * arguments that change. Returns false if the object cannot be read. */
MUST_USE bool libvirt_object_plan_adoption(const LibvirtObject *object, const Call *call,
                                           const PlanRequest *request, PlanResponse *response,
                                           Diags *diags);
/* Adopts the existing object, if there is one: sets *is_adopted and updates the object, with the
 * update's `response`. Returns false if the object cannot be read or updated. */
MUST_USE bool libvirt_object_adopt(const LibvirtObject *object, const Call *call,
                                   virConnectPtr connection, const ApplyRequest *request,
                                   ApplyResponse *response, bool *is_adopted, Diags *diags);

/* Implementations of slots of ResourceType. */

MUST_USE bool libvirt_object_read(const LibvirtObject *object, const Call *call,
                                  ReadResponse *response, Diags *diags);
/* Imports by UUID or name. */
MUST_USE bool libvirt_object_import(const LibvirtObject *object, const Call *call, Str id,
                                    Value *state, Diags *diags);
/* A defined object is complete: the next plan updates the rest. */
MUST_USE bool libvirt_object_recover(const LibvirtObject *object, const Call *call,
                                     const RecoverRequest *request, RecoverResponse *response,
                                     Diags *diags);
