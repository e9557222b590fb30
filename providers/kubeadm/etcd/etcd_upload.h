/* etcd_upload: snapshots that a machine takes, encrypts and writes to a bucket itself, by the
 * script etcd_push.sh. The machine has a certificate alone, so it cannot read them afterwards.
 *
 * The settings are lines for the script. Credentials are separate lines, for a file with mode 0600:
 * neither plan nor state has them, so a plan compares the settings alone, with `version`. */
#pragma once

#include "cms_reader.h"
#include "etcd_bucket.h"

/* clang-format off */
/* Rows for an object of arguments, beside those of the bucket. */
#define ETCD_UPLOAD_ATTRIBUTES                                                                     \
    ETCD_BUCKET_ATTRIBUTES(REQUIRED, WRITE_ONLY, "the machine, which needs the permission s3:PutObject alone. loam itself lists the objects with the credentials of its environment, or of \"profile\"."), \
    {"certificate", &TYPE_STRING, REQUIRED, "Certificate in PEM, with an RSA key, for which the machine encrypts its snapshots. The private key is needed to restore them alone.", \
     .check = cms_reader_check_certificate},                                                       \
    {"credentials_version", &TYPE_STRING, OPTIONAL, "Any value; a change writes access_key, secret_key and token to the machine again."}, \
    {"allow_delete", &TYPE_BOOL, OPTIONAL | COMPUTED, "Whether the machine deletes all but the newest \"keep\" snapshots of the cluster. Its credentials then need s3:ListBucket and s3:DeleteObject. Without it, use a lifecycle rule of the bucket.", \
     .default_json = "false"}
/* clang-format on */

typedef struct EtcdUpload {
    Str settings;
    Str credentials; /* empty if the object has none: in a refresh */
    Str first;       /* the first line of the credentials' file, which names their version */
} EtcdUpload;

/* `given` has the rows; `keep` is the number of snapshots that the machine keeps if it may delete.
 * Returns the end of a sentence if an argument is not usable. */
MUST_USE Str etcd_upload_read(const Call *call, Value given, Str cluster, int64_t keep,
                              EtcdUpload *out);
/* Takes a snapshot now. Sets id, size, digest, revision, taken_at and keys of *out, and *key. */
MUST_USE bool etcd_upload_run(SshLink *link, const EtcdUpload *upload, EtcdSnapshot *out, Str *key,
                              Diags *diags);
/* For plans: adds an error if the machine lacks a program, or has an older one than OpenSSL 3. */
MUST_USE bool etcd_upload_check(SshLink *link, Diags *diags);
