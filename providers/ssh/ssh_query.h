/* ssh_query: runs a command on a machine and reads its output, for the data source and the
 * ephemeral resource ssh_exec. */
#pragma once

#include "object_builder.h"
#include "ssh_client.h"

/* Rows of an attribute table: environment and input of the command. */
#define SSH_QUERY_ARGUMENTS                                                                        \
    {"environment", &TYPE_MAP_OF_STRING, OPTIONAL, "Environment variables of the command.",        \
     .check = ssh_query_check_environment},                                                        \
    {                                                                                              \
        "stdin", &TYPE_STRING, OPTIONAL, "Standard input of the command."                          \
    }

/* Rows of an attribute table: the result of the command. `extra` is added to the flags of the
 * outputs. */
#define SSH_QUERY_ATTRIBUTES(extra)                                                                \
    {"stdout", &TYPE_STRING, COMPUTED | (extra), "Standard output of the command."},               \
        {"stderr", &TYPE_STRING, COMPUTED | (extra), "Standard error of the command."}, {          \
        "exit_status", &TYPE_NUMBER, COMPUTED,                                                     \
            "Exit status of the command; any status is accepted."                                  \
    }

/* Checks that the keys of a map are names that every shell accepts. Returns an empty text or a
 * sentence. */
Str ssh_query_check_environment(Value value, Arena *arena);
/* Runs `command` with sh on the machine of `object`, at most until the deadline of the call. If
 * `deferred` is not NULL and the machine does not respond in time during a plan, this is no error:
 * *deferred is the reason, and *out is not set. Otherwise *deferred is empty. Output of more than
 * 16 MiB is an error. The caller checks the exit status. */
MUST_USE bool ssh_query_run(const Call *call, Value object, Str command, SshResult *out,
                            Str *deferred, Diags *diags);
/* Returns the object with stdout, stderr and exit_status of the result. */
Value ssh_query_result(Value object, const SshResult *result, Arena *arena);
