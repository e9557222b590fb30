/* Call: passed to every slot of a provider: what the call is about, the client, effects, memory;
 * and the functions with which a slot asks the engine, and reports to it. */
#pragma once

#include "diag.h"
#include "io.h"
#include "value.h"

typedef struct Provider Provider;
typedef struct ObjectType ObjectType;

/* Another object of the state, or of the plan. */
typedef struct FoundObject {
    Str address;
    Value object;
} FoundObject;

typedef VEC(FoundObject) FoundObjects;

/* A result that one call leaves for the next call about the same object. At an apply, the plan that
 * precedes a creation or update leaves it to that call, for example the parsed source.
 *
 * The provider opens the arena; it then belongs to the engine, which closes it when the instance
 * ends, whatever the result. The calls of an instance use the slot one after the other. Every call
 * accepts an empty slot. */
typedef struct KeptResult {
    Arena *arena; /* NULL: nothing is kept */
    const void *data;
} KeptResult;

typedef enum PartAction {
    PART_CREATE,
    PART_UPDATE,
    PART_REPLACE, /* deleted, then created, within one update */
    PART_DELETE,
} PartAction;

typedef struct PartIntent {
    Str key;           /* of a part in the plan */
    PartAction action; /* as planned; if the instance is replaced: PART_DELETE or PART_CREATE */
    Str marker;        /* for `recover`; empty: the key identifies the part */
} PartIntent;

typedef struct Call {
    const Provider *provider;
    const ObjectType *type; /* of the object; NULL for calls of the provider itself */
    void *client; /* made by `configure`; NULL while the provider is not configured, as in `loam
                     validate`, and in functions and provisioners */
    const Io *io;
    const CancelToken *cancel; /* NULL in functions, and in renew and close */
    int64_t deadline_ms;       /* on io->clock's monotonic time; 0: none */
    Arena *arena;
    /* True during a plan: remote systems may not exist yet. A call waits for them no longer than
     * the provider's configuration allows; a data source may then set response->deferred. */
    bool is_planning;
    /* True in a plan with -allow-deferral: a response may set `deferral`, because the object can
     * only be handled after other changes. The change then waits for a later plan. Results that the
     * provider cannot know stay at their defaults. */
    bool allows_deferral;
    /* -refresh=full, also in the apply of such a plan: compare with the real system, also where
     * recorded results show no change. */
    bool is_full_refresh;
    /* Unix time of the plan, also in its apply; 0: now. See call_planned_ms. */
    int64_t planned_ms;
    Str address; /* of the resource instance, or of the configuration in slots of Provider */
    Str lineage; /* of the state */
    /* True if the state is written without encryption. A type whose objects contain keys of others
     * rejects that in its plan. False if nothing is written, as in a test of a module. */
    bool stores_plain_state;
    KeptResult *kept;    /* NULL: no later call of this step follows, as in a plan */
    uint64_t generation; /* differs for every object created at this address; `recover` gets that
                            of the interrupted creation */
    /* Sensitive strings of the object's values and of the provider configuration; NULL: none. */
    const StrVec *secrets;
    const StrVec *provider_secrets;
    void *progress_payload; /* of the engine, for the functions below, which may be NULL */
    bool (*deletes)(void *payload, const char *type, const char *attribute, Str text);
    bool (*loses)(void *payload, Str text);
    bool (*makes_machine)(void *payload);
    void (*find_objects)(void *payload, const char *type, FoundObjects *out);
    void (*find_planned)(void *payload, const char *type, FoundObjects *out);
    void (*progress)(void *payload, uint64_t done, uint64_t total, const char *what);
    bool (*parts_record)(void *payload, const PartIntent *intents, size_t count, Diags *diags);
    bool (*part_begin)(void *payload, const PartIntent *intent, Diags *diags);
    bool (*part_end)(void *payload, Str key, Str private_data, Diags *diags);
    bool (*keep_state)(void *payload, Value state, Diags *diags);
} Call;

/* Reports progress such as "uploading", 3 MiB of 10 MiB; total 0: unknown. Cheap enough to call for
 * every buffer. */
void call_progress(const Call *call, uint64_t done, uint64_t total, const char *what);
/* Returns the monotonic time of io->clock. */
int64_t call_monotonic_ms(const Call *call);
/* Returns the Unix time of the plan. A plan that depends on the time takes this one: the plan
 * before an apply must decide as the approved plan did. */
int64_t call_planned_ms(const Call *call);
/* Returns the time until the deadline, at least 1; without a deadline 0. */
int64_t call_time_left_ms(const Call *call);
/* Returns whether the run was cancelled or the deadline has passed. */
bool call_is_cancelled(const Call *call);
/* Returns true if the run was cancelled or the deadline passed before the time was over. */
bool call_sleep(const Call *call, int64_t ms);
/* Returns whether this plan deletes, without replacement, an object of `type` whose `attribute`
 * equals `text`, such as the cluster of a member. Of all plans, only those to destroy know it. */
bool call_deletes(const Call *call, const char *type, const char *attribute, Str text);
/* Returns whether this plan deletes or replaces an object on which this one depends and which has
 * the text in an attribute, or found such an object gone. For example, a machine with this address.
 * Objects whose attribute "host" has the text do not count: they are on that machine. Nor do types
 * without an outside effect. During planning it knows the dependencies of the configuration that
 * are replaced, or were found gone. */
bool call_loses(const Call *call, Str text);

/* Returns whether this plan creates a dependency that may be the machine of this object: it has an
 * outside effect, and no attribute "host". */
bool call_makes_machine(const Call *call);

/* Returns the other objects of `type` of this provider configuration that the state has now, for
 * example the other members of a cluster. Objects of an older schema version are missing. Call it
 * in the thread of the slot. */
FoundObjects call_find_objects(const Call *call, const char *type);
/* Returns the objects of `type` of this provider configuration on which this one depends, as the
 * plan leaves them; they may contain unknown values. Empty in an apply: the state has them then.
 * Call it in the thread of the slot. */
FoundObjects call_find_planned(const Call *call, const char *type);

/* Parts: the objects behind one resource instance, such as a directory of manifests.
 *
 * A type with parts sets `has_parts`. Its plan lists every part that changes (plan_part). Its
 * create, update and delete call call_part_begin before and call_part_end after each of these
 * changes. The journal records these calls, so that `recover` knows which parts an interrupted run
 * had changed. The functions may be called from several threads, each with its own `diags`. */

/* Optional, for parts that begin soon: makes their records durable with one sync, so that
 * call_part_begin needs no sync for them. After a crash `recover` gets all recorded parts. Returns
 * false, with an error, if the journal cannot record them. */
MUST_USE bool call_parts_record(const Call *call, const PartIntent *intents, size_t count,
                                Diags *diags);
/* Call before the change of a part. On success the journal has a durable record. Returns false,
 * with an error, if the part must not be changed: it is not in the plan with this action, was begun
 * before, or the journal cannot record it. After a plan with has_unknown_parts, a deletion may also
 * begin parts that are not in the plan. */
MUST_USE bool call_part_begin(const Call *call, const PartIntent *intent, Diags *diags);
/* Call after a successful change of a part. A failed part has no end: the slot returns an error. */
MUST_USE bool call_part_end(const Call *call, Str key, Str private_data, Diags *diags);

/* Records the object as it is now, in an update that has several steps: after a crash within the
 * call, the state has this object. In the thread of the slot; not for types with parts. A failure
 * later must not set a response->state that is older. Returns false, with an error, if nothing can
 * be recorded: then change nothing more. Calls other than updates record nothing. */
MUST_USE bool call_keep_state(const Call *call, Value state, Diags *diags);
