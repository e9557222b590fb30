/* S3Lock: the lock of a state in a bucket, in one or both of two places:
 *
 * object   KEY.tflock (use_lockfile): the holder's info, created on condition that it does not
 *          exist. It expires only with lease_seconds: then the info has the time of the last
 *          renewal, which replaces the object on condition that it is unchanged, as a takeover does
 * item     of a DynamoDB table (dynamodb_table), see dynamo_table.h
 *
 * Without either, nothing is locked. */
#pragma once

#include "backend.h"
#include "dynamo_table.h"
#include "s3_client.h"
#include "state_lease.h"

/* What to do about a failed request. */
#define S3_CHECK_ACCESS "Check the address, the credentials and their permissions."

typedef struct S3Lock {
    const Io *io;
    const Backend *backend; /* for errors and events */
    const S3Client *client;
    const DynamoTable *table; /* its name is empty if no table is used */
    Str key;                  /* of the object */
    bool uses_object;
    int64_t lease_seconds; /* 0: the lock does not expire */
    Arena *arena;          /* of the backend */

    Str id;       /* empty: not locked */
    bool is_lost; /* another run holds the lock, or it was removed */
    LockInfo wanted;
    int64_t began_ms;  /* of the last attempt to acquire the lock */
    Str seen;          /* version of the object that was read last; in the arena of that call */
    StateLease *lease; /* renews the lock; NULL: not locked, or the lock does not expire */
} S3Lock;

/* Returns whether the backend has a lock at all. */
static inline bool s3_lock_exists(const S3Lock *lock) {
    return lock->uses_object || lock->table->name.len > 0;
}

/* As the functions of Backend of these names. */
bool s3_lock_acquire(S3Lock *lock, const LockInfo *info, int64_t timeout_ms,
                     const CancelToken *cancel, Diags *diags);
bool s3_lock_release(S3Lock *lock, Diags *diags);
bool s3_lock_force(S3Lock *lock, Str id, Diags *diags);
/* Returns false with an error if the lock expired. Sends no request. */
bool s3_lock_is_held(const S3Lock *lock, Diags *diags);
/* Asks the store whether this run still holds the lock: a forced unlock or a takeover may have
 * ended it. */
bool s3_lock_check(S3Lock *lock, const char *summary, Diags *diags);
/* Rejects a store that would let two runs acquire one lock. */
bool s3_lock_probe(const S3Lock *lock, Diags *diags);
/* Ends the renewal. */
void s3_lock_close(S3Lock *lock);
