/* envelope: what lies around everything that is persisted and holds values: state, copies, backup,
 * journal, plan file. The JSON that OpenTofu writes:
 *
 *     {"serial": N, "lineage": "…",                 of a state, as within; a plan has neither
 *      "meta": {"key_provider.pbkdf2.NAME": base64(JSON of that key provider)},
 *      "encrypted_data": base64, "encryption_version": "v0"}
 *
 * Reading is strict (what OpenTofu does not write is damage), so that no changed byte goes
 * unnoticed. What the bytes within mean is cipher.h's business. */
#pragma once

#include "str.h"
#include "vec.h"

typedef struct EnvelopeMeta {
    Str key;
    Str json;
} EnvelopeMeta;

typedef VEC(EnvelopeMeta) EnvelopeMetas;

/* Of a state: stands in the clear, and is compared with what is within. */
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

/* The JSON of an envelope? Looks at the keys of the first level only. */
bool envelope_is_sealed(Str bytes);
/* *error: what is wrong with it, a full sentence. */
MUST_USE bool envelope_decode(Str bytes, Envelope *out, const char **error, Arena *arena);
/* One line, without a line end. */
Str envelope_encode(const Envelope *envelope, Arena *arena);
/* Serial and lineage of a state's text; not given: it has none. */
EnvelopeHead envelope_read_head(Str state, Arena *arena);
/* As digest_from_base64, but each content has one text. */
MUST_USE bool envelope_from_base64(Str text, Str *out, Arena *arena);
