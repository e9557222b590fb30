/* sealing: encrypts a value for the controller of Sealed Secrets: by AES-256-GCM with a new key for
 * each value. That key is encrypted to the RSA key of the certificate (OAEP with SHA-256). The OAEP
 * label binds the value to a namespace and name; see sealed_secret_label_of in
 * kubernetes_sealed_secret.c. */
#pragma once

#include "str.h"

/* Returns an empty text if values can be sealed with this PEM certificate. Otherwise returns the
 * reason as a sentence without a full stop: no certificate, a key that is not RSA, or an expired
 * one. */
Str sealing_check(Str certificate, int64_t now_s);
/* Returns the SHA-256 digest of the certificate's DER form, in hexadecimal digits. The certificate
 * must have passed sealing_check. */
Str sealing_fingerprint(Str certificate, Arena *arena);
/* Returns the sealed bytes, which differ in each call. The certificate must have passed
 * sealing_check. */
Str sealing_seal(Str certificate, Str label, Str plain, Arena *arena);
