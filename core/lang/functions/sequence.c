/* sequence: helpers that handle lists, sets and tuples alike. */
#include "sequence.h"

size_t sequence_count(Value sequence) {
    return sequence.type->kind == KIND_TUPLE ? sequence.type->count : sequence.count;
}

bool sequence_has_count(Value sequence) {
    if (!value_is_known(sequence))
        return sequence.type->kind == KIND_TUPLE;
    return sequence.type->kind != KIND_SET || value_is_wholly_known(sequence) || sequence.count < 2;
}

bool sequence_integer(FunctionCall *call, size_t argument, int64_t *out, Str *error) {
    if (value_to_int(call->arguments[argument], out))
        return true;
    return function_fail(call, argument, error, "an integer is required");
}

Value sequence_take_marks(Value sequence, uint8_t *marks) {
    *marks |= sequence.marks;
    return value_without_marks(sequence);
}
