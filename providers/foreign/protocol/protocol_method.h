/* protocol_method: the calls of Terraform's plugin protocol, with their names in versions 5 and 6
 * and the field numbers of their messages. Both versions have the same numbers. */
#pragma once

#include "str.h"

typedef enum ProtocolMethod {
    PROTOCOL_GET_SCHEMA,
    PROTOCOL_GET_IDENTITY_SCHEMAS,
    PROTOCOL_VALIDATE_PROVIDER,
    PROTOCOL_CONFIGURE,
    PROTOCOL_STOP,
    PROTOCOL_VALIDATE_RESOURCE,
    PROTOCOL_UPGRADE_RESOURCE,
    PROTOCOL_UPGRADE_IDENTITY,
    PROTOCOL_READ_RESOURCE,
    PROTOCOL_PLAN_RESOURCE,
    PROTOCOL_APPLY_RESOURCE,
    PROTOCOL_IMPORT_RESOURCE,
    PROTOCOL_MOVE_RESOURCE,
    PROTOCOL_VALIDATE_DATA,
    PROTOCOL_READ_DATA,
    PROTOCOL_VALIDATE_EPHEMERAL,
    PROTOCOL_OPEN_EPHEMERAL,
    PROTOCOL_RENEW_EPHEMERAL,
    PROTOCOL_CLOSE_EPHEMERAL,
    PROTOCOL_VALIDATE_ACTION,
    PROTOCOL_PLAN_ACTION,
    PROTOCOL_INVOKE_ACTION, /* the response is a stream */
    PROTOCOL_VALIDATE_LIST,
    PROTOCOL_LIST, /* the response is a stream */
    PROTOCOL_GENERATE_CONFIG,
    PROTOCOL_GET_FUNCTIONS,
    PROTOCOL_CALL_FUNCTION,
} ProtocolMethod;

/* Field numbers; 0: the message has no such field. */
typedef struct ProtocolFields {
    const char *name;   /* in version 6 */
    const char *name_5; /* NULL: the same */
    /* Request. */
    uint8_t terraform_version, type_name, config, prior, proposed, planned, private_data;
    uint8_t provider_meta, capabilities, version, raw_state, id, source_address, source_type;
    uint8_t arguments, identity, stored_identity, identity_version, includes_objects, limit;
    /* Response. */
    uint8_t diagnostics, state, new_private, deferred, is_legacy, replaces, renew_at, imported;
    uint8_t error, functions, new_identity;
    /* Messages of an invocation, each one of these. */
    uint8_t progress, completed;
    uint8_t display_name;
} ProtocolFields;

const ProtocolFields *protocol_method_fields(ProtocolMethod method);
/* Returns "/tfplugin6.Provider/PlanResourceChange"; `version` is 5 or 6. */
const char *protocol_method_path(ProtocolMethod method, int version, Arena *arena);
