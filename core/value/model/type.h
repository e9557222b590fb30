/* Type: what kind of value something is, or must become.
 *
 *   element   of list, set, map; of a tuple whose elements all share one type (then types is NULL)
 *   types     of tuple elements, of object attributes in the order of names
 *   names     object attributes, sorted by bytes
 *   optional  object constraints: which attributes may be left out (NULL: none)
 *
 * Schema and constraint types are interned: equal means same pointer. Types that arise in
 * evaluation are structural and live in the phase's arena; type_equal serves both. Lists, sets and
 * maps of an interned type are interned wherever they arise. Immutable; threads share them.
 *
 * The interner is one for the process and guards itself: any thread may call any function here.
 * Only type.c makes a Type: `hash` and the flags follow from the rest. */
#pragma once

#include "vec.h"

typedef enum TypeKind {
    KIND_DYNAMIC, /* any type; of an untyped null, or of an unknown whose type is unknown */
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
    bool has_dynamic;  /* itself or anything inside is KIND_DYNAMIC */
    bool has_optional; /* anything inside has optional attributes */
    uint32_t hash;     /* equal types have equal ones */
};

extern const Type TYPE_DYNAMIC;
extern const Type TYPE_BOOL;
extern const Type TYPE_NUMBER;
extern const Type TYPE_STRING;
extern const Type TYPE_LIST_OF_STRING;
extern const Type TYPE_LIST_OF_NUMBER;
extern const Type TYPE_SET_OF_STRING;
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
/* Attributes in any order; sorted here. `optional` may be NULL. Names are not copied. */
const Type *type_object(
    const Str *names, const Type *const *types, const bool *optional, size_t count, Arena *arena);
/* The one representative, for ever; takes a copy. */
const Type *type_intern(const Type *type);
const Type *type_clone(const Type *type, Arena *arena);

bool type_equal(const Type *a, const Type *b);
bool type_is_primitive(const Type *type);  /* bool, number, string */
bool type_is_collection(const Type *type); /* list, set, map */
bool type_is_sequence(const Type *type);   /* list, set, tuple */
bool type_is_mapping(const Type *type);    /* map, object */
/* Of element i of a tuple or attribute i of an object. */
const Type *type_at(const Type *type, size_t i);
/* Index of an object's attribute; false when it has none of that name. Binary search. */
MUST_USE bool type_find_attribute(const Type *object, Str name, size_t *index);
/* The same of one that it must have. */
size_t type_get_attribute(const Type *object, Str name);
/* The constraint without its optional markers: what a converted value has. */
const Type *type_without_optional(const Type *type, Arena *arena);

/* A container's type after its elements have become `types` (of the same count): tuples and objects
 * take them, collections take the one that all share. */
const Type *type_with_elements(const Type *type,
                               const Type *const *types,
                               size_t count,
                               Arena *arena);

/* "list of string", "object": for people. */
const char *type_kind_name(TypeKind kind);
Str type_friendly_name(const Type *type, Arena *arena);
/* list(string), object({a=string, b=optional(number)}): as a constraint is written. */
Str type_to_constraint(const Type *type, Arena *arena);
