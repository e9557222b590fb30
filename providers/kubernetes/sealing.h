/* sealing: encrypts a value for the controller of Sealed Secrets: AES-256-GCM under a new key for
 * each value, which is encrypted to the RSA key of the certificate (OAEP with SHA-256). The label
 * of a value says where its Secret may be. */
#pragma once

#include "str.h"

/* Returns why the text is no PEM certificate that values can be sealed with, as a sentence without
 * full stop: an expired one, or a key that is not RSA; empty if it can be. */
Str sealing_check(Str certificate, int64_t now_s);
/* Returns a digest of the certificate, however its text is wrapped. The certificate must have
 * passed sealing_check. */
Str sealing_fingerprint(Str certificate, Arena *arena);
/* Returns the sealed bytes, different ones in each call. The certificate must have passed
 * sealing_check. */
Str sealing_seal(Str certificate, Str label, Str plain, Arena *arena);
