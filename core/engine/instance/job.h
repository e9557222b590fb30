/* job: one resource instance, processed by one worker of the walk.
 *
 * A Job holds the arenas, the diagnostics and the provider of a task. Results that outlive the task
 * are cloned from `scratch`: to `keep` if they outlive the walk, else to `passing`. job_end resets
 * `scratch`. */
#pragma once

#include "journal.h"
#include "mock.h"
#include "node.h"
#include "resource_type.h"
#include "state_object.h"

/* The parts that one call changes (change_parts.h). Thread-safe. */
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
    Mock mock; /* its type is NULL if the object is not mocked */
    Arena *keep;
    Arena *passing;
    Arena *scratch;
    Diags diags;
    StrVec secrets;       /* texts that diagnostics must not contain */
    Str address;          /* as text, in scratch */
    PartWork *parts;      /* of the current call; NULL: none */
    PartBegin part_begin; /* of the current call; set with `parts` */
    PartEnd part_end;

    Action action;
    int64_t started_ms;
} Job;

/* Begins a task on the record's instance. */
void job_begin(Job *job, InstanceRecord *record, uint32_t worker);
/* Reports the diagnostics to the walk, without secrets. Returns true if none of them is an
 * error. */
bool job_end(Job *job);
/* Returns the context of a provider call. */
Call job_call(Job *job);
/* Sets the range of provider diagnostics from index `from` on: the argument that they name, or else
 * the block. */
void job_place_answer(Job *job, size_t from);
/* Returns a progress event about this instance. `elapsed_ms` counts from job_begin. */
WalkEvent job_event(const Job *job, WalkEventKind kind);
/* Sends an event about this instance; `id` is the id of its object, or empty. */
void job_send(const Job *job, WalkEventKind kind, Str id);
/* Sends an EVENT_…_END about this instance. */
void job_send_end(const Job *job, WalkEventKind kind, Str id, bool ok);
/* Returns "id" or "name" of an object, for progress events; empty if it has neither, or if the
 * value is marked. A view. */
Str job_object_id(Value marked);

/* Returns false with an error if the provider cannot be called because its configuration is
 * unknown. */
MUST_USE bool job_require_provider(Job *job);
/* Returns a new change of this instance, allocated in `passing`: null before and after, no
 * configuration. */
ResourceChange *job_new_change(const Job *job);
/* Return the journal records to write before and after a call. The caller adds the members of the
 * call. */
JournalIntent job_intent(const Job *job, PendingAction action);
JournalOutcome job_outcome(const Job *job, const StateObject *object);
