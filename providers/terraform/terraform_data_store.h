/* terraform_data_store: the block `store` of terraform_data. It stores `input`, which may be
 * ephemeral, as `output` or `sensitive_output`. */
#pragma once

#include "provider.h"

enum { TERRAFORM_DATA_STORE_ATTRIBUTES = 6 };
extern const Attribute terraform_data_store_attributes[TERRAFORM_DATA_STORE_ATTRIBUTES];

typedef struct StorePlan {
    Value config;   /* the block as written, with `input` */
    Value proposed; /* the same merged with `prior`; null: none */
    Value prior;    /* the stored block; null, or without a type: none, or a new object */
    Value planned;  /* result: `proposed`; outputs that change are unknown */
    bool replaces;  /* result: the object is replaced because the stored value changes */
} StorePlan;

/* Sets the results of `plan`. Fails, with an error, if it is unknown whether there is a block, or
 * if `sensitive` or `replace` is unknown. */
MUST_USE bool terraform_data_store_plan(const Call *call, StorePlan *plan, Diags *diags);
/* Returns the planned block with the input of `config` in place of an unknown output. */
Value terraform_data_store_apply(Value planned, Value config, Arena *arena);
