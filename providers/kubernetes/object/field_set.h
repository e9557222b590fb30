/* FieldSet: a set of fields of an object, as in metadata.managedFields[].fieldsV1.
 *
 *     {"f:spec": {"f:replicas": {},
 *                 "f:template": {"f:containers": {"k:{\"name\":\"web\"}": {".": {}}}}}}
 *
 * A name of such a document is a step: "f:" a member, "k:" the list item with these keys, "v:" the
 * list item that equals this value, "i:" the list item at this place. A step without steps inside,
 * or with ".", is a field of the set; other steps only lead to fields. Without its schema an object
 * does not show whether a field without steps inside is whole (atomic), or an empty object that
 * others may extend. */
#pragma once

#include "path.h"

typedef struct FieldSet FieldSet;
typedef struct FieldStep {
    Str text;    /* `f:spec`, `k:{"name":"web"}` */
    Value value; /* keys of "k:", value of "v:", number of "i:"; else null */
    const FieldSet *inside;
} FieldStep;

struct FieldSet {
    bool has_self; /* of the inside of a step: the step is a field of the set */
    VEC(FieldStep) steps;
};

/* Decodes "fieldsV1". Returns NULL if the document is malformed. */
const FieldSet *field_set_read(Value fields, Arena *arena);
/* Returns "fieldsV1" as JSON. */
Str field_set_text(const FieldSet *set, Arena *arena);
bool field_set_is_empty(const FieldSet *set);

const FieldSet *field_set_union(const FieldSet *a, const FieldSet *b, Arena *arena);
/* Returns the fields of `a` that are not in `b`. */
const FieldSet *field_set_difference(const FieldSet *a, const FieldSet *b, Arena *arena);

/* Returns whether the set has the field of the object at this path, a field inside it, or a whole
 * value around it. False for a field that the object does not have. */
bool field_set_has_path(const FieldSet *set, Value object, Path path);
/* Adds the outermost paths of the object that only have fields of `a`, and where `b` has no field
 * there or further inside. */
void field_set_paths_outside(const FieldSet *a, const FieldSet *b, Value object, Paths *out,
                             Arena *arena);

/* A field whose value is not as planned. */
typedef struct FieldDifference {
    Path path; /* in the planned object */
    Value planned;
    Value found; /* null: absent */
} FieldDifference;
typedef VEC(FieldDifference) FieldDifferences;

/* Compares the fields of the set in two objects. Fields that `planned` lacks do not count, nor do
 * values that are not wholly known, nor fields without steps inside that are empty: others may add
 * to them. */
FieldDifferences field_set_compare(const FieldSet *set, Value planned, Value found, Arena *arena);
