/* SshAgentRelay: passes requests of libssh to the user's SSH agent, during one login. Only for this
 * directory.
 *
 * libssh waits for an agent without a deadline and offers every key, in the agent's order. The
 * relay enforces a deadline, and can restrict the offer to one key. */
#pragma once

#include "ssh_socket.h"
#include "ssh_target.h"

typedef struct SshAgentRelay SshAgentRelay;

/* Connects to the agent of the target, and offers its agent_identity or all keys. *fd is the socket
 * for libssh, which closes it. `deadline` must live until the relay is closed. Fails with
 * SSH_NO_AGENT. */
SshStatus ssh_agent_relay_open(const SshTarget *target, const SshDeadline *deadline,
                               SshAgentRelay **out, int *fd, SshProblem *problem, Arena *arena);
/* Ends the thread and frees the relay. Returns the number of keys that were offered to libssh. */
size_t ssh_agent_relay_close(SshAgentRelay *relay);
