/* resource_type: the calls of a managed type with the defaults filled in. The engine calls these.
 */
#pragma once

#include "provider.h"

/* response->planned and requires_replace are prepared by the framework: computed attributes that
 * the configuration leaves null become unknown when creating; when updating they keep the prior
 * value unless the attribute has CHANGES_ON_UPDATE and something else changes. */
MUST_USE bool resource_type_plan(const ResourceType *type,
                                 const Call *call,
                                 const PlanRequest *request,
                                 PlanResponse *response,
                                 Diags *diags);
/* The plan of the framework, without a call of the provider. */
void resource_type_plan_alone(const ResourceType *type,
                              const Call *call,
                              const PlanRequest *request,
                              PlanResponse *response);
/* The same, before a change that no schema flag covers becomes a replacement. */
void resource_type_prepare_plan(const ResourceType *type,
                                const Call *call,
                                const PlanRequest *request,
                                PlanResponse *response);
MUST_USE bool resource_type_marker(const ResourceType *type,
                                   const Call *call,
                                   const MarkerRequest *request,
                                   MarkerResponse *response,
                                   Diags *diags);
/* create or update: create if `request->prior` is null. */
MUST_USE bool resource_type_apply(const ResourceType *type,
                                  const Call *call,
                                  const ApplyRequest *request,
                                  ApplyResponse *response,
                                  Diags *diags);
MUST_USE bool resource_type_delete(const ResourceType *type,
                                   const Call *call,
                                   const DeleteRequest *request,
                                   DeleteResponse *response,
                                   Diags *diags);
MUST_USE bool resource_type_read(const ResourceType *type,
                                 const Call *call,
                                 const ReadRequest *request,
                                 ReadResponse *response,
                                 Diags *diags);
/* An error if the type cannot be imported. */
MUST_USE bool resource_type_import(const ResourceType *type,
                                   const Call *call,
                                   const ImportRequest *request,
                                   ImportResponse *response,
                                   Diags *diags);
MUST_USE bool resource_type_upgrade(const ResourceType *type,
                                    const Call *call,
                                    const UpgradeRequest *request,
                                    UpgradeResponse *response,
                                    Diags *diags);
MUST_USE bool resource_type_recover(const ResourceType *type,
                                    const Call *call,
                                    const RecoverRequest *request,
                                    RecoverResponse *response,
                                    Diags *diags);
MUST_USE bool resource_type_limits(const ResourceType *type,
                                   const Call *call,
                                   const LimitsRequest *request,
                                   LimitsResponse *response,
                                   Diags *diags);
/* For unit tests of a type: it can update, or each attribute that a user sets forces a new object
 * by its schema flag. (A plan makes a change that no flag covers a replacement all the same.) */
bool resource_type_covers_updates(const ResourceType *type);
