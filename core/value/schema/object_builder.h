/* ObjectBuilder: an object under construction, its attributes set by name.
 *
 *   of a type    starts with every attribute of an object type; a name that the type lacks is
 * loam's own fault (CHECK) of no type   gathers names and values in any order, for an object or a
 * map; a later value of a name replaces the earlier one
 *
 *     ObjectBuilder builder = object_builder_of(request->planned, call->arena);
 *     object_builder_set(&builder, "id", id);
 *     response->state = object_builder_value(&builder);
 *
 * object_builder_value and object_builder_map hand the items over: the builder is not used after
 * them. The functions object_* read objects of a schema by the names of their attributes. */
#pragma once

#include "map.h"
#include "schema.h"

typedef struct ObjectBuilder {
    const Type *type; /* NULL: of no type */
    Value *items;     /* one per attribute of the type */
    Arena *arena;     /* the rest is for a builder of no type */
    StrVec names;
    ValueVec gathered;
    Map places; /* name → index + 1 */
} ObjectBuilder;

/* Starts as a copy of an object; if that is null, with every attribute null. It is not unknown. */
ObjectBuilder object_builder_of(Value object, Arena *arena);
/* Starts with every attribute of the schema null. */
ObjectBuilder object_builder_empty(const Schema *schema, Arena *arena);
/* Starts with every attribute of the object type null. */
ObjectBuilder object_builder_null(const Type *type, Arena *arena);
/* Of no type. */
ObjectBuilder object_builder_new(Arena *arena);

/* For builders of a type. */
void object_builder_set(ObjectBuilder *builder, const char *name, Value value);
void object_builder_set_text(ObjectBuilder *builder, const char *name, Str text, Arena *arena);
/* Sets null for the empty text. */
void object_builder_set_optional(ObjectBuilder *builder, const char *name, Str text, Arena *arena);
/* Sets a copy of a text that does not live in an arena. */
void object_builder_set_copy(ObjectBuilder *builder,
                             const char *name,
                             const char *text,
                             Arena *arena);
Value object_builder_get(const ObjectBuilder *builder, const char *name);

/* For builders of no type. */
void object_builder_put(ObjectBuilder *builder, Str name, Value value);
Value object_builder_map(ObjectBuilder *builder, const Type *element);

Value object_builder_value(const ObjectBuilder *builder);

/* The object with one attribute changed. */
Value object_with_text(Value object, const char *name, Str text, Arena *arena);

/* Attributes of an object by name; the fallback stands for null and unknown. */
Value object_attribute(Value object, const char *name);
const Type *object_attribute_type(const Type *object, const char *name);
Str object_text(Value object, const char *name, Str fallback);
int64_t object_int(Value object, const char *name, int64_t fallback);
bool object_bool(Value object, const char *name, bool fallback);
/* The attribute is neither null nor unknown. */
bool object_has(Value object, const char *name);
/* The nested object if it is present, else one with every attribute null. */
Value object_nested(Value object, const char *name, Arena *arena);
/* The attribute differs between two objects, or is not wholly known in one of them. */
bool object_differs(Value a, Value b, const char *name);
/* `planned` with its unknown parts taken from `actual`: the state after a call that succeeded. */
Value object_fill(Value planned, Value actual, Arena *arena);
