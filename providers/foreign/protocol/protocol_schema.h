/* protocol_schema: the schemas of a provider's types, from its responses to GetProviderSchema
 * and GetResourceIdentitySchemas.
 *
 * The index finds the encoded schema of a type by name. Large providers have more than a thousand
 * types, of which a run uses a few, so only those are decoded. Decoded schemas are in the arena.
 * Texts of the index are views of the response. */
#pragma once

#include "address.h"
#include "map.h"
#include "protocol_method.h"
#include "schema.h"

#define PROTOCOL_MODES (MODE_LIST + 1)

typedef struct ProtocolSchemas {
    Str provider;      /* encoded schemas; empty: none */
    Str provider_meta; /* empty: the provider has none */
    /* Names in the order of the response, with pointers to a Str each: the encoded schema. */
    Map types[PROTOCOL_MODES]; /* by mode */
    Map functions;
    Map identities; /* of the response to GetResourceIdentitySchemas, by names of resources */
    bool plans_destroy;
    bool moves_resources;
    bool generates_config;
    bool is_schema_optional; /* a process needs no GetProviderSchema call before others */
} ProtocolSchemas;

/* Indexes a response. Returns false with *error, the end of a sentence, if it is damaged. Its
 * diagnostics are read by protocol_message_response. */
MUST_USE bool protocol_schema_index(Str response, ProtocolSchemas *out, Str *error, Arena *arena);
/* Decodes one schema. Returns false with *error if it is damaged or contradicts itself. */
MUST_USE bool protocol_schema_decode(Str bytes, Schema *out, Str *error, Arena *arena);
/* Indexes a response to GetResourceIdentitySchemas into out->identities. */
MUST_USE bool protocol_schema_index_identities(Str response, ProtocolSchemas *out, Str *error,
                                               Arena *arena);
/* Decodes the schema of an identity. Attributes that an import needs are REQUIRED, those that it
 * accepts OPTIONAL, others COMPUTED. */
MUST_USE bool protocol_schema_decode_identity(Str bytes, Schema *out, Str *error, Arena *arena);
