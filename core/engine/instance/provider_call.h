/* provider_call: every call of a provider about an object goes through here.
 *
 * A mocked object is answered by its mock. Diagnostics of the provider get the place of the
 * argument that they are about, or else that of the block. Each call writes one line to the log.
 * Results live in the job's scratch. */
#pragma once

#include "job.h"

/* A mock has no effect outside. */
Effect provider_call_effect(const Job *job);
MUST_USE bool provider_call_validate(Job *job, Value config);
/* A deferred provider is not called: the framework plans alone. */
MUST_USE bool provider_call_plan(Job *job, const PlanRequest *request, PlanResponse *response);
/* Is the deletion of this object planned with its provider? */
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
/* `generation`: of the creation that was cut off. */
MUST_USE bool provider_call_recover(Job *job,
                                    uint64_t generation,
                                    const RecoverRequest *request,
                                    RecoverResponse *response);
/* Gives `task` the limits of an operation on `object`, in passing. A failure marks the record as
 * failed. */
void provider_call_limits(Job *job, LimitAction action, Value object, WalkTask *task);
MUST_USE bool provider_call_read_data(Job *job,
                                      const DataReadRequest *request,
                                      DataReadResponse *response);
MUST_USE bool provider_call_open(Job *job, const OpenRequest *request, OpenResponse *response);
