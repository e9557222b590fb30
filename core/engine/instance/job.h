/* Job: what planning, applying and destroying one resource instance have in common.
 *
 * A Job is one instance in the hands of one worker: its arenas, its diagnostics, its provider. What
 * survives it is cloned from scratch: to keep if it outlives the walk, else to passing; the rest
 * goes with job_end. */
#pragma once

#include "evaluate.h"
#include "journal.h"
#include "mock.h"
#include "resource_type.h"
#include "state_object.h"

/* One call that changes parts (change_parts.h). Guards itself. */
typedef struct PartWork PartWork;

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
    StrVec secrets;  /* what the diagnostics must not hold */
    Str address;     /* as text, in scratch */
    PartWork *parts; /* of the call under way; NULL: it has none */

    Action action;
    int64_t started_ms;
} Job;

/* A configured value and where it carries marks. */
typedef struct Configured {
    Value marked;
    Value value; /* without marks */
    Paths sensitive;
    Paths ephemeral;
} Configured;

void job_begin(Job *job, InstanceRecord *record, uint32_t worker);
/* Hands the diagnostics on, forgets the scratch; true when there was no error. */
bool job_end(Job *job);
/* What a provider call gets. */
Call job_call(Job *job);
/* Diagnostics of a provider from index `from` on get the place of the argument that they are about,
 * or else that of the block. */
void job_place_answer(Job *job, size_t from);
HookEvent job_event(const Job *job);

/* The stored object as a marked value of today's schema version; an absent object gives null. */
MUST_USE bool job_decode(Job *job, const StateObject *object, Value *out);
/* The block's arguments for this instance, converted, validated against the schema. */
MUST_USE bool job_configure(Job *job, const EvalScope *scope, Configured *out);
/* The block's own conditions, before its object is changed or read, and after. When only refreshing
 * they warn. */
MUST_USE bool job_preconditions(Job *job, const EvalScope *scope);
MUST_USE bool job_postconditions(Job *job, const EvalScope *scope);
/* What will be known of an object that is read or opened: the configuration, and unknown where the
 * provider fills in. Without marks. */
Value job_expect(Job *job, Value config);
/* depends_on, its own or its module's, on something that is about to change. */
bool job_waits_for_changes(const Job *job);
/* Marks of the configuration and of the schema, put on a planned or real object. */
Value job_mark(Job *job, Value object, const Configured *configured);
/* `after` with the marks of `before` and of the schema: an object that was read or half deleted. */
Value job_keep_marks(Job *job, Value before, Value after);
/* What is proposed to the provider: prior and configuration (with its defaults) merged, write-only
 * arguments left out: the provider has them in the configuration. */
Value job_propose(Job *job, Value prior, Value config);
/* Puts prior values, with their marks, where ignore_changes points. `prior` is marked. */
void job_ignore_changes(Job *job, Value prior, Configured *configured);
/* Adds the marks of the marked prior object where the plan keeps its value and the configuration
 * sets none: an argument that was sensitive stays so after it is left to the provider. */
void job_inherit_marks(Job *job, Value prior, Value planned, Configured *configured);
/* conform_plan and conform_result; what their messages show is masked as configured. */
MUST_USE bool job_conform_plan(
    Job *job, Value prior, Value config, Value planned, const Configured *configured);
MUST_USE bool job_conform_result(
    Job *job, Value planned, Value actual, const char *summary, const Configured *configured);
/* False, with an error, when there is nobody to call: the provider's configuration is not known. */
MUST_USE bool job_require_provider(Job *job);
/* Limits of an operation, as the walk takes them; in passing. */
void job_limits(Job *job, LimitAction action, Value object, WalkTask *task);
/* What the state keeps of a marked object; in scratch. */
const StateObject *job_encode(Job *job, Value marked, ObjectStatus status, Str private_data);
/* What the plan says of this instance, with nothing before and no configuration yet; in passing. */
ResourceChange *job_new_change(const Job *job);
/* What the journal is told before a call (the caller adds what the call is) and after it. */
JournalIntent job_intent(const Job *job, const char *action);
JournalOutcome job_outcome(const Job *job, const StateObject *object);
/* "id" or "name" of an object, for progress lines; empty when there is none or it is secret. A
 * view.
 */
Str job_object_id(Value marked);
