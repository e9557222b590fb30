/* ssh_upload: writes files on a machine atomically, and removes files.
 *
 * The content is written to a temporary file beside the target, and its size is checked. Then the
 * file gets owner and mode and is renamed. Parent directories are created. After a failure,
 * link->may_have_run is true if the machine may have begun to write. */
#pragma once

#include "ssh_client.h"

typedef struct SshUpload {
    Str path;
    Str bytes;
    Str mode;  /* "0644" */
    Str owner; /* "user", "user:group" or ":group"; empty: the login user */
} SshUpload;

MUST_USE bool ssh_upload_write(SshLink *link, const SshUpload *upload, Diags *diags);
/* Succeeds if the file does not exist. */
MUST_USE bool ssh_upload_remove(SshLink *link, Str path, Diags *diags);
/* Adds the error of a script for this path that ended with a status other than 0, at the attribute
 * "path". */
void ssh_upload_explain(
    const SshLink *link, const char *summary, Str path, const SshResult *result, Diags *diags);
