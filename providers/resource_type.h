/* resource_type: the calls of the contract with the defaults filled in; what the engine calls. */
#pragma once

#include "provider.h"

MUST_USE bool resource_type_validate(const ResourceType *type,
                                     const Call *call,
                                     Value config,
                                     Diags *diags);
/* response->planned and requires_replace are prepared by the framework: computed attributes that
 * the configuration leaves null become unknown when creating; when updating they keep the prior
 * value unless the attribute has CHANGES_ON_UPDATE and something else changes. */
MUST_USE bool resource_type_plan(const ResourceType *type,
                                 const Call *call,
                                 const PlanRequest *request,
                                 PlanResponse *response,
                                 Diags *diags);
Str resource_type_identity(const ResourceType *type, const Call *call, Value planned);
/* create, update or delete, by what is null. */
MUST_USE bool resource_type_apply(const ResourceType *type,
                                  const Call *call,
                                  const ApplyRequest *request,
                                  ApplyResponse *response,
                                  Diags *diags);
/* The object with this id; one of a type that cannot be imported is an error. */
MUST_USE bool resource_type_import(
    const ResourceType *type, const Call *call, Str id, Value *state, Diags *diags);
MUST_USE bool resource_type_read(
    const ResourceType *type, const Call *call, Value *state, Str *private_data, Diags *diags);
MUST_USE bool resource_type_recover(const ResourceType *type,
                                    const Call *call,
                                    const RecoverRequest *request,
                                    RecoverOutcome *outcome,
                                    Value *state,
                                    Diags *diags);
/* `config` is wholly known. */
MUST_USE bool resource_type_open(const ResourceType *type,
                                 const Call *call,
                                 Value config,
                                 EphemeralResponse *response,
                                 Diags *diags);
MUST_USE bool resource_type_renew(const ResourceType *type,
                                  const Call *call,
                                  EphemeralResponse *response,
                                  Diags *diags);
MUST_USE bool resource_type_close(const ResourceType *type,
                                  const Call *call,
                                  Str private_data,
                                  Diags *diags);
void resource_type_limits(
    const ResourceType *type, const Call *call, LimitAction action, Value object, Limits *out);
/* For unit tests of a type: it can update, or each attribute that a user sets says that a change
 * forces a new object. (A plan takes what no flag covers for a replacement all the same.) */
bool resource_type_covers_updates(const ResourceType *type);
