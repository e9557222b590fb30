/* ObjectBuilder: an object under construction, its attributes set by name. There are two sorts:
 *
 *   typed    starts with every attribute of an object type;
 *            to set a name that the type lacks is a bug (CHECK)
 *   untyped  gathers names and values in any order, for an object or a map;
 *            of two values for one name the later wins
 *
 *     ObjectBuilder builder = object_builder_of(request->planned, call->arena);
 *     object_builder_set(&builder, "id", id);
 *     response->state = object_builder_value(&builder);
 *
 * object_builder_value and object_builder_map hand over the items: do not use the builder
 * afterwards. The object_* functions read and change objects by attribute name. */
#pragma once

#include "map.h"
#include "schema.h"

typedef struct ObjectBuilder {
    const Type *type; /* NULL: untyped */
    Value *items;     /* of a typed builder, one per attribute */
    Arena *arena;     /* this and the fields below are for untyped builders */
    StrVec names;
    ValueVec gathered;
    Map places; /* name → index + 1 */
} ObjectBuilder;

/* Returns a typed builder that starts as a copy of `object`, or with null attributes if `object` is
 * null. `object` must be known. */
ObjectBuilder object_builder_of(Value object, Arena *arena);
/* Returns a typed builder with every attribute of the schema null and every block empty. */
ObjectBuilder object_builder_empty(const Schema *schema, Arena *arena);
/* Returns a typed builder with every attribute of the object type null. */
ObjectBuilder object_builder_null(const Type *type, Arena *arena);
/* Returns an untyped builder. */
ObjectBuilder object_builder_new(Arena *arena);

/* Sets an attribute of a typed builder. */
void object_builder_set(ObjectBuilder *builder, const char *name, Value value);
void object_builder_set_text(ObjectBuilder *builder, const char *name, Str text, Arena *arena);
/* Sets null if the text is empty. */
void object_builder_set_optional(ObjectBuilder *builder, const char *name, Str text, Arena *arena);
/* Sets a copy of a text that is not in an arena. */
void object_builder_set_copy(ObjectBuilder *builder, const char *name, const char *text,
                             Arena *arena);
Value object_builder_get(const ObjectBuilder *builder, const char *name);

/* Sets a name of an untyped builder. */
void object_builder_put(ObjectBuilder *builder, Str name, Value value);
Value object_builder_map(ObjectBuilder *builder, const Type *element);

Value object_builder_value(const ObjectBuilder *builder);

/* Return the object with one attribute changed. */
Value object_with(Value object, const char *name, Value value, Arena *arena);
Value object_with_text(Value object, const char *name, Str text, Arena *arena);

/* Return an attribute of an object; `fallback` replaces null and unknown. */
Value object_attribute(Value object, const char *name);
const Type *object_attribute_type(const Type *object, const char *name);
Str object_text(Value object, const char *name, Str fallback);
int64_t object_int(Value object, const char *name, int64_t fallback);
bool object_bool(Value object, const char *name, bool fallback);
/* Returns true if the attribute is neither null nor unknown. */
bool object_has(Value object, const char *name);
/* Returns the nested object, or one with every attribute null if it is null or unknown. */
Value object_nested(Value object, const char *name, Arena *arena);
/* Returns true if the attribute differs between two objects or contains an unknown in either. */
bool object_differs(Value a, Value b, const char *name);
/* Returns `planned` with its unknown parts replaced from `actual`: the new state after a successful
 * apply. A set, a map, or a list of another length is replaced whole if it contains an unknown. */
Value object_fill(Value planned, Value actual, Arena *arena);
