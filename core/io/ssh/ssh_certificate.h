/* SshCertificate: an OpenSSH certificate (PROTOCOL.certkeys), and the checks of a client.
 *
 * libssh reads user certificates but not their fields, and knows no host certificates. */
#pragma once

#include "ssh_status.h"
#include "vec.h"

typedef enum SshCertificateKind {
    SSH_CERTIFICATE_USER = 1,
    SSH_CERTIFICATE_HOST = 2,
} SshCertificateKind;

typedef struct SshCertificate {
    Str key_type; /* "ssh-ed25519" */
    Str key;      /* wire format of the certified public key */
    uint32_t kind;
    Str key_id;
    Str *principals;
    size_t principal_count;
    uint64_t valid_after; /* Unix time in seconds */
    uint64_t valid_before;
    Str critical_options; /* wire format; empty: none */
    Str authority;        /* wire format of the key that signed */
    Str signed_bytes;
    Str signature;
} SshCertificate;

/* Parses the wire format; the fields point into `blob`. Returns false if it is no certificate of a
 * known key type. */
MUST_USE bool ssh_certificate_parse(Str blob, SshCertificate *out, Arena *arena);
/* Same, for a line such as "ssh-ed25519-cert-v01@openssh.com AAAA… comment". */
MUST_USE bool ssh_certificate_parse_line(Str line, SshCertificate *out, Arena *arena);
/* Returns an empty text if a client may trust this host certificate for `host`: signed by one of
 * the authorities (wire format), a host certificate, valid at `now` (Unix time in seconds), with
 * the host among its principals, without critical options. Else returns the reason. */
Str ssh_certificate_check_host(const SshCertificate *certificate,
                               const Str *authorities,
                               size_t authority_count,
                               Str host,
                               int64_t now,
                               Arena *arena);
/* Returns an empty text if the certificate is a user certificate that is valid at `now`. Else
 * returns the reason. */
Str ssh_certificate_check_user(const SshCertificate *certificate, int64_t now, Arena *arena);
