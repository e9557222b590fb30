/* Value: immutable, typed, passed by value; what it points at lives in an arena.
 *
 *   state    known, null, or unknown (known only after apply)
 *   count    bytes of a string; elements of a collection, tuple or object; precision of a number
 *   as       by the type's kind: boolean; integer (FLAG_BIG: number); text; items; map
 *            of an unknown: refinement or NULL
 *   marks    on this value itself; they ride along and never get lost in a conversion
 *   flags    FLAG_UNKNOWN_INSIDE, FLAG_MARKS_INSIDE: about this value or anything in it
 *
 * Items of objects stand in the order of the type's names, of sets in canonical order (strings by
 * bytes, numbers by value, false before true, others as value_order.c has it, null last). Keys of
 * maps are sorted by bytes. A set holds no marks inside: they move to the set. Strings are UTF-8 in
 * normal form C.
 *
 * `dynamic` is the type of untyped nulls and of unknowns of unknown type only. Threads share values
 * freely. A value outlives its arena by value_clone only. */
#pragma once

#include "number.h"
#include "type.h"

typedef enum ValueState { VALUE_NULL, VALUE_KNOWN, VALUE_UNKNOWN } ValueState;

typedef enum ValueMark {
    MARK_SENSITIVE = 1,
    MARK_EPHEMERAL = 2,
    MARK_DEPRECATED = 4,
    MARKS_SECRET = MARK_SENSITIVE | MARK_EPHEMERAL, /* no text may tell of such a value */
} ValueMark;

typedef enum ValueFlag {
    FLAG_BIG = 1, /* a number that is no inline integer; -0 is none */
    FLAG_UNKNOWN_INSIDE = 2,
    FLAG_MARKS_INSIDE = 4,
} ValueFlag;

typedef struct Value Value;

typedef struct ValueMap {
    const Str *keys;
    const Value *items;
} ValueMap;

/* What is known of an unknown. Bounds are inclusive; lengths are of collections. */
typedef struct Refinement {
    bool not_null;
    Str prefix;       /* of a string */
    const Value *min; /* of a number, NULL: none */
    const Value *max;
    uint32_t length_min;
    uint32_t length_max; /* UINT32_MAX: none */
} Refinement;

struct Value {
    const Type *type;
    union {
        bool boolean;
        int64_t integer;
        const Number *number;
        const char *text;
        const Value *items;
        const ValueMap *map;
        const Refinement *refinement;
    } as;
    uint32_t count;
    uint8_t state;
    uint8_t marks;
    uint8_t flags;
};

typedef VEC(Value) ValueVec;

/* Making values. Arrays given are used as they are, not copied; they must live in `arena`. */
Value value_null(const Type *type);
Value value_unknown(const Type *type);
Value value_unknown_refined(const Type *type, Refinement refinement, Arena *arena);
Value value_bool(bool boolean);
Value value_int(int64_t integer); /* precision 512, as read from text */
Value value_int_of(int64_t integer, uint32_t precision);
Value value_from_number(const Number *number); /* inline where it is a 64-bit integer */
/* A decimal number as the language reads it, exact; false when it is none, or out of range. */
MUST_USE bool value_from_number_text(Str text, Value *out, Arena *arena);
/* A view of text that is valid UTF-8 in normal form C already (names, digests, literals). */
Value value_from_str(Str text);
Value value_from_cstr(const char *text);
/* Of any text: replaces invalid bytes, normalises. */
Value value_string(Str text, Arena *arena);
Value value_list(const Type *element, const Value *items, size_t count, Arena *arena);
/* Sorts and drops duplicates in place; marks inside move to the set. */
Value value_set(const Type *element, Value *items, size_t count, Arena *arena);
/* Sorts by key in place; a later duplicate key wins. */
Value value_map(const Type *element, Str *keys, Value *items, size_t count, Arena *arena);
Value value_tuple(const Value *items, size_t count, Arena *arena);
/* Of a given object type, items in its order of names. */
Value value_object_of(const Type *type, const Value *items);
/* Of names in any order, sorted in place together with items; the type arises from the items. */
Value value_object(Str *names, Value *items, size_t count, Arena *arena);

