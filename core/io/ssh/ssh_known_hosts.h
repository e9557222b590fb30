/* ssh_known_hosts: the known_hosts files of OpenSSH (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
#pragma once

#include "vec.h"

/* The keys that the files name for one host. */
typedef struct SshKnownKeys {
    StrVec keys;        /* public key lines "ssh-ed25519 AAAA…" */
    StrVec authorities; /* same, of @cert-authority */
    StrVec revoked;     /* same, of @revoked */
} SshKnownKeys;

/* Finds the lines of a host: names, patterns, negated patterns, hashed names, "[host]:port". Lines
 * that cannot be read are skipped, as OpenSSH does. */
SshKnownKeys ssh_known_hosts_find(Str text, Str host, uint16_t port, Arena *arena);
