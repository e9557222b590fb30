/* machine: the other end of a connection, for provisioners that do something there. */
#pragma once

#include "last_output.h"
#include "ssh_client.h"

/* The way to the machine; does not connect. False: the connection says too little, or something
 * that there is no way to do. */
MUST_USE bool machine_link(const ProvisionCall *call, SshLink *out, Diags *diags);
/* Runs a command there to its end; what it writes goes to `last`, if there is one. A status other
 * than 0 is an error: `what` failed. */
MUST_USE bool machine_run(
    SshLink *link, Str command, Str input, LastOutput *last, const char *what, Diags *diags);
/* A file there, made or written anew. In a folder that is there it gets `name`. */
MUST_USE bool machine_upload(
    SshLink *link, Str path, Str name, uint32_t mode, Str content, Diags *diags);
