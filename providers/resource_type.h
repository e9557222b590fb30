/* resource_type: the engine's calls of a managed type, with the defaults of NULL slots. */
#pragma once

#include "provider.h"

/* The framework prepares response->planned and requires_replace. On creation, computed attributes
 * that the configuration leaves null become unknown. On update they keep the prior value, unless
 * the attribute has CHANGES_ON_UPDATE and another attribute changes. Then the type's `plan` may
 * change the response. A deletion is passed to it only with plans_destroy. */
MUST_USE bool resource_type_plan(const Call *call, const PlanRequest *request,
                                 PlanResponse *response, Diags *diags);
/* Sets the framework's plan, without calling the provider. Without `update`, every change is a
 * replacement. */
void resource_type_plan_by_schema(const Call *call, const PlanRequest *request,
                                  PlanResponse *response);
/* Like resource_type_plan_by_schema, but a change that no schema flag covers does not become a
 * replacement yet. */
void resource_type_prepare_plan(const Call *call, const PlanRequest *request,
                                PlanResponse *response);
MUST_USE bool resource_type_marker(const Call *call, const MarkerRequest *request,
                                   MarkerResponse *response, Diags *diags);
/* Calls create if `request->prior` is null, else update. */
MUST_USE bool resource_type_apply(const Call *call, const ApplyRequest *request,
                                  ApplyResponse *response, Diags *diags);
MUST_USE bool resource_type_delete(const Call *call, const DeleteRequest *request,
                                   DeleteResponse *response, Diags *diags);
MUST_USE bool resource_type_read(const Call *call, const ReadRequest *request,
                                 ReadResponse *response, Diags *diags);
/* Adds an error if the type does not support import. */
MUST_USE bool resource_type_import(const Call *call, const ImportRequest *request,
                                   ImportResponse *response, Diags *diags);
MUST_USE bool resource_type_upgrade(const Call *call, const UpgradeRequest *request,
                                    UpgradeResponse *response, Diags *diags);
/* Adds an error if the type cannot upgrade identities. */
MUST_USE bool resource_type_upgrade_identity(const Call *call,
                                             const UpgradeIdentityRequest *request,
                                             UpgradeIdentityResponse *response, Diags *diags);
/* Adds an error if the type does not accept objects of other types. */
MUST_USE bool resource_type_move(const Call *call, const MoveRequest *request,
                                 MoveResponse *response, Diags *diags);
MUST_USE bool resource_type_generate_config(const Call *call, const GenerateConfigRequest *request,
                                            GenerateConfigResponse *response, Diags *diags);
MUST_USE bool resource_type_recover(const Call *call, const RecoverRequest *request,
                                    RecoverResponse *response, Diags *diags);
MUST_USE bool resource_type_limits(const Call *call, const LimitsRequest *request,
                                   LimitsResponse *response, Diags *diags);
/* Plans one object for the framework, before the type's `plan`. Values are unmarked. Create: null
 * computed attributes without a default become unknown, also in nested objects. Update: they keep
 * their prior values, except that those with CHANGES_ON_UPDATE become unknown; new nested objects
 * are planned as created. Returns prior if nothing differs, and null if proposed is null. */
Value resource_plan_object(const Schema *schema, const PlanRequest *request, Arena *arena);
/* Returns the configuration of an existing object, by the schema of its type: the object with nulls
 * for all arguments that a configuration cannot or need not set: read
 * by the provider, deprecated, an `id`, or optional and an empty text. Of a null object all
 * arguments are null. */
Value generated_config(const Schema *schema, Value object, Arena *arena);
/* For unit tests: returns whether the type has `update`, or a flag that forces a replacement on
 * each configurable attribute that is not write-only. (A plan replaces the object for a change
 * without a flag, too.) */
bool resource_type_covers_updates(const ResourceType *type);
