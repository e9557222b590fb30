/* host_look: reads the facts of a machine in one round trip. */
#pragma once

#include "host_facts.h"
#include "ssh_client.h"

typedef struct HostLook {
    HostFacts facts;
    int64_t skew_ms; /* by which the machine's clock is ahead */
    Str more;        /* the output of `script` below */
} HostLook;

/* Arguments of the script that reads the facts, and a script to run after it in the same round
 * trip; NULL: none. */
typedef struct HostQuery {
    const char *script;
    const Str *arguments;
    size_t count;
} HostQuery;

/* Returns the status of the connection. After SSH_DONE, *is_valid is false if the script failed,
 * and then one error was added. The caller reports other failures. */
SshStatus host_look_try(SshLink *link, const HostQuery *query, HostLook *out, bool *is_valid,
                        SshProblem *problem, Diags *diags);
/* Same, but any failure is an error. */
MUST_USE bool host_look(SshLink *link, const HostQuery *query, HostLook *out, Diags *diags);
/* Reads only the certificates of a control plane and the time. */
MUST_USE bool host_look_certificates(SshLink *link, HostFacts *out, Diags *diags);
