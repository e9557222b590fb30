/* Looking into the objects of an API server, and changing them without touching the rest. */
#pragma once

#include "json.h"

/* A member of a member …; "metadata.labels.tfstate"; false when one of them is not there. Dots in
 * names do not matter to `last`, which stands alone. */
MUST_USE bool kube_object_find(Value object, const char *path, const char *last, Value *out);
/* A text there; empty when there is none. */
Str kube_object_text(Value object, const char *path, const char *last);
/* The object with that member, which may be new or null (taken out). */
Value kube_object_with(Value object, const char *path, const char *last, Value value, Arena *arena);
