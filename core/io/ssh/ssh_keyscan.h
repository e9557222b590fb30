/* ssh_keyscan: reads the host certificate of a server. Only for this directory. */
#pragma once

#include "ssh_key.h"
#include "ssh_socket.h"
#include "ssh_target.h"

/* Fetches the host certificate of a server; does not verify it. `fd` is a new connection to the
 * server, which the caller closes. *out is the certificate in wire format, in `arena`. Fails with
 * SSH_HOST_CERTIFICATE if the server has no certificate, and with SSH_NO_HANDSHAKE otherwise, also
 * at the deadline. */
SshStatus ssh_keyscan_certificate(int fd, const SshDeadline *deadline, Str *out,
                                  SshProblem *problem, Arena *arena);
