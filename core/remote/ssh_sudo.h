/* ssh_sudo: runs a command as root through sudo. Only for this directory.
 *
 * The password is written to the standard input of sudo, and only after sudo has asked for it. The
 * input of the command follows only when sudo has started it, so that sudo never reads it as a
 * password. */
#pragma once

#include "ssh.h"

/* Runs the command as ssh->exec does; `password` empty: sudo must not ask. Fails with
 * SSH_SUDO_REFUSED too: the command did not run. */
SshStatus ssh_sudo_exec(const Ssh *ssh,
                        SshSession *session,
                        Str password,
                        const SshCommand *command,
                        SshResult *out,
                        SshProblem *problem,
                        Arena *arena);
