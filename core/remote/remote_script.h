/* remote_script: runs a short script on a machine in one round trip. */
#pragma once

#include "ssh_client.h"

/* Runs the script with sh and waits for its end, at most until the deadline of the call.
 * `arguments` are $1 and so on; `input` is standard input. Pass user input only as an argument or
 * as `input`, never as part of `script`. Returns false with an error if the machine is unreachable
 * or sudo refuses. The caller checks out->exit_status. */
MUST_USE bool remote_script_run(SshLink *link, const char *script, const Str *arguments,
                                size_t count, Str input, SshResult *out, Diags *diags);
/* Adds an error about a script that failed. The detail names the host, the exit status or signal,
 * and the end of the output. Always returns false. */
bool remote_script_report(const SshLink *link, const char *summary, const SshResult *result,
                          Diags *diags);
