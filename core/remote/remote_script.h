/* remote_script: one command on a machine in one round trip. */
#pragma once

#include "ssh_client.h"

/* Runs the script with sh; `arguments` are $1 and so on. User input belongs into the arguments or
 * the input, never into the script. Nothing is left on the machine. Connection failures and a
 * refused sudo are errors; the exit status of the script is the caller's to check. */
MUST_USE bool remote_script_run(SshLink *link,
                                const char *script,
                                const Str *arguments,
                                size_t count,
                                Str input,
                                SshResult *out,
                                Diags *diags);
/* Adds an error for a script that ended with a status other than 0: summary, then "on HOST …" with
 * status or signal, and the end of its output. Always returns false. */
bool remote_script_report(const SshLink *link,
                          const char *summary,
                          const SshResult *result,
                          Diags *diags);
