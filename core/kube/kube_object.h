/* kube_object: reads and changes single members of Kubernetes objects. */
#pragma once

#include "json.h"

/* Returns an object with these names; `namespace` empty: without one. */
Value kube_object_new(Str api_version, Str kind, Str namespace, Str name, Arena *arena);
/* Finds a nested member. `path` separates names with dots ("metadata.labels"); `last` is one name
 * and may contain dots. Returns false if a member is missing. */
MUST_USE bool kube_object_find(Value object, const char *path, const char *last, Value *out);
/* Returns the text of a member; empty if it is missing or no string. */
Str kube_object_text(Value object, const char *path, const char *last);
/* Returns the number; 0 if the member is missing or no number that fits. */
int64_t kube_object_int(Value object, const char *path, const char *last);
/* Returns the list; the empty one if the member is missing or no list. */
Value kube_object_list(Value object, const char *path, const char *last);
/* Returns whether the member is true. */
bool kube_object_is_true(Value object, const char *path, const char *last);
/* Returns a copy of the object with this member set; a null value removes the member. Creates the
 * objects of `path` that are missing, also for a removal. */
Value kube_object_with(Value object, const char *path, const char *last, Value value, Arena *arena);
/* Returns a copy in `arena`. Objects of a kind mostly have the same fields, so the copies share
 * their types. */
Value kube_object_keep(Value object, Arena *arena);