/* v, known, with other items in the place of its own, as many; type and flags follow from them, its
 * own marks stay. Takes the array as it is, but for a set. */
Value value_with_items(Value v, Value *items, Arena *arena);
/* v's own items in an array to be changed, for value_with_items. */
Value *value_copy_items(Value v, Arena *arena);

/* Looking. Claims about the value itself, not about what is in it, unless named wholly/anywhere. */
static inline bool value_is_null(Value v) {
    return v.state == VALUE_NULL;
}
static inline bool value_is_known(Value v) {
    return v.state != VALUE_UNKNOWN;
}
static inline bool value_is_wholly_known(Value v) {
    return !(v.flags & FLAG_UNKNOWN_INSIDE);
}
static inline bool value_has_mark(Value v, ValueMark mark) {
    return (v.marks & (uint8_t)mark) != 0;
}
static inline bool value_is_secret(Value v) {
    return v.marks & MARKS_SECRET;
}
static inline bool value_has_marks_anywhere(Value v) {
    return (v.flags & FLAG_MARKS_INSIDE) != 0;
}
/* State known, neither null nor unknown: the accessors below may be used. */
static inline bool value_is_present(Value v) {
    return v.state == VALUE_KNOWN;
}
Str value_text(Value string);
/* Of a number: true when it is an integer in range. */
bool value_to_int(Value number, int64_t *out);
double value_to_double(Value number);
const Number *value_to_number(Value number, Arena *arena);
Str value_number_text(Value number, Arena *arena);
bool value_is_true(Value boolean); /* known and true */
/* Item i of list, set, tuple, object, or map (in key order). */
Value value_at(Value v, size_t i);
Str value_key_at(Value map_or_object, size_t i); /* of objects also when null or unknown */
/* Attribute of an object that its type has. */
Value value_attribute(Value object, Str name);
/* Attribute of an object or key of a map; false when absent, and of what is neither, null or
 * unknown. */
MUST_USE bool value_find(Value v, Str name, Value *out);
/* For documents that others wrote: false also when the member is null or unknown, or no string, or
 * no tuple (an array); *out stays as it was. */
bool value_find_present(Value v, Str name, Value *out);
bool value_find_text(Value v, Str name, Str *out);
bool value_find_tuple(Value v, Str name, Value *out);
/* The same; empty when there is none. */
Str value_text_at(Value v, Str name);
Value value_tuple_at(Value v, Str name);

/* Marks. */
Value value_with_marks(Value v, uint8_t marks); /* added */
Value value_without_marks(Value v);             /* this value's own */
Value value_unmark_deep(Value v, Arena *arena); /* all, everywhere */
uint8_t value_marks_deep(Value v);              /* union of all inside */

/* Exact equality of type and content, marks aside; unknown equals unknown of the same type. For
 * comparing objects of plan and state; the language's == is in eval. */
bool value_equal(Value a, Value b);
/* Same with marks. */
bool value_identical(Value a, Value b);
/* A total order of values of one type; for primitive types that of sets. */
int value_compare(Value a, Value b);
/* Puts the members of a set in its order. They bear no marks. */
void value_sort_members(Value *items, size_t count, Arena *arena);
uint64_t value_hash(Value v);
Value value_clone(Value v, Arena *arena);
/* Elements in it, itself included; stops counting past `limit`. */
size_t value_element_count(Value v, size_t limit);
/* Takes its elements, itself included, and the bytes of its text from what is left of them. What
 * it holds twice counts twice, also where memory holds it once. False as soon as one is below 0. */
MUST_USE bool value_fits(Value v, int64_t *elements, int64_t *bytes);

/* Rebuilds v bottom-up: `change` gets each value after its children. NULL payload is fine. */
typedef Value (*ValueChange)(Value v, void *payload, Arena *arena);
Value value_transform(Value v, ValueChange change, void *payload, Arena *arena);
/* What is not known, at any depth, is null. */
Value value_unknown_as_null(Value v, Arena *arena);

/* One line for people and logs; what is sensitive reads "(sensitive value)", unknown "(known after
 * apply)". At most about `limit` bytes, the rest as "…"; 0: no limit. */
Str value_display(Value v, size_t limit, Arena *arena);
