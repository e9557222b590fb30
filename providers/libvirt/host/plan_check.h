/* plan_check: what a plan verifies on the host: that it can be reached and changed, and that the
 * objects exist that the arguments name.
 *
 * If a dependency changes first, an object may not exist yet: those of the same plan are known by
 * plan_check_promise, and the absence of others is a warning. A plan that only reads checks
 * nothing. At the apply, everything must exist. */
#pragma once

#include "libvirt_handle.h"
#include "provider.h"

typedef struct PlanCheck {
    const Call *call;
    const PlanRequest *request;
    virConnectPtr connection; /* NULL: nothing is checked; plan_check_close releases it */
    bool has_failed;
    Diags *diags;
} PlanCheck;

/* An object that an argument names. */
typedef struct CheckedName {
    Path path;        /* of the argument */
    const char *kind; /* "pool", "network", "filter" or "machine" */
    Str name;         /* or UUID; empty: nothing is checked */
} CheckedName;

/* Connects to the host. If it cannot be reached or the connection is read-only, adds an error. */
PlanCheck plan_check_open(const Call *call, const PlanRequest *request,
                          const PlanResponse *response, Diags *diags);
/* Adds an error at the argument, with the nearest existing name, if the object does not exist. */
void plan_check_name(PlanCheck *check, const CheckedName *name);
/* The same for an object that the caller did not find. `names` are those that exist. */
void plan_check_absent(PlanCheck *check, const CheckedName *name, const StrVec *names);
/* Remembers that this plan creates the object. */
void plan_check_promise(const PlanCheck *check, const char *kind, Str name);
/* Releases the connection. Returns false if an error was added. */
MUST_USE bool plan_check_close(PlanCheck *check);

/* Implements the slot `plan` for types of which only the argument `name` names an object. */
MUST_USE bool plan_check_one(const Call *call, const PlanRequest *request,
                             const PlanResponse *response, const char *kind, const char *argument,
                             Diags *diags);
