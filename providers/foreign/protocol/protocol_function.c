/* protocol_function: decodes parameters and types. */
#include "protocol_function.h"

#include "json.h"
#include "wire.h"

static bool protocol_function_read_type(Str json, const Type **out, Arena *arena) {
    JsonReader reader = json_reader_new(json, arena);
    const Type *type;
    if (!json_read_type(&reader, json_next(&reader), &type, arena) ||
        json_next(&reader) != JSON_END)
        return false;
    *out = type_intern(type_without_optional(type, arena));
    return true;
}

static const char *protocol_function_clone_text(Str bytes, Arena *arena) {
    return str_to_cstr(value_text(value_string(bytes, arena)), arena);
}

static bool read_parameter(Str bytes, ProviderParameter *out, Arena *arena) {
    enum { NAME = 1, TYPE = 2, ALLOWS_NULL = 3, DESCRIPTION = 5 };
    WireReader reader = wire_reader_new(bytes);
    WireField field;
    Str type = STR_EMPTY;
    *out = (ProviderParameter){.name = ""};
    while (wire_next(&reader, &field)) {
        switch (field.number) {
        case NAME: out->name = protocol_function_clone_text(field.bytes, arena); break;
        case TYPE: type = field.bytes; break;
        case ALLOWS_NULL: out->allows_null = field.value != 0; break;
        case DESCRIPTION:
            out->description = protocol_function_clone_text(field.bytes, arena);
            break;
        default: break;
        }
    }
    return !reader.is_bad && protocol_function_read_type(type, &out->type, arena);
}

static bool read_return(Str bytes, const Type **out, Arena *arena) {
    enum { TYPE = 1 };
    WireReader reader = wire_reader_new(bytes);
    WireField field;
    Str type = STR_EMPTY;
    while (wire_next(&reader, &field)) {
        if (field.number == TYPE)
            type = field.bytes;
    }
    return !reader.is_bad && protocol_function_read_type(type, out, arena);
}

bool protocol_function_decode(Str bytes, ProviderFunction *out, Str *error, Arena *arena) {
    enum { PARAMETER = 1, VARIADIC = 2, RETURN = 3, SUMMARY = 4, DESCRIPTION = 5 };
    VEC(ProviderParameter) parameters = {0};
    WireReader reader = wire_reader_new(bytes);
    WireField field;
    ProviderParameter *variadic = NULL;
    ProviderFunction function = {.description = ""};
    bool is_fine = true;
    while (wire_next(&reader, &field)) {
        if (field.number == PARAMETER) {
            is_fine &= read_parameter(field.bytes, vec_add(arena, &parameters), arena);
        } else if (field.number == VARIADIC) {
            variadic = arena_new(arena, ProviderParameter);
            is_fine &= read_parameter(field.bytes, variadic, arena);
        } else if (field.number == RETURN) {
            is_fine &= read_return(field.bytes, &function.type, arena);
        } else if (field.number == SUMMARY) {
            function.summary = protocol_function_clone_text(field.bytes, arena);
        } else if (field.number == DESCRIPTION) {
            function.description = protocol_function_clone_text(field.bytes, arena);
        }
    }
    *error = STR("the signature of the function is damaged");
    if (reader.is_bad || !is_fine || !function.type)
        return false;
    function.parameters = parameters.items;
    function.parameter_count = parameters.count;
    function.variadic = variadic;
    *out = function;
    return true;
}
