/* SshHostTrust: which host keys a target accepts. Only for this directory. */
#pragma once

#include "ssh_key.h"
#include "ssh_socket.h"
#include "ssh_target.h"
#include "vec.h"

typedef struct SshHostTrust {
    bool any;           /* accepts every key; the lists are empty */
    bool is_from_files; /* the lists are from known_hosts files */
    StrVec keys;        /* wire format, as the next two */
    StrVec authorities; /* keys that sign host certificates */
    StrVec revoked;     /* keys of hosts and of authorities */
    /* The host key algorithms to offer, separated by commas. Algorithms of accepted keys come
     * first, so that a host with several keys sends an accepted one. The others follow, so that an
     * error can show the fingerprint of a key that is not accepted. */
    const char *algorithms;
} SshHostTrust;

/* Reads the settings of a target. Fails with SSH_BAD_HOST_KEY or SSH_BAD_HOST_CA. */
SshStatus ssh_host_trust_read(const SshTarget *target, SshHostTrust *out, Arena *arena);
/* Returns SSH_DONE if the key is accepted, else SSH_HOST_KEY_REVOKED, SSH_HOST_KEY_UNKNOWN or
 * SSH_HOST_KEY_DIFFERS. Sets the fingerprints of *problem. */
SshStatus ssh_host_trust_check(const SshHostTrust *trust, ssh_key found, SshProblem *problem,
                               Arena *arena);
/* Accepts the key of a host certificate (wire format), if an accepted authority signed it for this
 * host and it is valid now. Fails with SSH_HOST_CERTIFICATE or SSH_HOST_KEY_REVOKED;
 * problem->found is then the fingerprint of the authority. */
SshStatus ssh_host_trust_add(SshHostTrust *trust, Str certificate, Str host, SshProblem *problem,
                             Arena *arena);
/* Fetches the host certificate of a server; does not verify it. `fd` is a new connection to the
 * server, which the caller closes. *out is the certificate in wire format, in `arena`. Fails with
 * SSH_HOST_CERTIFICATE if the server has no certificate, and with SSH_NO_HANDSHAKE otherwise, also
 * at the deadline. */
SshStatus ssh_keyscan_certificate(int fd, const SshDeadline *deadline, Str *out,
                                  SshProblem *problem, Arena *arena);
