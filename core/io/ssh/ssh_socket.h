/* ssh_socket: opens TCP connections over IPv4 or IPv6; deadlines of several waits. Only for this
 * directory. */
#pragma once

#include "ssh_status.h"

/* One deadline for several waits. */
typedef struct SshDeadline {
    int64_t end_ms; /* monotonic time; INT64_MAX: none */
    const CancelToken *cancel;
    CancelLevel cancel_at;
    void (*touch)(void *touch_self); /* of the SshTimeout */
    void *touch_self;
} SshDeadline;

/* Starts the time of the timeout now. */
SshDeadline ssh_socket_deadline(SshTimeout timeout);
/* Returns SSH_DONE while there is time, else SSH_CANCELLED or SSH_TIMED_OUT. */
SshStatus ssh_socket_check(const SshDeadline *deadline);
/* Waits up to 50 ms for these poll events; returns true if one occurred. */
bool ssh_socket_wait(int fd, short events);

/* Sets the options of a connection over TCP: an unreachable machine is detected within 45 seconds.
 */
void ssh_socket_set_options(int fd);

/* Tries the addresses of the name in order. The caller owns *out, a non-blocking descriptor. Fails
 * with SSH_UNKNOWN_NAME, SSH_NO_RESPONSE, SSH_REFUSED or SSH_CANCELLED; a deadline that passes,
 * also during the lookup of the name, is SSH_NO_RESPONSE. */
SshStatus ssh_socket_connect(Str host, uint16_t port, const SshDeadline *deadline, int *out,
                             SshProblem *problem, Arena *arena);
