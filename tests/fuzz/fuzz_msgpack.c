/* The first line of the input is a type as JSON, the rest a value: an accepted value is encoded and
 * decoded again as the same. */
#include "json.h"
#include "msgpack_read.h"
#include "msgpack_write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    SCOPED(ArenaRef) arena = arena_open("fuzz");
    Str bytes = {(const char *)data, size};
    Str name, error = STR_EMPTY;
    const Type *type;
    Value value, again;
    if (!str_next_field(&bytes, '\n', &name))
        return 0;
    JsonReader reader = json_reader_new(name, arena);
    if (!json_read_type(&reader, json_next(&reader), &type, arena))
        return 0;
    type = type_without_optional(type, arena);
    if (!msgpack_read(bytes, type, &value, &error, arena)) {
        CHECK(error.len > 0);
        return 0;
    }
    StrBuf out = strbuf_new(arena);
    msgpack_write(&out, value, type);
    CHECK(msgpack_read(strbuf_str(&out), type, &again, &error, arena));
    CHECK(value_equal(value, again));
    return 0;
}
