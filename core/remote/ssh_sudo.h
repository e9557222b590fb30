/* ssh_sudo: runs a command as root through sudo. Only for this directory.
 *
 * Sends the password to the standard input of sudo after its prompt. Sends the input of the command
 * after sudo has started the command, so that sudo never reads the input as a password. */
#pragma once

#include "ssh.h"

typedef struct SshSudo {
    const Ssh *ssh;
    SshSession *session;
    Str password; /* empty: fails if sudo requires one */
} SshSudo;

/* Runs the command as ssh->exec does. Also fails with SSH_SUDO_REFUSED: the command did not run;
 * problem->text has the messages of sudo. */
SshStatus ssh_sudo_exec(const SshSudo *as, const SshCommand *command, SshResult *out,
                        SshProblem *problem, Arena *arena);
