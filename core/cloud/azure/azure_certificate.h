/* azure_certificate: the key and the certificate of a PKCS #12 file (.pfx), by OpenSSL. */
#pragma once

#include "str.h"

typedef struct AzureCertificate {
    Str key;         /* PEM */
    Str certificate; /* PEM */
} AzureCertificate;

/* Returns false with *problem, the end of a sentence without secrets. */
MUST_USE bool azure_certificate_read(Str bytes, Str password, AzureCertificate *out, Str *problem,
                                     Arena *arena);
