/* libvirt_object: common operations of machines, networks, pools, filters and secrets: they have a
 * UUID chosen by loam, and a name that is unique on the host.
 *
 * The payload of such a ResourceType is a LibvirtObject, which the functions below read. Callers
 * release returned handles. */
#pragma once

#include "libvirt_error.h"
#include "libvirt_kind.h"
#include "object_id.h"
#include "provider.h"

typedef struct LibvirtObject {
    const LibvirtKind *kind;
    /* Finds an object by the text of name_of for the planned one. NULL: by the kind's by_name and
     * the attribute "name". */
    void *(*by_name)(virConnectPtr connection, const char *name);
    Str (*name_of)(Value planned, Arena *arena);
    /* Reads the object from the host into the state. */
    bool (*read)(const Call *call, void *handle, Value *state, Diags *diags);
    /* Sets unknown values of a planned object before `read`. NULL: none. */
    bool (*resolve)(const Call *call, virConnectPtr connection, Value *planned, Diags *diags);
    /* An attribute that states of other providers lack, for the upgrade. NULL: there are none. */
    const char *own;

    /* For libvirt_object_create and libvirt_object_update. */
    const char *(*describe)(const Call *call, Value planned, Str uuid);
    void *(*define)(virConnectPtr connection, const char *text);
    Str (*define_hint)(
        const LibvirtError *error); /* for the user; NULL: libvirt's error is enough */
    /* Sets up a new object beyond its definition. NULL: nothing to do. */
    bool (*prepare)(const Call *call, void *handle, Value planned, Diags *diags);
    /* Edits the definition. */
    bool (*change)(const Call *call, void *handle, Value prior, Value planned, Diags *diags);
    /* Starts or stops the object, after `prepare` or `change`. */
    bool (*run)(const Call *call, void *handle, Value planned, Diags *diags);
    /* For libvirt_object_delete. Succeeds if the object does not exist any more. */
    bool (*remove)(const Call *call, void *handle, Value prior, Diags *diags);
} LibvirtObject;

/* Returns the object of the state; NULL without an error if it does not exist. */
void *libvirt_object_find(const Call *call, Value state, bool *is_gone, Diags *diags);
/* Like libvirt_object_find, but a missing object is an error. */
void *libvirt_object_get(const Call *call, Value state, Diags *diags);

/* Sets the response of a create or update: the planned object on success, else the actual one. */
MUST_USE bool libvirt_object_answer(const Call *call, void *handle, Value planned, bool is_done,
                                    ApplyResponse *response, Diags *diags);

/* A define call that failed. */
typedef struct FailedDefine {
    virConnectPtr connection;
    Value planned;
    Str uuid;
    LibvirtError error;
} FailedDefine;

/* Explains the error: the name may be in use. If the connection broke, the reply may be lost: sets
 * `in_doubt` in the response. Always returns false. */
bool libvirt_object_add_define_error(const Call *call, const FailedDefine *failed,
                                     ApplyResponse *response, Diags *diags);

/* Adoption: if "adopt_existing" is true and the host has an object of the planned name, a creation
 * updates that object instead. Only arguments that the configuration sets are changed. */

/* If the creation would adopt an object, adds a note to the plan with the object's ID and the
 * arguments that change. Returns false if the object cannot be read. */
MUST_USE bool libvirt_object_plan_adoption(const Call *call, const PlanRequest *request,
                                           PlanResponse *response, Diags *diags);
/* Adopts the existing object, if there is one: sets *is_adopted and updates the object, with the
 * update's `response`. Returns false if the object cannot be read or updated. */
MUST_USE bool libvirt_object_adopt(const Call *call, virConnectPtr connection,
                                   const ApplyRequest *request, ApplyResponse *response,
                                   bool *is_adopted, Diags *diags);

/* Slots of ResourceType. */

MUST_USE bool libvirt_object_create(const Call *call, const ApplyRequest *request,
                                    ApplyResponse *response, Diags *diags);
MUST_USE bool libvirt_object_update(const Call *call, const ApplyRequest *request,
                                    ApplyResponse *response, Diags *diags);
MUST_USE bool libvirt_object_delete(const Call *call, const DeleteRequest *request,
                                    DeleteResponse *response, Diags *diags);
MUST_USE bool libvirt_object_read(const Call *call, const ReadRequest *request,
                                  ReadResponse *response, Diags *diags);
/* Imports by UUID or name. */
MUST_USE bool libvirt_object_import(const Call *call, const ImportRequest *request,
                                    ImportResponse *response, Diags *diags);
/* A defined object is complete: the next plan updates the rest. */
MUST_USE bool libvirt_object_recover(const Call *call, const RecoverRequest *request,
                                     RecoverResponse *response, Diags *diags);
MUST_USE bool libvirt_object_upgrade(const Call *call, const UpgradeRequest *request,
                                     UpgradeResponse *response, Diags *diags);

#define LIBVIRT_OBJECT_SLOTS                                                                       \
    .marker = object_id_marker, .recovery = RECOVERY_FINDS, .recover = libvirt_object_recover,     \
    .import = libvirt_object_import
