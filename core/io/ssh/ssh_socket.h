/* ssh_socket: opens TCP connections with a deadline, over IPv4 or IPv6. Only for ssh.c. */
#pragma once

#include "ssh_status.h"

/* One deadline for several waits. */
typedef struct SshDeadline {
    int64_t end_ms; /* monotonic time; INT64_MAX: none */
    const CancelToken *cancel;
    CancelLevel cancel_at;
} SshDeadline;

SshDeadline ssh_socket_deadline(SshTimeout timeout);
/* Returns SSH_DONE while there is time, else SSH_CANCELLED or SSH_TIMED_OUT. */
SshStatus ssh_socket_check(const SshDeadline *deadline);
/* Waits up to 50 ms for these poll events; returns true if one occurred. */
bool ssh_socket_wait(int fd, short events);

/* Tries every address of the name; the caller owns the descriptor. */
SshStatus ssh_socket_connect(Str host,
                             uint16_t port,
                             const SshDeadline *deadline,
                             int *out,
                             SshProblem *problem,
                             Arena *arena);
