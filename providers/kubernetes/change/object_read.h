/* object_read: the object of a key as the server has it. */
#pragma once

#include "object_target.h"

typedef struct ObjectRead {
    ObjectTarget target;
    Value live; /* null: the object does not exist */
    Str uid;    /* empty: the object does not exist */
} ObjectRead;

/* `key` NULL: that of the manifest. A kind that the server does not serve has no objects. Fails if
 * the server cannot be reached, rejects the request, or is another cluster than that of the record.
 */
MUST_USE bool object_read(const ObjectRequest *request, const ObjectKey *key, ObjectRead *out,
                          Diags *diags);
/* Returns whether the object exists and has the uid of the record, if the record has one. */
bool object_read_is_same(const ObjectRead *read, const ObjectRecord *record);
/* Returns the private data of an object that was read, without digests. */
ObjectRecord object_read_record(const ObjectRead *read);
Str object_read_private(const ObjectRead *read, Arena *arena); /* its text */
