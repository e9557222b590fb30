/* S3Client: objects of one bucket, over HTTP, signed. Any thread. */
#pragma once

#include "aws_signature.h"
#include "io.h"

typedef struct S3Settings {
    AwsIdentity identity;
    Str bucket;
    Str endpoint;            /* "https://host:port" with a path, if any; no slash at its end */
    bool path_style;         /* the bucket is the first part of the path, else of the host's name */
    HttpHeaders put_headers; /* on everything that is written: encryption, acl */
    HttpHeaders get_headers; /* a key of our own to read it with */
    bool skip_checksum;      /* what is written goes without one of its own */
    Str authorities;
    bool skip_verify;
    Str proxy;    /* on the way to it; empty: what the environment says */
    Str no_proxy; /* hosts that need none, commas between */
    uint32_t retries;
} S3Settings;

typedef struct S3Client {
    const Io *io;
    S3Settings settings;
    const CancelToken **cancel; /* where the token stands that ends requests; NULL: none */
} S3Client;

typedef enum S3Status {
    S3_DONE,
    S3_ABSENT,        /* no such object */
    S3_EXISTS,        /* it should not have been there */
    S3_BUSY,          /* somebody writes it at this moment; none of the operations ends so */
    S3_UNCONDITIONAL, /* the store does not know conditional writes */
    S3_FAILED,        /* *problem is a sentence's end */
} S3Status;

S3Status s3_client_get(const S3Client *client, Str key, Str *out, Str *problem, Arena *arena);
/* only_if_absent: S3_EXISTS if there is one of that name already. */
S3Status s3_client_put(
    const S3Client *client, Str key, Str bytes, bool only_if_absent, Str *problem, Arena *arena);
/* Fine if it is not there. */
S3Status s3_client_delete(const S3Client *client, Str key, Str *problem, Arena *arena);
/* Names of all objects that begin so, in order. */
S3Status s3_client_list(
    const S3Client *client, Str prefix, StrVec *out, Str *problem, Arena *arena);
