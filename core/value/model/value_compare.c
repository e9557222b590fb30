/* value_compare: equality, order and hash of values. Equal values have equal hashes; only the order
 * distinguishes -0 from 0. Order and hash ignore marks. */
#include "value.h"

typedef enum MarkUse { MARKS_IGNORED, MARKS_COUNT } MarkUse;

static bool same(Value a, Value b, MarkUse marks);

static bool same_numbers(Value a, Value b) {
    bool a_big = a.flags & FLAG_BIG, b_big = b.flags & FLAG_BIG;
    if (!a_big && !b_big)
        return a.as.integer == b.as.integer;
    if (a_big && b_big)
        return number_compare(a.as.number, b.as.number) == 0;
    return number_compare_int(a_big ? a.as.number : b.as.number,
                              a_big ? b.as.integer : a.as.integer) == 0;
}

static bool same_items(Value a, Value b, MarkUse marks) {
    if (a.count != b.count)
        return false;
    for (size_t i = 0; i < a.count; i++) {
        if (a.type->kind == KIND_MAP && !str_equal(value_key_at(a, i), value_key_at(b, i))) {
            return false;
        }
        if (!same(value_at(a, i), value_at(b, i), marks))
            return false;
    }
    return true;
}

/* The caller has compared the types of a and b or of their parents. If a parent's type is dynamic,
 * compares the kinds and then the types of the parts. */
static bool same(Value a, Value b, MarkUse marks) {
    if (marks == MARKS_COUNT && a.marks != b.marks)
        return false;
    if (a.state != b.state || a.type->kind != b.type->kind)
        return false;
    if (!value_is_present(a))
        return type_equal(a.type, b.type);
    switch (a.type->kind) {
    case KIND_DYNAMIC: return true;
    case KIND_BOOL: return a.as.boolean == b.as.boolean;
    case KIND_NUMBER: return same_numbers(a, b);
    case KIND_STRING: return str_equal(value_text(a), value_text(b));
    case KIND_OBJECT:
        if (!type_equal(a.type, b.type))
            return false;
        return same_items(a, b, marks);
    case KIND_LIST:
    case KIND_SET:
    case KIND_MAP:
        if (a.count == 0 && !type_equal(a.type, b.type))
            return false;
        return same_items(a, b, marks);
    case KIND_TUPLE: return same_items(a, b, marks);
    }
    return false;
}

bool value_equal(Value a, Value b) {
    return type_equal(a.type, b.type) && same(a, b, MARKS_IGNORED);
}

bool value_identical(Value a, Value b) {
    return type_equal(a.type, b.type) && same(a, b, MARKS_COUNT);
}

static bool value_compare_is_negative_zero(Value v) {
    return v.flags & FLAG_BIG && number_is_negative_zero(v.as.number);
}

static int compare_sizes(Value a, Value b) {
    bool a_big = a.flags & FLAG_BIG, b_big = b.flags & FLAG_BIG;
    if (!a_big && !b_big) {
        return a.as.integer < b.as.integer ? -1 : a.as.integer > b.as.integer;
    }
    if (a_big && b_big)
        return number_compare(a.as.number, b.as.number);
    if (a_big)
        return number_compare_int(a.as.number, b.as.integer);
    return -number_compare_int(b.as.number, a.as.integer);
}

/* -0 equals 0, but as in Terraform they are two members of a set. */
static int value_compare_numbers(Value a, Value b) {
    int order = compare_sizes(a, b);
    return order != 0
               ? order
               : (int)value_compare_is_negative_zero(b) - (int)value_compare_is_negative_zero(a);
}

static int value_compare_items(Value a, Value b) {
    size_t count = a.count < b.count ? a.count : b.count;
    bool keyed = a.type->kind == KIND_MAP || (a.type->kind == KIND_OBJECT && a.type != b.type);
    for (size_t i = 0; i < count; i++) {
        int order = 0;
        if (keyed)
            order = str_compare(value_key_at(a, i), value_key_at(b, i));
        if (order == 0)
            order = value_compare(value_at(a, i), value_at(b, i));
        if (order != 0)
            return order;
    }
    return a.count < b.count ? -1 : a.count > b.count;
}

/* Ranks known before unknown before null. */
static int state_rank(Value v) {
    if (value_is_present(v))
        return 0;
    return value_is_null(v) ? 2 : 1;
}

int value_compare(Value a, Value b) {
    int rank = state_rank(a) - state_rank(b);
    if (rank != 0)
        return rank;
    if (a.type->kind != b.type->kind)
        return a.type->kind < b.type->kind ? -1 : 1;
    if (!value_is_present(a))
        return 0;
    switch (a.type->kind) {
    case KIND_DYNAMIC: return 0;
    case KIND_BOOL: return (int)a.as.boolean - (int)b.as.boolean;
    case KIND_NUMBER: return value_compare_numbers(a, b);
    case KIND_STRING: return str_compare(value_text(a), value_text(b));
    case KIND_LIST:
    case KIND_SET:
    case KIND_MAP:
    case KIND_TUPLE:
    case KIND_OBJECT: return value_compare_items(a, b);
    }
    return 0;
}

static uint64_t mix(uint64_t hash, uint64_t by) {
    hash ^= by + 0x9e3779b97f4a7c15u + (hash << 6) + (hash >> 2);
    return hash * 0xff51afd7ed558ccdu;
}

/* If one value holds a number as an inline integer, every equal value does too, except -0. */
static uint64_t hash_number(Value v) {
    if (!(v.flags & FLAG_BIG))
        return mix(KIND_NUMBER, (uint64_t)v.as.integer);
    if (value_compare_is_negative_zero(v))
        return mix(KIND_NUMBER, 0);
    double nearest = number_to_double(v.as.number);
    uint64_t bits = 0;
    memcpy(&bits, &nearest, sizeof(bits));
    return mix(KIND_NUMBER, bits);
}

static uint64_t hash_items(Value v) {
    uint64_t hash = mix(v.type->kind, v.count);
    for (size_t i = 0; i < v.count; i++) {
        if (type_is_mapping(v.type))
            hash = mix(hash, str_hash(value_key_at(v, i)));
        hash = mix(hash, value_hash(value_at(v, i)));
    }
    return hash;
}

uint64_t value_hash(Value v) {
    if (!value_is_present(v))
        return mix(v.type->kind, v.state);
    switch (v.type->kind) {
    case KIND_DYNAMIC: break;
    case KIND_BOOL: return mix(KIND_BOOL, v.as.boolean);
    case KIND_NUMBER: return hash_number(v);
    case KIND_STRING: return mix(KIND_STRING, str_hash(value_text(v)));
    case KIND_LIST:
    case KIND_SET:
    case KIND_MAP:
    case KIND_TUPLE:
    case KIND_OBJECT: return hash_items(v);
    }
    return 0;
}
