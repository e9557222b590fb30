/* Any bytes as the response of a provider to any call, and as its schemas. The first byte selects
 * the call. */
#include "protocol_message.h"
#include "protocol_schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef bool (*Decode)(Str bytes, Schema *out, Str *error, Arena *arena);

static void decode_schemas(const Map *schemas, Decode decode, Arena *arena) {
    map_each(schemas, entry) {
        const Str *bytes = entry->value;
        Schema schema;
        Str error = STR_EMPTY;
        if (decode(*bytes, &schema, &error, arena))
            CHECK(schema_implied_type(&schema)->kind == KIND_OBJECT);
        else
            CHECK(error.len > 0);
    }
}

static void decode_value(Str bytes, Arena *arena) {
    Value value;
    Str error = STR_EMPTY;
    if (!protocol_message_value(bytes, &TYPE_DYNAMIC, &value, &error, arena))
        CHECK(error.len > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0)
        return 0;
    SCOPED(ArenaRef) arena = arena_open("fuzz");
    Diags diags = diags_new(arena);
    ProtocolMethod method = (ProtocolMethod)(data[0] % (PROTOCOL_CALL_FUNCTION + 1));
    Str bytes = {(const char *)data + 1, size - 1};
    ProtocolResponse response;
    ProtocolSchemas schemas;
    Str error = STR_EMPTY;
    if (!protocol_message_response(method, bytes, &response, arena, &diags))
        CHECK(diags_has_errors(&diags));
    if (response.has_state)
        decode_value(response.state, arena);
    if (response.has_identity)
        decode_value(response.identity, arena);
    if (protocol_schema_index(bytes, &schemas, &error, arena)) {
        decode_schemas(&schemas.types[MODE_MANAGED], protocol_schema_decode, arena);
        decode_schemas(&schemas.types[MODE_DATA], protocol_schema_decode, arena);
        decode_schemas(&schemas.types[MODE_LIST], protocol_schema_decode, arena);
    }
    schemas = (ProtocolSchemas){0};
    if (protocol_schema_index_identities(bytes, &schemas, &error, arena))
        decode_schemas(&schemas.identities, protocol_schema_decode_identity, arena);
    return 0;
}
