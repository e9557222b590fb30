/* Any bytes as JSON: a decoded value is encoded and decoded again as the same, with its type and
 * without. */
#include "json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static Str write(Value value, bool is_typed, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    JsonWriter *writer = arena_new(arena, JsonWriter);
    json_writer_init(writer, &buf, 0);
    if (is_typed)
        json_write_typed(writer, value, &TYPE_DYNAMIC);
    else
        json_write_value(writer, value);
    return strbuf_str(&buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    SCOPED(ArenaRef) arena = arena_open("fuzz");
    const char *error = NULL;
    size_t offset = 0;
    Value value, again;
    if (!json_parse_any((Str){(const char *)data, size}, &value, &error, &offset, arena)) {
        CHECK(offset <= size);
        return 0;
    }
    CHECK(json_parse_any(write(value, false, arena), &again, &error, &offset, arena));
    CHECK(value_equal(value, again));
    if (value.type == &TYPE_DYNAMIC)
        return 0; /* an untyped null is not encoded with its type */
    JsonReader reader = json_reader_new(write(value, true, arena), arena);
    CHECK(json_read_typed(&reader, json_next(&reader), &TYPE_DYNAMIC, &again, &error, arena));
    CHECK(value_equal(value, again));
    return 0;
}
