/* S3Client: signed HTTP requests for the objects of one bucket. Thread-safe. */
#pragma once

#include "aws_session.h"
#include "io.h"
#include "vec.h"

typedef struct S3Settings {
    AwsSession *session; /* closed by its user */
    Str region;
    Str bucket;
    Str endpoint;    /* "https://host:port" with a path, if any; no slash at its end */
    bool path_style; /* true: the bucket is the first part of the path; false: it is part of the
                        host name */
    HttpHeaders put_headers; /* for every write: encryption, acl */
    HttpHeaders get_headers; /* for reads: the customer-provided encryption key */
    Str state_tags;          /* of states: "a=b&c=d", encoded; empty: none */
    Str lock_tags;           /* of lock files */
    bool skip_checksum;      /* send no checksum with writes */
    uint32_t retries;
} S3Settings;

typedef struct S3Client {
    const Io *io;
    S3Settings settings;
    const CancelToken *const *cancel; /* address of the token that aborts requests; NULL: none */
    int64_t timeout_ms;               /* of each request; 0: none */
} S3Client;

typedef enum S3Status {
    S3_DONE,
    S3_ABSENT, /* no such object */
    S3_EXISTS, /* the condition of a write is not met, or the store kept reporting a conflicting
                  write */
    S3_BUSY,   /* another writer is writing the object; internal, never returned */
    S3_UNCONDITIONAL, /* the store does not support conditional writes */
    S3_FAILED,        /* *problem is the end of a sentence */
} S3Status;

/* An object and its version. */
typedef struct S3Object {
    Str key;
    Str bytes;
    Str version; /* ETag; empty: unknown; S3_NO_OBJECT: there is none */
    Str tags;    /* for a write: "a=b&c=d", encoded; empty: none */
} S3Object;

#define S3_NO_OBJECT STR("*")

/* Returns the bucket's URL: "https://bucket.host" or "https://host/bucket". */
Str s3_client_bucket_url(const S3Settings *settings, Arena *arena);
S3Status s3_client_get(const S3Client *client, Str key, Str *out, Str *problem, Arena *arena);
/* Reads the bytes and the version of object->key; sets both also for S3_ABSENT. */
S3Status s3_client_read(const S3Client *client, S3Object *object, Str *problem, Arena *arena);
/* Reads the headers of the object alone. A failure has no reason of the store but the status. */
S3Status s3_client_look(const S3Client *client, Str key, HttpResponse *out, Str *problem,
                        Arena *arena);
/* Writes an object of any size to the file, which is replaced, also if it fails. */
S3Status s3_client_fetch(const S3Client *client, Str key, Str path, Str *problem, Arena *arena);
/* Writes object->bytes if the stored object has object->version, unless that is unknown. Returns
 * S3_EXISTS if the stored object has another one. */
S3Status s3_client_put(const S3Client *client, const S3Object *object, Str *problem, Arena *arena);
/* Same, and sets the new version. */
S3Status s3_client_replace(const S3Client *client, S3Object *object, Str *problem, Arena *arena);
/* Deletes the object if it has this version; empty: any. Returns S3_EXISTS if it has another one,
 * and S3_DONE if it does not exist. A store that supports no condition deletes it without. */
S3Status s3_client_delete(const S3Client *client, Str key, Str version, Str *problem, Arena *arena);
/* Lists the names of all objects with this prefix, in order. */
S3Status s3_client_list(const S3Client *client, Str prefix, StrVec *out, Str *problem,
                        Arena *arena);
