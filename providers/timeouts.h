/* timeouts: how long an operation on an object may take, as its block `timeouts` says.
 *
 * A type whose operations may be long has the row TIMEOUTS_BLOCK among the blocks of its schema;
 * the rest is done here: resource_type.c gives each call its deadline, and says so when it has
 * passed. A type sees to it by call_is_cancelled, call_sleep and deadlines of its own. */
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
            .description = "How long operations may take.",                                        \
        }                                                                                          \
    }

typedef struct Timeout {
    const char *operation; /* create */
    int64_t limit_ms;      /* 0: there is none */
    int64_t started_ms;
    Call call; /* with the deadline */
} Timeout;

/* The limit that an object sets for an operation on it that begins now. */
Timeout timeouts_begin(const Call *call, Value object, const char *operation);
/* After an operation that failed: was it the limit? */
void timeouts_explain(const Timeout *timeout, Diags *diags);
/* Do two objects differ in their limits, and in nothing else? */
bool timeouts_alone_differ(Value prior, Value planned);
