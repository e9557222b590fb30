/* World: the stores of all kinds, and the views that decisions get. The caller holds the lock of
 * the world while it uses it or a view. */
#pragma once

#include "decide_lane.h"
#include "decide_run.h"
#include "decide_stack.h"
#include "object_store.h"

/* The kinds that the operator follows. */
typedef enum WorldKind {
    WORLD_STACK,
    WORLD_RUN,
    WORLD_APPROVAL,
    WORLD_LANE,
    WORLD_JOB,
    WORLD_POD,
    WORLD_GIT_REPOSITORY, /* of Flux, from here on; a cluster may lack them */
    WORLD_OCI_REPOSITORY,
    WORLD_BUCKET,
    WORLD_EXTERNAL_ARTIFACT,
    WORLD_KINDS,
    WORLD_CHANGE = WORLD_KINDS, /* a key alone: another manager has changed objects of a Stack */
} WorldKind;

typedef struct World {
    ObjectStore *stores[WORLD_KINDS];
} World;

void world_open(World *world);
void world_close(World *world);

/* Views live in `arena` and refer to the stores. Each returns false if the object does not exist. A
 * Run whose Stack does not exist, or is served by another shard, is left alone too; the holder of a
 * lane is not. */
MUST_USE bool world_view_stack(const World *world, Str namespace, Str name,
                               const DecideOptions *options, StackView *out, Arena *arena);
MUST_USE bool world_view_run(const World *world, Str namespace, Str name, RunView *out,
                             Arena *arena);
MUST_USE bool world_view_lane(const World *world, Str name, LaneView *out, Arena *arena);
/* Whether the source of a Stack is of this kind. */
bool world_refers_to(const World *world, WorldKind kind);
/* The number of Runs that wait for a place in the lane. */
size_t world_count_waiting(const World *world, const Lane *lane);

/* A key that a change concerns. */
typedef struct WorldTouch {
    void (*touch)(void *payload, WorldKind kind, Str namespace, Str name);
    void *payload;
} WorldTouch;

/* Names every Stack, Run and Lane whose decision may depend on the object. */
void world_touch(const World *world, WorldKind kind, const ObjectMeta *meta,
                 const WorldTouch *touch, Arena *arena);
/* Names the Stacks that listen to changes of the objects of this state, with WORLD_CHANGE. */
void world_touch_listening(const World *world, Str lineage, const WorldTouch *touch);
/* Removes the Jobs and pods of a finished Run from the stores, if the object is that Run or one of
 * them. `meta` stays valid until the next change. */
void world_forget(World *world, WorldKind kind, const ObjectMeta *meta, Arena *arena);
