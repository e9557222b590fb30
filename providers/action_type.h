/* action_type: the part of the contract that actions implement, and the engine's calls of it.
 * Actions are operations on remote systems that leave no object. */
#pragma once

#include "provider.h"

typedef struct ActionRequest {
    Value config; /* `plan`: may contain unknowns; `invoke`: wholly known */
} ActionRequest;

typedef struct ActionResponse {
    Deferral deferral; /* of `plan`; the object that triggers the action waits, too */
} ActionResponse;

struct ActionType {
    const char *name;
    Schema schema;
    bool (*validate)(const Call *call, const ValidateRequest *request, Diags *diags);
    /* Rejects an invocation that would fail. Default: every invocation is accepted. */
    bool (*plan)(const Call *call, const ActionRequest *request, ActionResponse *response,
                 Diags *diags);
    /* Required. Its messages are reported by call_progress. */
    bool (*invoke)(const Call *call, const ActionRequest *request, Diags *diags);
};

MUST_USE bool action_type_plan(const ActionType *type, const Call *call,
                               const ActionRequest *request, ActionResponse *response,
                               Diags *diags);
MUST_USE bool action_type_invoke(const ActionType *type, const Call *call,
                                 const ActionRequest *request, Diags *diags);
