/* configured: the arguments of a block, evaluated for one instance. */
#pragma once

#include "instance_op.h"
#include "module_scope.h"

/* A configured value and the paths at which it has marks. */
typedef struct Configured {
    Value marked;
    Value value; /* same value without marks */
    Paths sensitive;
    Paths ephemeral;
} Configured;

/* Evaluates the block's arguments for this instance, converts them to the schema's types, and
 * validates them with the provider. Rejects ephemeral values and infinite numbers that
 * would be stored. Adds the secret texts to the operation's secrets. */
MUST_USE bool configured_evaluate(InstanceOp *op, const ModuleScope *scope, Configured *out);
/* Like configured_evaluate, without the provider's validation. */
MUST_USE bool configured_read(InstanceOp *op, const ModuleScope *scope, Configured *out);
/* Returns the digest of a wholly known configuration without ephemeral values, by which the apply
 * recognises it; empty for any other. */
Str configured_digest(const Configured *configured, const Schema *schema, Arena *arena);
/* Applies the lifecycle argument ignore_changes: replaces the values at its paths by the prior
 * values with their marks. `prior` is marked; if it is null, nothing is ignored. */
void configured_ignore_changes(InstanceOp *op, Value prior, Configured *configured);
