/* Value: immutable, typed, passed by value; the memory it points to lives in an arena.
 *
 *   state    known, null, or unknown (known only after apply)
 *   count    bytes of a string; elements of a collection, tuple or object; precision of a number
 *   as       by the type's kind: boolean; integer (FLAG_BIG: number); text; items; map
 *            of an unknown: refinement or NULL
 *   marks    of this value itself; conversions keep them
 *   flags    FLAG_UNKNOWN_INSIDE, FLAG_MARKS_INSIDE: for this value or anything inside it
 *
 * Items of objects are in the order of the type's names. Keys of maps are sorted by bytes. Members
 * of sets are in canonical order: strings by bytes, numbers by value, false before true, null last,
 * others as in value_order.c. A set holds no marks inside: they move to the set. Strings are UTF-8
 * in normal form C.
 *
 * Only untyped nulls and unknowns of unknown type have the type `dynamic`. Threads share values
 * freely. Only value_clone makes a value outlive its arena. */
#pragma once

#include "number.h"
#include "type.h"

typedef enum ValueState { VALUE_NULL, VALUE_KNOWN, VALUE_UNKNOWN } ValueState;

typedef enum ValueMark {
    MARK_SENSITIVE = 1,
    MARK_EPHEMERAL = 2,
    MARK_DEPRECATED = 4,
    MARKS_SECRET = MARK_SENSITIVE | MARK_EPHEMERAL, /* no output may show such a value */
} ValueMark;

typedef enum ValueFlag {
    FLAG_BIG = 1, /* a number not held as an inline integer, such as -0 */
    FLAG_UNKNOWN_INSIDE = 2,
    FLAG_MARKS_INSIDE = 4,
} ValueFlag;

typedef struct Value Value;

typedef struct ValueMap {
    const Str *keys;
    const Value *items;
} ValueMap;

