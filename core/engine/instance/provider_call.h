/* provider_call: makes the calls of a provider about an instance, logs them, and checks responses.
 * node_ephemeral.c itself renews and closes ephemeral objects, after the task of the instance.
 *
 * For a mocked object, the mock responds. Diagnostics of the provider get the range of the argument
 * that they name, or else of the block. Results are allocated in the operation's scratch. */
#pragma once

#include "instance_op.h"

/* Returns the external effect of changing the object; none for a mock. */
Effect provider_call_effect(const InstanceOp *op);
MUST_USE bool provider_call_validate(InstanceOp *op, Value config);
/* A deferred provider is not called: the plan is made from the schema alone. */
MUST_USE bool provider_call_plan(InstanceOp *op, const PlanRequest *request,
                                 PlanResponse *response);
/* Returns true if the provider plans the deletion of this object. */
bool provider_call_plans_destroy(const InstanceOp *op);
MUST_USE bool provider_call_marker(InstanceOp *op, PendingAction action,
                                   const MarkerRequest *request, MarkerResponse *response);
MUST_USE bool provider_call_apply(InstanceOp *op, const ApplyRequest *request,
                                  ApplyResponse *response);
MUST_USE bool provider_call_delete(InstanceOp *op, const DeleteRequest *request,
                                   DeleteResponse *response);
MUST_USE bool provider_call_read(InstanceOp *op, const ReadRequest *request,
                                 ReadResponse *response);
/* Rejects a type without the slot. `timeout_ms` 0: no limit. */
MUST_USE bool provider_call_gitops(InstanceOp *op, int64_t timeout_ms, const GitopsRequest *request,
                                   GitopsResponse *response);
MUST_USE bool provider_call_import(InstanceOp *op, const ImportRequest *request,
                                   ImportResponse *response);
/* Adds an error if the type does not accept objects of other types. */
MUST_USE bool provider_call_move(InstanceOp *op, const MoveRequest *request,
                                 MoveResponse *response);
MUST_USE bool provider_call_upgrade(InstanceOp *op, const UpgradeRequest *request,
                                    UpgradeResponse *response);
MUST_USE bool provider_call_upgrade_identity(InstanceOp *op, const UpgradeIdentityRequest *request,
                                             UpgradeIdentityResponse *response);
/* `generation`: of the interrupted call. */
MUST_USE bool provider_call_recover(InstanceOp *op, uint64_t generation,
                                    const RecoverRequest *request, RecoverResponse *response);
/* Sets the limits of an operation in `task`, allocated in `walk_arena`. On failure,
 * reports the errors and marks the record as failed; the caller must not run the operation. */
MUST_USE bool provider_call_limits(InstanceOp *op, const LimitsRequest *request, WalkTask *task);
MUST_USE bool provider_call_read_data(InstanceOp *op, const DataReadRequest *request,
                                      DataReadResponse *response);
MUST_USE bool provider_call_plan_action(InstanceOp *op, const ActionRequest *request,
                                        ActionResponse *response);
/* Lists objects of the managed type `resource`. */
MUST_USE bool provider_call_list(InstanceOp *op, const ResourceType *resource,
                                 const ListRequest *request, const ListSink *sink);
/* Returns the configuration of an object of a managed type; the operation is that of a list. */
MUST_USE bool provider_call_generate_config(InstanceOp *op, const ResourceType *managed,
                                            const GenerateConfigRequest *request,
                                            GenerateConfigResponse *response);
bool provider_call_invoke(InstanceOp *op, const ActionRequest *request);
bool provider_call_open(InstanceOp *op, const OpenRequest *request, OpenResponse *response);

/* Checks that `actual` has the values of `planned`; unknown planned values may become anything.
 * `summary` is the summary of the errors; they do not show the values at `sensitive` paths. */
MUST_USE bool provider_call_check_result(InstanceOp *op, Value planned, Value actual,
                                         const Paths *sensitive, const char *summary);
