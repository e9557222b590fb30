/* component_change: differences between two configurations of the kubelet or of kube-proxy, which
 * are objects with the names of Kubernetes, or null. */
#pragma once

#include "value.h"
#include "vec.h"

/* Returns the field, or null: also if the object is null, or no object. */
Value component_change_field(Value object, Str name);
/* Compares the JSON texts. */
bool component_change_is_equal(Value a, Value b, Arena *arena);
/* Returns the names of the fields that differ, in order. A field that is null is missing. */
StrVec component_change_fields(Value before, Value after, Arena *arena);
/* Returns `config` with the fields that differ as in `after`; a field that `after` lacks is
 * removed. Other fields stay. */
Value component_change_apply(Value config, Value before, Value after, Arena *arena);
/* Returns `config` with these fields as in `source`; a field that `source` lacks is removed. */
Value component_change_with(Value config, const StrVec *names, Value source, Arena *arena);
/* Returns those of the fields that a kubelet accepts only on a node without pods. */
StrVec component_change_drains(const StrVec *fields, Arena *arena);
/* The values of a field. */
typedef struct ComponentField {
    Value given;   /* by the arguments; null: no argument gives it, so it has a default */
    Value written; /* by kubeadm in the file of the kubelet */
    Value shown;   /* by the kubelet that runs */
} ComponentField;

/* Returns whether the kubelet shows what the arguments give, as kubeadm has written it. Fields that
 * no argument gives may differ, at any depth: kubeadm writes the zero of some types for them, and
 * the kubelet shows its default. */
bool component_change_is_shown(Str name, const ComponentField *field, Arena *arena);
/* Returns the fields of both, also inside objects; those of `over` win. Either may be null. */
Value component_change_merge(Value under, Value over, Arena *arena);
