/* etcd_source: the snapshot that an object asks for: a local file, or an object of a bucket, which
 * is downloaded to a temporary file when it is copied to a machine. It is decrypted on this
 * computer, piece by piece, and only the machine stores the clear text. */
#pragma once

#include "etcd_bucket.h"

/* The argument: `path` with `passphrase`, or `s3` with `key`. In a resource its secrets are
 * write-only. */
extern const NestedObject etcd_source_argument;
extern const NestedObject etcd_source_of_action;

typedef struct EtcdSource {
    const Call *call;
    const char *argument; /* its name in the object, for errors */
    Value given;
    EtcdSnapshot head; /* id empty: an argument or the cluster is unknown, so nothing was read */
    Str name;          /* for messages */
    Str key;           /* of the object in the bucket; empty: a local file */
    bool is_newest;    /* key = "latest" */
    EtcdBucket bucket;
    Str download; /* path of the temporary file; empty: none */
} EtcdSource;

/* Reads the description of the snapshot, and chooses the object for key = "latest". `cluster` is
 * the discovery hash; empty: unknown. An apply gives the write-only values; a plan may lack them.
 * The caller closes *out, also after a failure. */
MUST_USE bool etcd_source_open(const Call *call, const char *argument, Value object, Str cluster,
                               EtcdSource *out, Diags *diags);
/* Streams the clear text to a file on the machine, whose directory gets mode 0700. A copy that
 * broke off begins again. After a failure, the directory is removed. */
MUST_USE bool etcd_source_copy(EtcdSource *source, SshLink *link, Str path, Diags *diags);
/* Adds an error at the argument; always returns false. */
bool etcd_source_reject(const EtcdSource *source, Str problem, Diags *diags);
/* Removes the temporary file. */
void etcd_source_close(EtcdSource *source);
SCOPED_TYPE(EtcdSource, etcd_source_close);
