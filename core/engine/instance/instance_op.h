/* instance_op: one resource instance, processed by one worker of the walk.
 *
 * An InstanceOp holds the arenas, the diagnostics and the provider of a task. Results that outlive
 * the task are cloned from `scratch`: to `keep` if they outlive the walk, else to `walk_arena`.
 * instance_op_end resets `scratch`. */
#pragma once

#include "mock.h"
#include "node.h"
#include "resource_type.h"
#include "state_object.h"

/* The parts that one call changes (change_parts.h). Only the functions below are thread-safe. */
typedef struct PartWork PartWork;
typedef bool (*PartsRecord)(void *payload, const PartIntent *intents, size_t count, Diags *diags);
typedef bool (*PartBegin)(void *payload, const PartIntent *intent, Diags *diags);
typedef bool (*PartEnd)(void *payload, Str key, Str private_data, Diags *diags);
typedef bool (*KeepState)(void *payload, Value state, Diags *diags);

typedef struct InstanceOp {
    EngineWalk *walk;
    Node *node;
    InstanceRecord *record;
    ResourceNode *resource;
    const ObjectType *type;
    const ResourceType *managed; /* `type`; NULL: it is of another kind */
    const Schema *schema;
    ProviderNode *provider;
    Mock mock; /* its type is NULL if the object is not mocked */
    Arena *keep;
    Arena *walk_arena;
    Arena *scratch;
    Diags diags;
    bool owns_scratch; /* `scratch` is of this task, not of its worker */
    StrVec secrets;    /* texts that diagnostics must not contain */
    KeptResult kept;   /* by a provider call for the next one */
    Value config;      /* the evaluated arguments; its type is NULL until they are known */
    Str address;       /* as text, in scratch */
    bool is_replaced;  /* by -replace or a trigger, whatever the provider plans */
    const ActionInvocation *invocation; /* of an action, while it runs; NULL: none */
    PartWork *parts;                    /* of the current call; NULL: none */
    PartsRecord parts_record;           /* of the current call; set with `parts` */
    PartBegin part_begin;
    PartEnd part_end;
    KeepState keep_state; /* of the current call, if it is an update */

    Action action;
    int64_t started_ms;
} InstanceOp;

/* Begins a task on the record's instance. */
void instance_op_begin(InstanceOp *op, InstanceRecord *record, uint32_t worker);
/* Begins a task in two parts, which different workers may run. Its scratch arena is `own`, which
 * instance_op_end closes. */
void instance_op_begin_own(InstanceOp *op, InstanceRecord *record, uint32_t worker, Arena *own);
/* Begins an operation on another instance within a task. It shares the arenas of `outer`, and ends
 * with instance_op_report. */
void instance_op_begin_nested(InstanceOp *op, InstanceRecord *record, const InstanceOp *outer);
/* Continues such a task; its time counts from here. */
void instance_op_continue(InstanceOp *op, uint32_t worker);
/* Reports the diagnostics to the walk, without secrets. Returns true if none of them is an error
 * and the record has not failed before; else marks the record as failed. */
bool instance_op_report(InstanceOp *op);
/* Ends the task: reports as above, then resets `scratch`. */
bool instance_op_end(InstanceOp *op);
/* Returns the context of a provider call. */
Call instance_op_call(InstanceOp *op);
/* Sets the range of provider diagnostics from index `from` on: the argument that they name, or else
 * the block. */
void instance_op_place_diags(InstanceOp *op, size_t from);
/* Returns a progress event about this instance. `elapsed_ms` counts from instance_op_begin. */
WalkEvent instance_op_event(const InstanceOp *op, WalkEventKind kind);
/* Sends an event about this instance; `id` is the id of its object, or empty. */
void instance_op_send(const InstanceOp *op, WalkEventKind kind, Str id);
/* Sends an EVENT_…_END about this instance. */
void instance_op_send_end(const InstanceOp *op, WalkEventKind kind, Str id, bool ok);
/* Returns the first of "id" and "name" of an object that is a known text without marks and without
 * the operation's secrets, for progress events; empty if none. A view. */
Str instance_op_object_id(const InstanceOp *op, Value marked);

/* Returns false with an error if the provider cannot be called, because its configuration is
 * unknown or describes no remote system. */
MUST_USE bool instance_op_require_provider(InstanceOp *op);
/* Returns a new change of this instance, allocated in `walk_arena`: null before and after, no
 * configuration. */
ResourceChange *instance_op_new_change(const InstanceOp *op);
/* Returns the provider configuration of the instance, even if it was removed. */
ProviderConfigAddr instance_op_provider_config(const InstanceOp *op);
/* Return the journal records to write before and after a call. The caller adds the members of the
 * call. */
JournalIntent instance_op_intent(const InstanceOp *op, PendingAction action);
JournalOutcome instance_op_outcome(const InstanceOp *op, const StateObject *object);
