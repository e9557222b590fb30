/* ssh_upload: files on a machine, written whole or not at all.
 *
 * The content goes to a temporary name beside the file, is counted there, gets owner and mode, and
 * is renamed. Directories above the file are made. After a failure link->may_have_run tells whether
 * the script may have been started. */
#pragma once

#include "ssh_client.h"

typedef struct SshUpload {
    Str path;
    Str bytes;
    Str mode;  /* "0644" */
    Str owner; /* "user", "user:group" or ":group"; empty: as the user who is logged in */
} SshUpload;

MUST_USE bool ssh_upload_write(SshLink *link, const SshUpload *upload, Diags *diags);
/* Succeeds if the file is not there. */
MUST_USE bool ssh_upload_remove(SshLink *link, Str path, Diags *diags);
/* The error of a script about this path that ended with a status other than 0; placed at the
 * attribute "path". */
void ssh_upload_explain(
    const SshLink *link, const char *summary, Str path, const SshResult *result, Diags *diags);
