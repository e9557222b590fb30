/* envelope: the JSON format, from OpenTofu, around encrypted data: state, copies, backup, journal,
 * plan file.
 *
 *     {"serial": N, "lineage": "…",                 of a state, copied from within; not in plans
 *      "meta": {"key_provider.pbkdf2.NAME": base64(JSON of that key provider)},
 *      "encrypted_data": base64, "encryption_version": "v0"}
 *
 * Reading is strict, to detect changed bytes: an unknown, repeated or missing member and base64
 * that no encoder writes count as damage. Blanks and the order of members are free. cipher.h
 * decrypts the data. */
#pragma once

#include "str.h"
#include "vec.h"

typedef struct EnvelopeMeta {
    Str key;
    Str json;
} EnvelopeMeta;

typedef VEC(EnvelopeMeta) EnvelopeMetas;

/* Of a state: stored unencrypted, and compared with the values in the encrypted state. */
typedef struct EnvelopeHead {
    bool is_given;
    uint64_t serial;
    Str lineage;
} EnvelopeHead;

typedef struct Envelope {
    EnvelopeHead head;
    EnvelopeMetas metas;
    Str data;
} Envelope;

/* Returns true if the first level of the JSON has a key of an envelope, and no "version" before it.
 * The envelope may still be damaged. */
bool envelope_is_sealed(Str bytes);
/* On failure sets `*error` to a full sentence. */
MUST_USE bool envelope_decode(Str bytes, Envelope *out, const char **error, Arena *arena);
/* Returns one line, without a line end. */
Str envelope_encode(const Envelope *envelope, Arena *arena);
/* Returns serial and lineage of a state; is_given is false unless it has both. */
EnvelopeHead envelope_read_head(Str state, Arena *arena);
/* Like base64_decode, but accepts only the one canonical text for each content. */
MUST_USE bool envelope_from_base64(Str text, Str *out, Arena *arena);
