/* etcd_bucket: the snapshots of a cluster in a bucket of S3, as machines write them (etcd_push.sh):
 *
 *     PREFIX/CLUSTER/etcd-VERSION-TIME-NODE.cms
 *
 * CLUSTER is the discovery hash of the cluster's certificate authority without "sha256:", VERSION
 * that of Kubernetes, with "_" instead of "-", and TIME as in 20260131T030000Z. So a name tells
 * with which authorities and which minor version a snapshot can be restored. The metadata
 * "loam-members" has the client URLs of etcd's members.
 *
 * Requests of loam have the credentials of the arguments, else those of the usual sources of AWS
 * (aws_chain.h). Functions that return a Str return an empty text, or the end of a sentence that
 * says why they failed. */
#pragma once

#include "etcd_snapshot.h"
#include "s3_client.h"

/* clang-format off */
/* Rows for an object of arguments that names a bucket. The keys, REQUIRED or OPTIONAL, are for the
 * requests of loam or for those of the machine: `user` says whose. `secret` is WRITE_ONLY, or 0 in
 * an action, which gets no write-only values and stores none. */
#define ETCD_BUCKET_ATTRIBUTES(key, secret, user)                                                          \
    {"bucket", &TYPE_STRING, REQUIRED, "Name of the bucket.", .check = etcd_bucket_check_name},    \
    {"prefix", &TYPE_STRING, OPTIONAL | COMPUTED,                                                  \
     "Beginning of the objects' names. After it, each cluster has a directory of its own.",        \
     .default_json = "\"etcd\"", .check = etcd_bucket_check_prefix},                               \
    {"region", &TYPE_STRING, REQUIRED, "Region of the bucket, also of a store that has none, such as \"us-east-1\".", \
     .check = etcd_bucket_check_name},                                                             \
    {"endpoint", &TYPE_STRING, OPTIONAL, "URL of the store (default: that of the region in AWS).", \
     .check = etcd_bucket_check_endpoint},                                                         \
    {"use_path_style", &TYPE_BOOL, OPTIONAL, "Whether the bucket is in the path of the URL instead of the host name."}, \
    {"access_key", &TYPE_STRING, (key) | SENSITIVE | (secret), "Access key of " user, .check = etcd_bucket_check_line}, \
    {"secret_key", &TYPE_STRING, (key) | SENSITIVE | (secret), "Its secret key.", \
     .check = etcd_bucket_check_line},                                                             \
    {"token", &TYPE_STRING, OPTIONAL | SENSITIVE | (secret), "Its session token, if it has one.", \
     .check = etcd_bucket_check_line},                                                             \
    {"profile", &TYPE_STRING, OPTIONAL | STARTS_PROGRAM, "Profile in the files of ~/.aws for requests of loam (default: $AWS_PROFILE, then \"default\")."}, \
    {"custom_ca_bundle", &TYPE_STRING, OPTIONAL, "File on this computer with the certificates of the store's certificate authorities."}
/* clang-format on */

/* Attribute checks. */
Str etcd_bucket_check_name(Value value, Arena *arena);
Str etcd_bucket_check_prefix(Value value, Arena *arena);
Str etcd_bucket_check_endpoint(Value value, Arena *arena);
Str etcd_bucket_check_line(Value value, Arena *arena);

typedef struct EtcdBucket {
    const Call *call;
    S3Client client;
    Str directory; /* PREFIX/CLUSTER */
    Str ca_certs;  /* PEM; empty: the system's */
} EtcdBucket;

/* `given` has the rows above; the place must be known. `cluster` is the discovery hash. Sends
 * nothing. The caller closes *out, also after a failure. */
MUST_USE Str etcd_bucket_open(const Call *call, Value given, Str cluster, EtcdBucket *out);
void etcd_bucket_close(EtcdBucket *bucket);
SCOPED_TYPE(EtcdBucket, etcd_bucket_close);
/* Returns whether the arguments of the place are known, so that etcd_bucket_open may be called. */
bool etcd_bucket_is_known(Value given);

/* The names of the cluster's newest and oldest snapshots; empty if there is none. */
typedef struct EtcdBucketEnds {
    Str newest;
    Str oldest;
} EtcdBucketEnds;

/* Lists the snapshots that this machine has written, or all if `node` is empty. */
MUST_USE Str etcd_bucket_find_ends(const EtcdBucket *bucket, Str node, EtcdBucketEnds *out);
/* Reads the name and the metadata; `size` is that of the encrypted object, `id` follows from the
 * name, and `digest` stays empty. */
MUST_USE Str etcd_bucket_look(const EtcdBucket *bucket, Str key, EtcdSnapshot *out);
/* Downloads the object to the file. */
MUST_USE Str etcd_bucket_fetch(const EtcdBucket *bucket, Str key, Str path);

/* Sets id, cluster, kubernetes_version and taken_at by a name, or by the path of a file with that
 * name; `cluster` is empty without the directory of the cluster. Returns false if it is no name of
 * a snapshot. */
MUST_USE bool etcd_bucket_parse(Str key, EtcdSnapshot *out, Arena *arena);
