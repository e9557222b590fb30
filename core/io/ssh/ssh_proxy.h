/* SshProxy: the program whose standard input and output are the connection of one session. Only for
 * this directory.
 *
 * A thread runs the program by /bin/sh, in a process group of its own, and keeps the last 4 KiB of
 * its standard error. The program gets none of the variables in process_secrets. */
#pragma once

#include "ssh_status.h"

typedef struct SshProxy SshProxy;

/* Starts the command. *fd is the connection, a non-blocking descriptor of the caller. Returns NULL
 * if this computer has no more threads or descriptors; *problem says which. A program that cannot
 * be started closes the connection. */
SshProxy *ssh_proxy_open(Str command, int *fd, SshProblem *problem, Arena *arena);
/* Adds the end of the program, if it has ended or ends now, and its standard error to
 * problem->text. Returns SSH_PROXY_REFUSED if the program could not be started, else
 * SSH_PROXY_FAILED. */
SshStatus ssh_proxy_explain(SshProxy *proxy, SshProblem *problem, Arena *arena);
/* Ends the program: it has two seconds to notice the closed connection, then three seconds after
 * SIGTERM. The caller has closed the connection. Returns at once; accepts NULL. */
void ssh_proxy_close(SshProxy *proxy);
/* Waits until the programs of all closed proxies have ended. */
void ssh_proxy_settle(void);
