/* DynamoTable: the lock and the digest of one state, as items of a DynamoDB table. Terraform and
 * OpenTofu use the same items:
 *
 *   lock     {LockID: "BUCKET/KEY", Info: the lock's JSON}, created on condition that it is absent
 *   digest   {LockID: "BUCKET/KEY-md5", Digest: MD5 of the state in hex}
 *
 * Thread-safe. Each function that fails sets *problem, the end of a sentence. */
#pragma once

#include "aws_session.h"
#include "state_lock.h"

typedef struct DynamoTable {
    const Io *io;
    AwsSession *session;
    Str region;
    Str endpoint;
    Str name; /* empty: no table is used */
    Str id;   /* "BUCKET/KEY" */
    uint32_t retries;
    const CancelToken *const *cancel; /* address of the token that aborts requests; NULL: none */
} DynamoTable;

typedef enum DynamoStatus {
    DYNAMO_DONE,
    DYNAMO_UNMET, /* the condition of the request is not met */
    DYNAMO_FAILED,
} DynamoStatus;

/* DYNAMO_UNMET: there is a lock. */
DynamoStatus dynamo_table_lock(const DynamoTable *table, const LockInfo *info, Str *problem,
                               Arena *arena);
/* Reads the lock; holder->id is empty if there is none. */
MUST_USE bool dynamo_table_read_holder(const DynamoTable *table, LockInfo *holder, Str *problem,
                                       Arena *arena);
/* Removes the lock with this ID. DYNAMO_UNMET: another lock is there, or none. */
DynamoStatus dynamo_table_unlock(const DynamoTable *table, Str lock_id, Str *problem, Arena *arena);
/* Sets *matches to whether the bytes have the stored digest, or no digest is stored. A state that
 * is absent has `ptr` NULL, and no digest. */
MUST_USE bool dynamo_table_check_digest(const DynamoTable *table, Str bytes, bool *matches,
                                        Str *problem, Arena *arena);
MUST_USE bool dynamo_table_put_digest(const DynamoTable *table, Str bytes, Str *problem,
                                      Arena *arena);
MUST_USE bool dynamo_table_drop_digest(const DynamoTable *table, Str *problem, Arena *arena);
