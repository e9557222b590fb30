/* ssh_ask: what a command on a machine says; the data source and the ephemeral resource ssh_exec.
 */
#pragma once

#include "object_builder.h"
#include "ssh_client.h"

/* Its answer, as rows of an attribute table; `extra` joins the flags of what it wrote. */
#define SSH_ASK_ATTRIBUTES(extra)                                                                  \
    {"stdout", &TYPE_STRING, COMPUTED | (extra), "What it wrote to standard output."},             \
        {"stderr", &TYPE_STRING, COMPUTED | (extra), "What it wrote to standard error."}, {        \
        "exit_status", &TYPE_NUMBER, COMPUTED, "Its exit status; not 0 is no error here."          \
    }

/* Runs `command` with sh on the machine that `object` names; it may take until the deadline. While
 * planning, a machine that does not answer in time is no error if `deferred` is given: then it says
 * why, and *out is not set. Empty otherwise. */
MUST_USE bool ssh_ask(
    const Call *call, Value object, Str command, SshResult *out, Str *deferred, Diags *diags);
/* The object with the answer in it. */
Value ssh_ask_answer(Value object, const SshResult *result, Arena *arena);
