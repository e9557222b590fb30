/* machine: the target of a connection, for provisioners. */
#pragma once

#include "last_output.h"
#include "ssh_client.h"

/* Configures the SSH link; does not connect. Returns false, with an error, if the connection lacks
 * arguments or has an invalid or unsupported type, platform, timeout or port. Warns if it has no
 * host_key. */
MUST_USE bool machine_link(const ProvisionCall *call, SshLink *out, Diags *diags);
/* Connects if necessary, and runs a command until it ends; its output is added to `last`, if not
 * NULL. A status other than 0 is an error with this summary. */
MUST_USE bool machine_run(SshLink *link, Str command, Str input, LastOutput *last,
                          const char *summary, Diags *diags);
/* Creates or replaces a file with the permission bits of `mode`. If `path` is an existing
 * directory, the file is `name` in it. */
MUST_USE bool machine_upload(SshLink *link, Str path, Str name, uint32_t mode, Str content,
                             Diags *diags);
