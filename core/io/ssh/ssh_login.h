/* ssh_login: authenticates the user of a target. Only for this directory. */
#pragma once

#include "ssh_key.h"
#include "ssh_socket.h"
#include "ssh_target.h"

/* Parsed keys of a target. */
typedef struct SshCredentials {
    ssh_key private_key; /* NULL: none */
    ssh_key certified;   /* the private key with its certificate; NULL: none */
} SshCredentials;

/* Parses key and certificate of a target, without a connection. The caller releases *out. Fails
 * with SSH_BAD_PRIVATE_KEY, SSH_BAD_PASSPHRASE or SSH_BAD_CERTIFICATE. A target needs a private
 * key, an agent or a password. */
SshStatus ssh_login_read(const SshTarget *target, SshCredentials *out, SshProblem *problem,
                         Arena *arena);
void ssh_login_release(SshCredentials *credentials);
SCOPED_TYPE(SshCredentials, ssh_login_release);

/* Tries the credentials in order, over a connected session. If the server rejects all of them,
 * problem->text lists the tried credentials and the methods that the server accepts. */
SshStatus ssh_login(ssh_session session, const SshTarget *target, const SshCredentials *credentials,
                    const SshDeadline *deadline, SshProblem *problem, Arena *arena);
