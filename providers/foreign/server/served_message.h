/* served_message: decodes requests and encodes responses of plugin protocol 6, by the field numbers
 * of protocol_method. The counterpart is protocol_message. */
#pragma once

#include "diag.h"
#include "path.h"
#include "protocol_method.h"

/* Views of the encoded request. Values are encoded; empty: absent. */
typedef struct ServedRequest {
    Str type_name; /* of a call of a function: its name */
    Str config;
    Str prior;
    Str proposed;
    Str planned;
    Str private_data;
    int64_t version;
    Str stored; /* JSON */
    Str id;
    Str source_address;
    Str source_type;
    StrVec arguments;
} ServedRequest;

typedef struct ServedResponse {
    const Type *type; /* of `state` */
    bool has_state;
    Value state;
    Str private_data;
    Paths replaces;
    bool is_legacy;
    bool has_renew_at;
    int64_t renew_at_ms; /* Unix time */
    bool is_import;
    Str type_name;  /* of the imported object */
    bool has_error; /* of a function, instead of diagnostics */
    Str error;
    size_t error_argument; /* SIZE_MAX: none */
} ServedResponse;

/* Finds the call of "/tfplugin6.Provider/NAME"; returns false if there is none. */
MUST_USE bool served_message_method(Str path, ProtocolMethod *out);
/* Returns false if the bytes are damaged. */
MUST_USE bool served_message_request(ProtocolMethod method, Str bytes, ServedRequest *out,
                                     Arena *arena);
/* Texts of `secrets` are replaced in the diagnostics. */
Str served_message_response(ProtocolMethod method, const ServedResponse *response,
                            const Diags *diags, const StrVec *secrets, Arena *arena);
