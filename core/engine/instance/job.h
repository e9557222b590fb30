/* job: one resource instance in the hands of one worker of the walk.
 *
 * A Job holds the arenas, the diagnostics and the provider of a task. What survives the task is
 * cloned from scratch: to keep if it outlives the walk, else to passing. job_end resets scratch. */
#pragma once

#include "journal.h"
#include "mock.h"
#include "node.h"
#include "resource_type.h"
#include "state_object.h"

/* One call that changes parts (change_parts.h). Guards itself. */
typedef struct PartWork PartWork;
typedef bool (*PartBegin)(void *payload, const PartIntent *intent, Diags *diags);
typedef bool (*PartEnd)(void *payload, Str key, Str private_data, Diags *diags);

typedef struct Job {
    EngineWalk *walk;
    Node *node;
    InstanceRecord *record;
    ResourceNode *resource;
    const ObjectType *type;
    const Schema *schema;
    ProviderNode *provider;
    Mock mock; /* of a mocked object; its type NULL: not mocked */
    Arena *keep;
    Arena *passing;
    Arena *scratch;
    Diags diags;
    StrVec secrets;       /* what the diagnostics must not hold */
    Str address;          /* as text, in scratch */
    PartWork *parts;      /* of the call under way; NULL: none */
    PartBegin part_begin; /* of the call under way; set with `parts` */
    PartEnd part_end;

    Action action;
    int64_t started_ms;
} Job;

/* Begins a task on the record's instance. */
void job_begin(Job *job, InstanceRecord *record, uint32_t worker);
/* Reports the diagnostics to the walk, without secrets; returns true if none is an error. */
bool job_end(Job *job);
/* Returns the context of a provider call. */
Call job_call(Job *job);
/* Gives diagnostics of a provider from index `from` on the range of the argument that they name, or
 * else that of the block. */
void job_place_answer(Job *job, size_t from);
/* Returns a progress event about this instance, `elapsed_ms` since the job began. */
WalkEvent job_event(const Job *job, WalkEventKind kind);
/* Sends an event about this instance; `id` is that of its object, or empty. */
void job_send(const Job *job, WalkEventKind kind, Str id);
/* The same for an EVENT_…_END. */
void job_send_end(const Job *job, WalkEventKind kind, Str id, bool ok);
/* Returns "id" or "name" of an object, for progress events; empty if it has none, or if that is
 * sensitive. A view. */
Str job_object_id(Value marked);

/* Fails, with an error, if the configuration of the provider is unknown, so that it cannot be
 * called. */
MUST_USE bool job_require_provider(Job *job);
/* Returns a change of this instance in passing, with nothing before and no configuration yet. */
ResourceChange *job_new_change(const Job *job);
/* Returns the journal row before a call (the caller adds the call's own members) and that after it.
 */
JournalIntent job_intent(const Job *job, PendingAction action);
JournalOutcome job_outcome(const Job *job, const StateObject *object);
