/* Any bytes as the response of a provider to any call, and as its schemas. The first byte selects
 * the call. */
#include "protocol_message.h"
#include "protocol_schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void decode_schemas(const Map *schemas, Arena *arena) {
    map_each(schemas, entry) {
        const Str *bytes = entry->value;
        Schema schema;
        Str error = STR_EMPTY;
        if (protocol_schema_decode(*bytes, &schema, &error, arena))
            CHECK(schema_implied_type(&schema)->kind == KIND_OBJECT);
        else
            CHECK(error.len > 0);
    }
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
    Value value;
    Str error = STR_EMPTY;
    if (!protocol_message_response(method, bytes, &response, arena, &diags))
        CHECK(diags_has_errors(&diags));
    else if (response.has_state &&
             !protocol_message_value(response.state, &TYPE_DYNAMIC, &value, &error, arena))
        CHECK(error.len > 0);
    if (protocol_schema_index(bytes, &schemas, &error, arena)) {
        decode_schemas(&schemas.resources, arena);
        decode_schemas(&schemas.data_sources, arena);
    }
    return 0;
}
