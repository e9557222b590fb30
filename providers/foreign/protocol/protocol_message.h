/* protocol_message: encodes requests and decodes responses of the plugin protocol. Without effects.
 *
 * All requests share one struct, and all responses another. The row of a method (protocol_method.c)
 * lists the fields of its messages; other fields are ignored. */
#pragma once

#include "diag.h"
#include "path.h"
#include "protocol_method.h"

typedef struct ProtocolRequest {
    const char *type_name; /* of a call of a function: its name */
    bool allows_deferral;
    /* The values are objects of `type`; a value without a type is omitted. */
    const Type *type;
    Value config;
    Value prior;
    Value proposed;
    Value planned;
    const Type *meta_type; /* NULL: the provider has no schema for it */
    Value meta;
    Str private_data;
    int64_t version;
    Str stored; /* JSON of an object of `version`; of an identity in an upgrade of one */
    const Type *identity_type; /* NULL: the type has no identity */
    Value identity;            /* an object of it; null or without a type: omitted */
    Str stored_identity;       /* JSON of an identity of `identity_version`; empty: none */
    int64_t identity_version;
    bool includes_objects;
    int64_t limit;
    Str id;
    Str source_address;
    Str source_type;
    const Value *arguments; /* of a function, by its parameters */
    const Type *const *argument_types;
    size_t argument_count;
} ProtocolRequest;

/* All texts are views of the encoded response. */
typedef struct ProtocolResponse {
    bool has_state;
    Str state; /* a DynamicValue, for protocol_message_value */
    Str private_data;
    bool has_identity;
    Str identity; /* a DynamicValue */
    bool is_deferred;
    uint64_t deferred_reason;
    bool is_legacy;
    Paths replaces;
    bool has_renew_at;
    int64_t renew_at_ms; /* Unix time */
    /* Of an import: the number of objects, and the first one. */
    size_t imported_count;
    Str imported_type;
    /* Of a function. */
    bool has_error;
    Str error;
    size_t error_argument; /* SIZE_MAX: none */
    /* Of a message of an invocation. */
    bool has_progress;
    Str progress;
    bool is_completed; /* its diagnostics are those of the invocation */
    Str display_name;  /* of a found object */
} ProtocolResponse;

/* Returns the encoded request. */
Str protocol_message_request(ProtocolMethod method, const ProtocolRequest *request, Arena *arena);
/* Decodes a response and adds its diagnostics. Returns false, with an error, only if the bytes are
 * damaged; errors in the response do not affect the result. */
MUST_USE bool protocol_message_response(ProtocolMethod method, Str bytes, ProtocolResponse *out,
                                        Arena *arena, Diags *diags);
/* Decodes a DynamicValue: msgpack or JSON. On failure *error is the end of a sentence. */
MUST_USE bool protocol_message_value(Str dynamic, const Type *type, Value *out, Str *error,
                                     Arena *arena);
