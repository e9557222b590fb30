/* SshTarget: a machine, how to verify it and how to log in. */
#pragma once

#include "ssh_status.h"

typedef struct SshTarget {
    Str host;          /* a name or an address; IPv6 without brackets */
    Str host_alias;    /* the name in known_hosts files and host certificates; empty: `host` */
    Str proxy_url;     /* of an HTTP or SOCKS proxy, see proxy_tunnel.h; empty: none */
    Str proxy_command; /* its standard input and output are the connection; empty: none */
    uint16_t port;
    Str user;
    Str private_key;    /* text of a key file; may be empty */
    Str passphrase;     /* of an encrypted private key */
    Str certificate;    /* line of a user certificate for the private key */
    Str agent_socket;   /* path of the agent's socket; empty: no agent */
    Str agent_identity; /* offers only this key: a comment, a public key line or "SHA256:…" */
    Str password;       /* empty: none */
    /* Accepted host keys: any_host_key; else host_key and host_ca; else known_hosts. */
    bool any_host_key; /* accepts any */
    Str host_key;      /* public key lines: "ssh-ed25519 AAAA…", a comment may follow */
    Str host_ca;       /* public key lines of authorities that sign host certificates */
    Str known_hosts;   /* text of known_hosts files */
    /* Time without data before a keepalive is sent; 0: 15 s. After three keepalives without a
     * response, the session ends. */
    int64_t keepalive_ms;
} SshTarget;
