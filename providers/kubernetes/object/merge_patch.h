/* merge_patch: the difference of two objects as a JSON merge patch (RFC 7396). */
#pragma once

#include "value.h"

/* Returns the object that turns `before` into `after`: members that are gone are null, and a list
 * that differs is whole. Without a difference it has no members. Members of `after` must not be
 * null. */
Value merge_patch_of(Value before, Value after, Arena *arena);
