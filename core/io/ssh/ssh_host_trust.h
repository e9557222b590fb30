/* SshHostTrust: which host keys a target accepts. Only for this directory. */
#pragma once

#include "ssh_key.h"
#include "ssh_target.h"
#include "vec.h"

typedef struct SshHostTrust {
    bool any;
    bool is_from_files; /* known_hosts files decide */
    StrVec keys;        /* wire format */
    StrVec authorities; /* of host certificates */
    StrVec revoked;
    /* The host key algorithms to offer. Those of the accepted keys come first, so that a host with
     * several keys sends an accepted one. The others follow, so that an error can name another
     * key. */
    const char *algorithms;
} SshHostTrust;

/* Reads the settings of a target. Fails with SSH_BAD_HOST_KEY or SSH_BAD_HOST_CA. */
SshStatus ssh_host_trust_read(const SshTarget *target, SshHostTrust *out, Arena *arena);
/* SSH_DONE if the key is accepted, else SSH_HOST_KEY_REVOKED, SSH_HOST_KEY_UNKNOWN or
 * SSH_HOST_KEY_DIFFERS. */
SshStatus ssh_host_trust_check(const SshHostTrust *trust,
                               ssh_key found,
                               SshProblem *problem,
                               Arena *arena);
/* Accepts the key of a host certificate (wire format), if an authority vouches for the host. Fails
 * with SSH_HOST_CERTIFICATE or SSH_HOST_KEY_REVOKED. */
SshStatus ssh_host_trust_add(
    SshHostTrust *trust, Str certificate, Str host, SshProblem *problem, Arena *arena);
