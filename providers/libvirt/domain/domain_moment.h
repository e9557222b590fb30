/* DomainMoment: what snapshots and checkpoints have in common. Each belongs to a machine, is
 * identified by the machine's UUID and a name, and never changes. libvirt calls both moments.
 *
 * The payload of such a ResourceType is a DomainMoment, which the slots below read. */
#pragma once

#include "libvirt_handle.h"
#include "provider.h"
#include "xml_map.h"

typedef struct DomainMoment {
    const char *noun;
    const char *element; /* the root of its XML */
    XmlRows rows;
    void *(*create)(virDomainPtr domain, Value planned, const char *text);
    void *(*lookup)(virDomainPtr domain, const char *name);
    char *(*describe)(void *moment);
    const char *(*name_of)(void *moment);
    int (*remove)(void *moment);
    int (*release)(void *moment);
} DomainMoment;

/* Defines functions for libvirt's calls of a kind, whose names in libvirt differ by Noun. */
#define DOMAIN_MOMENT_CALLS(kind, Noun)                                                            \
    static void *kind##_lookup(virDomainPtr domain, const char *name) {                            \
        return vir##Noun##LookupByName(domain, name, 0);                                           \
    }                                                                                              \
    static char *kind##_describe(void *moment) {                                                   \
        return vir##Noun##GetXMLDesc(moment, 0);                                                   \
    }                                                                                              \
    static const char *kind##_name_of(void *moment) {                                              \
        return vir##Noun##GetName(moment);                                                         \
    }                                                                                              \
    static int kind##_remove(void *moment) {                                                       \
        return vir##Noun##Delete(moment, 0);                                                       \
    }                                                                                              \
    static int kind##_release(void *moment) {                                                      \
        return vir##Noun##Free(moment);                                                            \
    }

/* These functions in a DomainMoment. */
#define DOMAIN_MOMENT_ROW(kind)                                                                    \
    .noun = #kind, .element = "domain" #kind, .lookup = kind##_lookup,                             \
    .describe = kind##_describe, .name_of = kind##_name_of, .remove = kind##_remove,               \
    .release = kind##_release

/* The slots of the type. */
MUST_USE bool domain_moment_create(const Call *call, const ApplyRequest *request,
                                   ApplyResponse *response, Diags *diags);
/* Only the block "timeouts" changes in place, and it has no effect on the host. */
MUST_USE bool domain_moment_plan(const Call *call, const PlanRequest *request,
                                 PlanResponse *response, Diags *diags);
MUST_USE bool domain_moment_update(const Call *call, const ApplyRequest *request,
                                   ApplyResponse *response, Diags *diags);
MUST_USE bool domain_moment_delete(const Call *call, const DeleteRequest *request,
                                   DeleteResponse *response, Diags *diags);
MUST_USE bool domain_moment_read(const Call *call, const ReadRequest *request,
                                 ReadResponse *response, Diags *diags);
MUST_USE bool domain_moment_import(const Call *call, const ImportRequest *request,
                                   ImportResponse *response, Diags *diags);
MUST_USE bool domain_moment_limits(const Call *call, const LimitsRequest *request,
                                   LimitsResponse *response, Diags *diags);
/* Completes an interrupted creation if a moment of this name exists. */
MUST_USE bool domain_moment_recover(const Call *call, const RecoverRequest *request,
                                    RecoverResponse *response, Diags *diags);

#define DOMAIN_MOMENT_SLOTS                                                                        \
    .recovery = RECOVERY_FINDS, .plan = domain_moment_plan, .create = domain_moment_create,        \
    .update = domain_moment_update, .delete = domain_moment_delete, .read = domain_moment_read,    \
    .import = domain_moment_import, .recover = domain_moment_recover,                              \
    .limits = domain_moment_limits
