/* ssh_keyscan: fetches the host certificate of a server. Only for this directory.
 *
 * libssh 0.10 never offers the certificate algorithms for host keys. But a server sends its host
 * key in clear text during the key exchange, so this file begins a key exchange of its own, and
 * ends the connection at the server's reply. The reply proves nothing: the caller checks the
 * certificate, and the session must prove that it has the certified key. */
#pragma once

#include "ssh_socket.h"

/* `fd` is a new connection to the server; it stays open. *out is the certificate in wire format.
 * Fails with SSH_HOST_CERTIFICATE if the server has none, and SSH_NO_HANDSHAKE. */
SshStatus ssh_keyscan_certificate(
    int fd, const SshDeadline *deadline, Str *out, SshProblem *problem, Arena *arena);
