/* WaitBlock: the block `wait` of a resource, with the arguments of hashicorp/kubernetes:
 *
 *   rollout     the rollout of a Deployment, StatefulSet or DaemonSet is complete
 *   condition   status.conditions has this type with this status
 *   fields      the value at a path matches a regular expression; "*" means any value
 *
 * All that are given must hold. */
#pragma once

#include "path.h"
#include "wait_object.h"

#define WAIT_BLOCK_ATTRIBUTE_COUNT 2
#define WAIT_BLOCK_BLOCK_COUNT     1
extern const Attribute wait_block_attributes[WAIT_BLOCK_ATTRIBUTE_COUNT];
extern const Block wait_block_blocks[WAIT_BLOCK_BLOCK_COUNT];

/* A row of a table of blocks. */
#define WAIT_BLOCK                                                                                 \
    {                                                                                              \
        .name = "wait", .nesting = NEST_SINGLE, .schema = {                                        \
            .attributes = wait_block_attributes,                                                   \
            .attribute_count = WAIT_BLOCK_ATTRIBUTE_COUNT,                                         \
            .blocks = wait_block_blocks,                                                           \
            .block_count = WAIT_BLOCK_BLOCK_COUNT,                                                 \
            .description = "Conditions that end a creation or update.",                            \
        }                                                                                          \
    }

typedef struct WaitBlockCondition {
    Str type;
    Str status;
} WaitBlockCondition;

typedef struct WaitBlockField {
    Str text; /* as configured: "status.phase" */
    Path path;
    Str pattern; /* RE2 syntax, found anywhere in the value; empty: any value */
} WaitBlockField;

typedef struct WaitBlock {
    bool has_rollout;
    VEC(WaitBlockCondition) conditions;
    VEC(WaitBlockField) fields;
} WaitBlock;

/* Reads the block of `config`, an object of a schema with WAIT_BLOCK; unknown values are skipped,
 * so that `validate` may call it. `kind` is the object's, empty if unknown. Adds an error for an
 * invalid field path or regular expression, and for a rollout of a kind without one. */
MUST_USE bool wait_block_read(const Call *call, Value config, Str kind, WaitBlock *out,
                              Diags *diags);
/* Returns false if the block is absent or asks for nothing: then the wait is that of wait_ready. */
bool wait_block_is_set(const WaitBlock *block);
/* See wait_follow_until. */
MUST_USE bool wait_block_until(const WaitObject *wait, const WaitBlock *block, Value *object,
                               Diags *diags);
