/* Type: the type of a value or a type constraint.
 *
 *   element   of list, set, map; of a tuple whose elements all share one type (then types is NULL)
 *   types     of tuple elements, of object attributes in the order of names
 *   names     object attributes, sorted by bytes
 *   optional  object constraints: which attributes may be left out (NULL: none)
 *
 * Schema and constraint types are interned: equal types have the same pointer. Types created during
 * evaluation are structural and live in the arena of the current phase; type_equal compares both.
 * Lists, sets and maps of an interned type are always interned. Types are immutable; threads share
 * them.
 *
 * There is one interner per process. Any thread may call any function here. Only type.c creates a
 * Type, because `hash` and the flags derive from the other fields. */
#pragma once

#include "vec.h"

typedef enum TypeKind {
    KIND_DYNAMIC, /* any type; the type of an untyped null, or of an unknown of unknown type */
    KIND_BOOL,
    KIND_NUMBER,
    KIND_STRING,
    KIND_LIST,
    KIND_SET,
    KIND_MAP,
    KIND_TUPLE,
    KIND_OBJECT,
} TypeKind;

typedef struct Type Type;

struct Type {
    TypeKind kind;
    uint32_t count;
    const Type *element;
    const Type *const *types;
    const Str *names;
    const bool *optional;
    bool interned;
    bool has_dynamic;  /* the type or any part of it is KIND_DYNAMIC */
    bool has_optional; /* any part has optional attributes */
    uint32_t hash;     /* equal types have equal hashes */
};

extern const Type TYPE_DYNAMIC;
extern const Type TYPE_BOOL;
extern const Type TYPE_NUMBER;
extern const Type TYPE_STRING;
extern const Type TYPE_LIST_OF_STRING;
extern const Type TYPE_LIST_OF_NUMBER;
extern const Type TYPE_SET_OF_STRING;
extern const Type TYPE_MAP_OF_BOOL;
extern const Type TYPE_MAP_OF_STRING;
extern const Type TYPE_MAP_OF_STRING_LISTS;
extern const Type TYPE_LIST_OF_ANY;
extern const Type TYPE_SET_OF_ANY;
extern const Type TYPE_MAP_OF_ANY;
extern const Type TYPE_EMPTY_TUPLE;
extern const Type TYPE_EMPTY_OBJECT;

const Type *type_list(const Type *element, Arena *arena);
const Type *type_set(const Type *element, Arena *arena);
const Type *type_map(const Type *element, Arena *arena);
/* Copies the arrays. */
const Type *type_tuple(const Type *const *types, size_t count, Arena *arena);
const Type *type_tuple_of(const Type *element, size_t count, Arena *arena);
/* Attributes may be in any order; the function sorts them. `optional` may be NULL. Names are not
 * copied. */
const Type *type_object(const Str *names, const Type *const *types, const bool *optional,
                        size_t count, Arena *arena);
/* Returns the interned equal of the type, which lives as long as the process; copies `type` if
 * needed. */
const Type *type_intern(const Type *type);
const Type *type_clone(const Type *type, Arena *arena);

bool type_equal(const Type *a, const Type *b);
bool type_is_primitive(const Type *type);  /* bool, number, string */
bool type_is_collection(const Type *type); /* list, set, map */
bool type_is_sequence(const Type *type);   /* list, set, tuple */
bool type_is_mapping(const Type *type);    /* map, object */
/* Returns the type of element i of a tuple or attribute i of an object. */
const Type *type_at(const Type *type, size_t i);
/* Finds the index of an object's attribute by binary search; returns false if it has none of that
 * name. */
MUST_USE bool type_find_attribute(const Type *object, Str name, size_t *index);
/* Returns the index of an attribute that must exist. */
size_t type_get_attribute(const Type *object, Str name);
/* Returns the constraint without its optional markers: the type of a converted value. */
const Type *type_without_optional(const Type *type, Arena *arena);

/* Returns a container's type after its elements have changed to `types` (of the same count). A
 * collection's new element type is the one that all share. */
const Type *type_with_elements(const Type *type, const Type *const *types, size_t count,
                               Arena *arena);

/* Return "list of string", "object", as error messages show types. */
const char *type_kind_name(TypeKind kind);
Str type_friendly_name(const Type *type, Arena *arena);
/* Returns the type in constraint syntax: list(string), object({a=string, b=optional(number)}). */
Str type_to_constraint(const Type *type, Arena *arena);
