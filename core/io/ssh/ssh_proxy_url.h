/* ssh_proxy_url: connects to the machine of a target through its HTTP or SOCKS proxy. Only for this
 * directory. */
#pragma once

#include "ssh_socket.h"
#include "ssh_target.h"

/* Sets *out to a non-blocking descriptor of the caller. Fails with SSH_PROXY_FAILED,
 * SSH_PROXY_REFUSED or SSH_CANCELLED. */
SshStatus ssh_proxy_url_connect(const SshTarget *target, const SshDeadline *deadline, int *out,
                                SshProblem *problem, Arena *arena);
