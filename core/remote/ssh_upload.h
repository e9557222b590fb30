/* ssh_upload: writes files on a machine atomically, and removes files.
 *
 * The content is written to a temporary file beside the target, and verified by its digest. Then
 * owner and mode are set, and the file is renamed. Parent directories are created. If the target
 * already has the content, only owner and mode are set. An interrupted upload of more than 256 KiB
 * is resumed, also by a later run. A local file is never read into memory as a whole. On failure,
 * link->may_have_run is true if the machine may have begun to write. */
#pragma once

#include "ssh_client.h"

typedef struct SshUpload {
    Str path;
    Str bytes;
    Str source_path; /* of a local file; empty: `bytes` is the content */
    Str sha256;      /* of the local file, in hex; empty: computed */
    Str mode;        /* "0644" */
    Str owner;       /* "user", "user:group" or ":group"; empty: the login user */
} SshUpload;

MUST_USE bool ssh_upload_write(SshLink *link, const SshUpload *upload, Diags *diags);
/* Succeeds if the file does not exist. */
MUST_USE bool ssh_upload_remove(SshLink *link, Str path, Diags *diags);
/* Computes length in bytes and SHA-256 (hex) of a local file. On failure adds an error at the
 * attribute "source". */
MUST_USE bool ssh_upload_measure(const Call *call, Str source_path, uint64_t *length, Str *sha256,
                                 Diags *diags);
/* Adds the error of a script for this path that ended with a status other than 0, at the attribute
 * "path". */
void ssh_upload_explain(const SshLink *link, const char *summary, Str path, const SshResult *result,
                        Diags *diags);
