/* SshTarget: a machine, how to verify it and how to log in. */
#pragma once

#include "ssh_status.h"

typedef struct SshTarget {
    Str host; /* a name or an address; IPv6 without brackets */
    uint16_t port;
    Str user;
    Str private_key;    /* text of a key file; may be empty */
    Str passphrase;     /* of an encrypted private key */
    Str certificate;    /* line of a user certificate for the private key */
    Str agent_socket;   /* path of the agent's socket; empty: no agent */
    Str agent_identity; /* offers only this key: a comment, a public key line or "SHA256:…" */
    Str password;       /* empty: none */
    /* One of the four decides which host key is accepted, in this order. */
    bool any_host_key; /* accept any */
    Str host_key;      /* "ssh-ed25519 AAAA…", a comment may follow */
    Str host_ca;       /* public key lines of authorities that sign host certificates */
    Str known_hosts;   /* text of known_hosts files */
    int64_t
        keepalive_ms; /* silence before a keepalive; three unanswered end the session; 0: 15 s */
} SshTarget;
