#include "random_octets.h"

#include "base64.h"
#include "hex.h"
#include "random.h"

#define OCTETS_LENGTH_MAX 65536

Str random_octets_check_length(Value value, Arena *arena) {
    int64_t length;
    if (value_to_int(value, &length) && length >= 1 && length <= OCTETS_LENGTH_MAX)
        return STR_EMPTY;
    return str_format(arena, "The length must be an integer from 1 to %d.", OCTETS_LENGTH_MAX);
}

Value random_octets_draw(Value arguments, Arena *arena) {
    size_t count = (size_t)object_int(arguments, "length", 1);
    char *bytes = arena_alloc(arena, count);
    random_fill(bytes, count);
    ObjectBuilder builder = object_builder_of(arguments, arena);
    return random_octets_describe(&builder, (Str){bytes, count}, arena);
}

Value random_octets_describe(ObjectBuilder *builder, Str bytes, Arena *arena) {
    object_builder_set(builder, "base64", value_from_str(base64_encode(bytes, arena)));
    object_builder_set(builder, "hex", value_from_str(hex_encode(bytes, arena)));
    return object_builder_value(builder);
}
