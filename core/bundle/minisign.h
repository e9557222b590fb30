/* minisign: signs and verifies files in the format of minisign, with Ed25519.
 *
 * Both forms of signatures are accepted: "ED", over the BLAKE2b-512 digest of the file, and "Ed",
 * over the file. New signatures have the form "ED". A signature also covers its trusted comment.
 *
 * `*problem` is the end of a sentence ("the signature is not valid"). */
#pragma once

#include "str.h"

enum { MINISIGN_ID_SIZE = 8, MINISIGN_PUBLIC_SIZE = 32, MINISIGN_SECRET_SIZE = 64 };

typedef struct MinisignKey {
    unsigned char id[MINISIGN_ID_SIZE];
    unsigned char bytes[MINISIGN_PUBLIC_SIZE];
} MinisignKey;

typedef struct MinisignSecret {
    unsigned char id[MINISIGN_ID_SIZE];
    unsigned char bytes[MINISIGN_SECRET_SIZE]; /* the seed, then the public key */
} MinisignSecret;

/* Reads a public key: the line of Base64 alone, or a file with its comment. */
MUST_USE bool minisign_read_key(Str text, MinisignKey *out, Str *problem, Arena *arena);
/* Returns the identity of a key as minisign prints it: 16 hexadecimal digits. */
Str minisign_key_id(const MinisignKey *key, Arena *arena);
/* Returns true if the signature names this key; its validity is not known by that. */
MUST_USE bool minisign_names_key(const MinisignKey *key, Str signature, Arena *arena);
/* Returns true if the file of a secret key needs a password. */
bool minisign_needs_password(Str text, Arena *arena);
/* Reads the file of a secret key; ignores `password` if the key is not encrypted. The caller must
 * overwrite *out after use. */
MUST_USE bool minisign_read_secret(Str text, Str password, MinisignSecret *out, Str *problem,
                                   Arena *arena);
/* Sets `*comment` to the trusted comment of a valid signature. */
MUST_USE bool minisign_verify(const MinisignKey *key, Str message, Str signature, Str *comment,
                              Str *problem, Arena *arena);
/* Returns the text of a signature file. `comment` is one line. */
Str minisign_sign(const MinisignSecret *secret, Str message, Str comment, Arena *arena);
