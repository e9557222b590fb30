/* SshCertificate: an OpenSSH certificate (PROTOCOL.certkeys), and the checks of a client.
 *
 * libssh imports user certificates without access to their fields, and no host certificates. */
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
    Str authority;        /* wire format of the signing key */
    Str signed_bytes;
    Str signature;
} SshCertificate;

/* Parses the wire format without verifying the signature. The fields point into `blob`, and the
 * list of principals is in `arena`. Returns false unless it is a certificate of a known key type.
 */
MUST_USE bool ssh_certificate_parse(Str blob, SshCertificate *out, Arena *arena);

/* How a client uses a certificate. */
typedef struct SshCertificateUse {
    SshCertificateKind kind;
    int64_t now; /* Unix time in seconds */
    /* Of a host certificate only. */
    const Str *authorities; /* wire format */
    size_t authority_count;
    Str host;
} SshCertificateUse;

/* Returns an empty text if the certificate is of this kind and valid at `now`; else the reason. A
 * host certificate must also be signed by one of the authorities, have the host among its
 * principals, and have no critical options. The server checks these of a user certificate. */
Str ssh_certificate_check(const SshCertificate *certificate, const SshCertificateUse *use,
                          Arena *arena);
