/* SshConfig: the settings of one host in a client configuration of OpenSSH.
 *
 * The program ssh evaluates the file (ssh -G), so Host, Match and Include have their effect, and
 * "Match exec" runs its command. Only the keys below count; all others are ignored, such as agent
 * forwarding and ControlMaster. */
#pragma once

#include "provider.h"
#include "ssh_share.h"

typedef struct SshConfig {
    Str host_name;
    uint16_t port;
    Str user;
    StrVec identity_files; /* paths with "~/" and tokens; by default those of ssh */
    bool identities_only;
    Str identity_agent; /* a path, "none", "SSH_AUTH_SOCK" or "$VARIABLE"; empty: not set */
    Str certificate_file;
    StrVec known_hosts_files;
    Str host_key_alias;
    Str proxy_jump; /* "user@host:port,…" */
    Str proxy_command;
    int64_t connect_timeout_ms; /* 0: not set */
    int64_t keepalive_ms;       /* 0: not set */
} SshConfig;

/* Returns the settings of the host. The file must not be writable by other users. ssh runs once for
 * each file and host of a run. Texts are in `arena`. Warns if the file accepts unknown host keys,
 * because loam does not. */
MUST_USE bool ssh_config_read(const Call *call, Str path, Str host, SshConfig *out, Arena *arena,
                              Diags *diags);
