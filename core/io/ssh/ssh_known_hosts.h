/* ssh_known_hosts: the known_hosts files of OpenSSH (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
#pragma once

#include "vec.h"

/* The keys that the files name for one host. */
typedef struct SshKnownKeys {
    StrVec keys;        /* public key lines "ssh-ed25519 AAAA…" */
    StrVec authorities; /* same, of @cert-authority */
    StrVec revoked;     /* same, of @revoked */
} SshKnownKeys;

/* Returns the keys of the lines that match the host: names, patterns, negated patterns, hashed
 * names, "[host]:port". Skips invalid lines, as OpenSSH does. `text` is the content of one or
 * several files. */
SshKnownKeys ssh_known_hosts_find(Str text, Str host, uint16_t port, Arena *arena);
/* Returns whether the name matches a pattern with "*" and "?". Ignores case. */
bool ssh_match_pattern(Str pattern, Str name);
