/* bundle: a type whose instances are directories of files, each file an object of its own, for
 * tests of parts.
 *
 *   directory! (forces a new one), files! (name → content); id, places (name → file name)
 *
 * Each creation of a file has a new file name ("front@1f0c2a9b"), so that a second creation of an
 * object is noticed. A content that begins with "fixed" cannot be changed in place. Files whose
 * name begins with "secret" are sensitive. */
#pragma once

#include "provider.h"

/* The fault at the part `key`; NULL: none. Only one test at a time may set it. */
typedef struct BundleFault {
    const char *key;
    /* The process ends with status 9: "die begun", "die changed", "die ended". The call fails:
     * "refuse" (with the actual state), "lost" (without a state). The provider violates the
     * contract: "go on" (after a part that must not begin), "no end", "never", "twice",
     * "otherwise", "unplanned", "end first"; in its plan: "again", "no before", "null before",
     * "text before", "no key", "quiet". The plan keeps the prior object: "idle", with the changed
     * parts ("idle but parts"), with unknown ones ("idle and more"). The plan of a deletion fails:
     * "stay". */
    const char *what;
} BundleFault;

extern BundleFault bundle_fault;
/* If true, a call records all its parts before the first one begins. */
extern bool bundle_records_parts;

extern const Attribute bundle_attributes[4];

bool bundle_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                 Diags *diags);
bool bundle_apply(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                  Diags *diags);
bool bundle_delete(const Call *call, const DeleteRequest *request, DeleteResponse *response,
                   Diags *diags);
bool bundle_read(const Call *call, const ReadRequest *request, ReadResponse *response,
                 Diags *diags);
/* Reports a request that contradicts the contract of `recover`. */
bool bundle_check_recovery(const RecoverRequest *request, Diags *diags);
bool bundle_recover(const Call *call, const RecoverRequest *request, RecoverResponse *response,
                    Diags *diags);

/* The type of one provider. */
#define BUNDLE_TYPE(type_name)                                                                     \
    {                                                                                              \
        .name = (type_name), .schema = {SCHEMA_ATTRIBUTES(bundle_attributes)},                     \
        .recovery = RECOVERY_FINDS, .plans_destroy = true, .has_parts = true, .plan = bundle_plan, \
        .create = bundle_apply, .update = bundle_apply, .delete = bundle_delete,                   \
        .read = bundle_read, .recover = bundle_recover,                                            \
    }
