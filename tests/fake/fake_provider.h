/* fake_provider: a provider whose objects are a list in memory, with failures on order and a record
 * of the calls.
 *
 *   fake_thing       name!, size, tags, secret, token (write-only), zone (forces a new one),
 *                    group (a limit of 1 per value, "pair": of 2), kind (default "plain"), input
 *                    (anything); id, revision (changes with every update)
 *   fake_plain       name!, size: cannot be updated
 *   fake_disk        the same, destroyed after its dependents are updated
 *   fake_member      the same, a member of a fake_thing
 *   fake_vault       name!, zone (forces a new one), size, cluster, disk: private data, planned
 *                    deletions
 *   fake_bundle      a directory of files, each an object of its own (bundle.h)
 *   fake_card        name!, size, kind, secret, token (write-only); id: has an identity; its plan
 *                    stays valid for the apply
 *   fake_relic       name!, size, aspects; id: upgrades in each plan, adopts things
 *   list fake_card   prefix: the objects whose names begin so
 *   data fake_lookup name! → answer
 *   action fake_note text!: adds a line to the diary; "defer TEXT" orders a deferred plan, "note
 *                    TEXT" a failure
 *
 * The provider finds its world through the engine's Io, the first member of the world. */
#pragma once

#include "provider.h"

#include <pthread.h>

typedef struct FakeObject {
    Str id;
    Str name;
    int64_t size;
    bool is_gone;
} FakeObject;

typedef struct FakeGroup {
    uint32_t running;
    uint32_t most;
} FakeGroup;

typedef struct FakeWorld {
    Io io; /* first */
    pthread_mutex_t mutex;
    Arena *arena;
    VEC(FakeObject *) objects;
    StrBuf diary;   /* "create a" per line, in the order in which the calls end; without reads */
    StrVec orders;  /* "create a", "update a", "delete a" fail;
                       "half a": creates or updates a, and fails;
                       "whole a": creates a, completely, and fails;
                       "limit a": the request for its limits fails;
                       "defer a": leaves a lookup or a token to the apply;
                       "lie a": creates with another size and kind than planned;
                       "vague a": the result of a creation or update has an unknown value;
                       "fixed a": the plan of an object fails unless it is replaced;
                       "legacy a": may do so, and plans another size than configured */
    uint32_t reads; /* of managed objects */
    uint32_t calls;
    size_t tokens;            /* opened */
    FakeGroup groups[3];      /* all, group "one", group "pair" */
    FakeGroup read_groups[3]; /* none, group "one", group "pair" */
    bool is_slow;
    CancelToken *cancel;
    Str stops_at;   /* raises the token within this call: "create a" */
    bool stops_now; /* to CANCEL_NOW */
    Str dies_at;    /* ends the process within this call, after the object is there */
    Str keeps_at;   /* this update keeps a state with the revision 41 first */
    RecoverOutcome recovery;
    int64_t planned_ms;   /* time of the plan, in the last plan of a thing */
    bool awaits_changes;  /* of the request of that plan */
    bool is_preflight;    /* of that request, too */
    bool allows_deferral; /* of that call, as the next two */
    bool is_full_refresh;
    bool can_keep; /* a result for the next call */
} FakeWorld;

void fake_world_open(FakeWorld *world, Arena *arena);
void fake_world_close(FakeWorld *world);
/* Makes calls of this kind and name fail from now on; fake_world_obey cancels all orders. */
void fake_world_order(FakeWorld *world, const char *order);
void fake_world_obey(FakeWorld *world);
FakeObject *fake_world_find(FakeWorld *world, const char *name);

extern const Provider fake_provider;