/* Partial knowledge about an unknown. Bounds are inclusive; lengths are those of collections. */
typedef struct Refinement {
    bool not_null;
    Str prefix;       /* of a string */
    const Value *min; /* of a number; NULL: none */
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

/* Creating values. Arrays passed in are used, not copied; they must live in `arena`. */
Value value_null(const Type *type);
Value value_unknown(const Type *type);
Value value_unknown_refined(const Type *type, Refinement refinement, Arena *arena);
Value value_bool(bool boolean);
Value value_int(int64_t integer); /* precision 512, as for numbers read from text */
Value value_int_of(int64_t integer, uint32_t precision);
Value value_from_number(const Number *number); /* inline if it is a 64-bit integer */
/* Reads a decimal number with the precision of the language, 512 bits; returns false if it is not a
 * number or out of range. */
MUST_USE bool value_from_number_text(Str text, Value *out, Arena *arena);
/* Returns a view of a text that must already be valid UTF-8 in normal form C (names, digests,
 * literals). */
Value value_from_str(Str text);
Value value_from_cstr(const char *text);
/* Accepts any text: replaces invalid bytes and normalizes. */
Value value_string(Str text, Arena *arena);
Value value_list(const Type *element, const Value *items, size_t count, Arena *arena);
/* Sorts the items and drops duplicates in place; marks inside move to the set. */
Value value_set(const Type *element, Value *items, size_t count, Arena *arena);
/* Sorts by key in place; of duplicate keys the later wins. */
Value value_map(const Type *element, Str *keys, Value *items, size_t count, Arena *arena);
Value value_tuple(const Value *items, size_t count, Arena *arena);
/* Makes an object of a given type; `items` are in its order of names. */
Value value_object_of(const Type *type, const Value *items);
/* Makes an object; `names` may be in any order and are sorted in place together with `items`. The
 * type derives from the items. */
Value value_object(Str *names, Value *items, size_t count, Arena *arena);

/* Returns the known value `v` with other items, of the same count. Type and flags derive from the
 * items; v's own marks stay. Uses the array itself; for a set, sorts it and drops duplicates. */
Value value_with_items(Value v, Value *items, Arena *arena);
/* Returns the type that the items of a collection share, or NULL if their types differ. If the
 * constraint `element` contains "any", the typed items that are not null determine the type, and
 * the others adopt it. */
const Type *value_unify_items(const Type *element, Value *items, size_t count);
/* Returns a copy of v's items that the caller may change, for value_with_items. */
Value *value_copy_items(Value v, Arena *arena);

/* Inspecting values. Functions examine the value itself, not its items, unless named
 * wholly/anywhere. */
static inline bool value_is_null(Value v) {
    return v.state == VALUE_NULL;
}
/* Returns true for a null, too. */
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
/* Returns true if the value is neither null nor unknown; only then use the accessors below. */
static inline bool value_is_present(Value v) {
    return v.state == VALUE_KNOWN;
}
Str value_text(Value string);
/* Returns true and sets *out if a number is an integer in range. */
bool value_to_int(Value number, int64_t *out);
double value_to_double(Value number);
const Number *value_to_number(Value number, Arena *arena);
Str value_number_text(Value number, Arena *arena);
bool value_is_true(Value boolean); /* known and true */
/* Returns item i of a list, set, tuple or object, or of a map in key order. */
Value value_at(Value v, size_t i);
Str value_key_at(Value map_or_object, size_t i); /* of an object also if null or unknown */
/* Returns an attribute that the object's type has. */
Value value_attribute(Value object, Str name);
/* Gets an attribute of an object or an element of a map. Returns false if it is absent, or if v is
 * another kind, null or unknown. */
MUST_USE bool value_find(Value v, Str name, Value *out);
/* Like value_find, for documents from outside. Each returns false, with *out unchanged, also if the
 * member is null or unknown; _text also if it is no string, _int if it is no number that fits,
 * _tuple if it is no JSON array. */
bool value_find_present(Value v, Str name, Value *out);
bool value_find_text(Value v, Str name, Str *out);
bool value_find_int(Value v, Str name, int64_t *out);
bool value_find_tuple(Value v, Str name, Value *out);
/* The same, but return the empty text or the empty tuple instead of false. */
Str value_text_at(Value v, Str name);
Value value_tuple_at(Value v, Str name);
/* Returns the strings of a JSON array; none of another value. Other elements are left out. */
StrVec value_texts_of(Value array, Arena *arena);

/* Marks. */
Value value_with_marks(Value v, uint8_t marks); /* adds them */
Value value_without_marks(Value v);             /* removes v's own marks */
Value value_unmark_deep(Value v, Arena *arena); /* removes all marks at any depth */
uint8_t value_marks_deep(Value v);              /* union of all marks at any depth */

/* Exact equality of type and content without marks; two unknowns of the same type are equal. For
 * comparing objects of plan and state; eval.h has the language's ==. */
bool value_equal(Value a, Value b);
/* The same, but also compares marks. */
bool value_identical(Value a, Value b);
/* Total order of values of one type; for primitive types it is the order in sets. -0, which
 * value_equal does not distinguish from 0, comes before it. */
int value_compare(Value a, Value b);
/* Sorts the members of a set, which have no marks. */
void value_sort_members(Value *items, size_t count, Arena *arena);
uint64_t value_hash(Value v);
Value value_clone(Value v, Arena *arena);
/* Returns the number of elements at any depth, including v itself; stops counting beyond
 * `limit`. */
size_t value_element_count(Value v, size_t limit);
/* Subtracts the elements of v, including itself, and the bytes of its strings from the two limits.
 * Shared parts count each time they occur. Returns false as soon as a limit is below 0. */
MUST_USE bool value_fits(Value v, int64_t *elements, int64_t *bytes);

/* Rebuilds v bottom-up: calls `change` for each value after its children. `payload` may be NULL. */
typedef Value (*ValueChange)(Value v, void *payload, Arena *arena);
Value value_transform(Value v, ValueChange change, void *payload, Arena *arena);
/* Returns v with null for unknowns at any depth. */
Value value_unknown_as_null(Value v, Arena *arena);

/* Formats the value as one line for messages and logs. Sensitive parts read "(sensitive value)",
 * unknown ones "(known after apply)". Cuts at about `limit` bytes with "…"; 0: no limit. */
Str value_display(Value v, size_t limit, Arena *arena);
/* Same for the log: cuts at about 2000 bytes, and cuts each text inside at about 160, so that a
 * long text hides no other part. */
Str value_summary(Value v, Arena *arena);
