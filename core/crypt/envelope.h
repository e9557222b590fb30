/* envelope: the JSON format, from OpenTofu, around encrypted data: state, copies, backup, journal,
 * plan file.
 *
 *     {"serial": N, "lineage": "…",                 of a state, copied from within; not in plans
 *      "meta": {"key_provider.pbkdf2.NAME": base64(JSON of that key provider)},
 *      "encrypted_data": base64, "encryption_version": "v0"}
 *
 * Reading is strict: any deviation from OpenTofu's output counts as damage, so that every changed
 * byte is detected. cipher.h decrypts the data. */
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

/* Returns true if the bytes are the JSON of an envelope. Looks at the keys of the first level
 * only. */
bool envelope_is_sealed(Str bytes);
/* On failure sets `*error` to a full sentence. */
MUST_USE bool envelope_decode(Str bytes, Envelope *out, const char **error, Arena *arena);
/* Returns one line, without a line end. */
Str envelope_encode(const Envelope *envelope, Arena *arena);
/* Returns serial and lineage of a state; is_given is false if they are missing. */
EnvelopeHead envelope_read_head(Str state, Arena *arena);
/* Like base64_decode, but accepts only the one canonical text for each content. */
MUST_USE bool envelope_from_base64(Str text, Str *out, Arena *arena);
