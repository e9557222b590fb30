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

/* Splits a marked value into a plain value and the paths of its marks. */
Configured configured_from(Value marked, Arena *arena);
/* Evaluates the block's arguments for this instance, converts them to the schema's types, and
 * validates them with the provider. */
MUST_USE bool configured_evaluate(InstanceOp *op, const ModuleScope *scope, Configured *out);
