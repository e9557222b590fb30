/* cms_reader: decrypts a CMS message (RFC 5083) in pieces, as the program openssl writes it:
 *
 *     openssl cms -encrypt -binary -stream -outform DER -aes-256-gcm -recip CERTIFICATE
 *             -keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256
 *
 * The content key is encrypted for one RSA key or for several, the content with AES-256-GCM, and
 * its tag follows at the end. OpenSSL itself reads a whole message into memory, three times its
 * size, and at most 2 GiB; here memory does not depend on the size.
 *
 * The tag shows that the content is unchanged. It does not show who wrote it: every holder of the
 * certificate can encrypt. Pieces are authentic only after the last one. Functions that return a
 * Str return an empty text, or the end of a sentence that says why they failed. */
#pragma once

#include "disk.h"
#include "value.h"

/* Attribute checks: an RSA certificate of at least 2048 bits; an RSA key without a passphrase. */
Str cms_reader_check_certificate(Value pem, Arena *arena);
Str cms_reader_check_key(Value pem, Arena *arena);

typedef struct CmsReader CmsReader;

/* Opens the file, and decrypts the content key with the private key in PEM. Close *out, also after
 * a failure. */
MUST_USE Str cms_reader_open(const Disk *disk, Str path, Str key_pem, CmsReader **out,
                             Arena *arena);
/* Sets `*out` to the next piece, in the reader's memory until the next call. After the last piece
 * `*is_end` is true and `*out` is empty. */
MUST_USE Str cms_reader_next(CmsReader *reader, Str *out, bool *is_end, Arena *arena);
/* Wipes the key and the last piece. Accepts NULL. */
void cms_reader_close(CmsReader *reader);
