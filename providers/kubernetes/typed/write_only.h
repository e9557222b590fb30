/* write_only: arguments of types of Secrets whose values neither plan nor state stores.
 *
 * A value is sent when its revision changes, and when the value on the server is no longer the one
 * that was sent. Otherwise the apply sends the server's own value back, so that our ownership of
 * the key stays. ObjectRecord.values has salted digests of the values that were sent.
 *
 * A type with such arguments sets TypedObject.needs_live, and calls write_only_data in `manifest`
 * and write_only_digests in `values`. */
#pragma once

#include "typed_object.h"

typedef struct WriteOnly {
    const char *name;     /* argument: a map of strings; with `key`, one string */
    const char *revision; /* argument whose change sends the values again */
    const char *key;      /* of the Secret; NULL: the keys of the map */
    bool is_base64;       /* the argument has the values as a Secret holds them */
} WriteOnly;

typedef struct WriteOnlyTable {
    const WriteOnly *rows;
    size_t count;
} WriteOnlyTable;

/* Returns `data` with the values to send. Values are in base64. */
Value write_only_data(TypedCall *typed, WriteOnlyTable table, Value data);
/* Returns `data` with the keys of the last apply, for the plan to know which fields were ours. */
Value write_only_prior_data(const TypedCall *typed, Value data);
/* Returns the digests of the values in the manifest of `typed`; empty if there are none. */
Str write_only_digests(const TypedCall *typed, WriteOnlyTable table, Value live);
