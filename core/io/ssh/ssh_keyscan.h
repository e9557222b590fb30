/* ssh_keyscan: fetches the host certificate of a server. Only for this directory.
 *
 * libssh 0.10 never offers the certificate algorithms for host keys. But a server sends its host
 * key in clear text during the key exchange, so this file begins a separate key exchange and stops
 * after the server's reply. The reply is not verified: the caller checks the certificate, and the
 * session must prove that the host has the certified key. */
#pragma once

#include "ssh_socket.h"

/* `fd` is a new connection to the server, which the caller closes. *out is the certificate in wire
 * format, in `arena`. Fails with SSH_HOST_CERTIFICATE if the server has no certificate, and with
 * SSH_NO_HANDSHAKE otherwise, also at the deadline. */
SshStatus ssh_keyscan_certificate(int fd, const SshDeadline *deadline, Str *out,
                                  SshProblem *problem, Arena *arena);
