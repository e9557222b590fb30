/* provider_call: makes all calls of a provider about an object, and logs them.
 *
 * For a mocked object, the mock responds. Diagnostics of the provider get the range of the argument
 * that they name, or else of the block. Results are allocated in the job's scratch. */
#pragma once

#include "job.h"

/* A mock has no external effect. */
Effect provider_call_effect(const Job *job);
MUST_USE bool provider_call_validate(Job *job, Value config);
/* A deferred provider is not called: the plan is made from the schema alone. */
MUST_USE bool provider_call_plan(Job *job, const PlanRequest *request, PlanResponse *response);
/* Returns true if the provider plans the deletion of this object. */
bool provider_call_plans_destroy(const Job *job);
MUST_USE bool provider_call_marker(Job *job,
                                   const MarkerRequest *request,
                                   MarkerResponse *response);
MUST_USE bool provider_call_apply(Job *job, const ApplyRequest *request, ApplyResponse *response);
MUST_USE bool provider_call_delete(Job *job,
                                   const DeleteRequest *request,
                                   DeleteResponse *response);
MUST_USE bool provider_call_read(Job *job, const ReadRequest *request, ReadResponse *response);
MUST_USE bool provider_call_import(Job *job,
                                   const ImportRequest *request,
                                   ImportResponse *response);
MUST_USE bool provider_call_upgrade(Job *job,
                                    const UpgradeRequest *request,
                                    UpgradeResponse *response);
/* `generation`: of the interrupted creation. */
MUST_USE bool provider_call_recover(Job *job,
                                    uint64_t generation,
                                    const RecoverRequest *request,
                                    RecoverResponse *response);
/* Sets the limits of an operation on `object` in `task`, allocated in `passing`. On failure, marks
 * the record as failed. */
void provider_call_limits(Job *job, LimitAction action, Value object, WalkTask *task);
MUST_USE bool provider_call_read_data(Job *job,
                                      const DataReadRequest *request,
                                      DataReadResponse *response);
MUST_USE bool provider_call_open(Job *job, const OpenRequest *request, OpenResponse *response);
