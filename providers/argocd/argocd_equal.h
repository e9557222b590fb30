/* argocd_equal: comparisons as Argo CD makes them: a field that is empty is a field that is absent.
 * Argo CD writes whole objects, with empty fields that their authors left out. */
#pragma once

#include "value.h"

/* Returns whether the value is absent, an empty text, false, an empty list, or an object of such
 * members. */
bool argocd_equal_is_empty(Value v);
bool argocd_equal(Value a, Value b);
