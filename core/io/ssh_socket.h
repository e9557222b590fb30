/* ssh_socket: a TCP connection with a deadline, over IPv4 or IPv6. For ssh.c alone. */
#pragma once

#include "ssh.h"

/* One deadline over several steps of waiting. */
typedef struct SshDeadline {
    int64_t end_ms; /* monotonic; INT64_MAX: none */
    const CancelToken *cancel;
    CancelLevel cancel_at;
} SshDeadline;

SshDeadline ssh_socket_deadline(SshPatience patience);
/* SSH_DONE while there is time. */
SshStatus ssh_socket_check(const SshDeadline *deadline);
/* Waits a moment for these poll events; true when one of them came. */
bool ssh_socket_wait(int fd, short events);

/* Tries every address of the name; the descriptor is the caller's. */
SshStatus ssh_socket_connect(Str host,
                             uint16_t port,
                             const SshDeadline *deadline,
                             int *out,
                             SshProblem *problem,
                             Arena *arena);
