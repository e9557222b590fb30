/* remote_script: runs a short script on a machine in one round trip. */
#pragma once

#include "ssh_client.h"

/* User input is only in the argument or in `input`, never in `text`. */
typedef struct RemoteScript {
    const char *text;    /* for sh */
    const Str *argument; /* $1; NULL: none */
    Str input;           /* standard input */
} RemoteScript;

/* Runs the script and waits for its end, at most until the deadline of the call. Returns false with
 * an error if the machine is unreachable or sudo refuses. The caller checks out->exit_status. */
MUST_USE bool remote_script_run(SshLink *link, RemoteScript script, SshResult *out, Diags *diags);
/* Adds an error about a script that failed. The detail names the host, the exit status or signal,
 * and the end of the output. Always returns false. */
bool remote_script_report(const SshLink *link, const char *summary, const SshResult *result,
                          Diags *diags);
