/* timeouts: limits on the duration of operations, from the block `timeouts`.
 *
 * A type with long operations has the row TIMEOUTS_BLOCK among its blocks. resource_type.c and
 * object_type.c then set the deadline of create, read, update, delete and recover, and explain
 * a timeout. The type observes it with call_is_cancelled, call_sleep and its own deadlines. */
#pragma once

#include "provider.h"

#define TIMEOUTS_COUNT 4
extern const Attribute timeouts_attributes[TIMEOUTS_COUNT];

/* A row of a table of blocks. */
#define TIMEOUTS_BLOCK                                                                             \
    {                                                                                              \
        .name = "timeouts", .nesting = NEST_SINGLE, .schema = {                                    \
            .attributes = timeouts_attributes,                                                     \
            .attribute_count = TIMEOUTS_COUNT,                                                     \
            .description = "Maximum durations of operations.",                                     \
        }                                                                                          \
    }

typedef struct Timeout {
    const char *operation; /* such as create */
    int64_t limit_ms;      /* 0: none */
    int64_t started_ms;
    Call call; /* with the deadline; without a limit, the call as it was */
} Timeout;

/* Returns the limit that the object sets for an operation that starts now. */
Timeout timeouts_begin(const Call *call, Value object, const char *operation);
/* Returns the path of the block, for an error that a limit has passed. */
Str timeouts_path(Arena *arena);
/* Call after a failed operation: if its limit has passed, adds an error that explains it, unless
 * the run is interrupted, or an error with timeouts_path does so already. */
void timeouts_explain(const Timeout *timeout, Diags *diags);
