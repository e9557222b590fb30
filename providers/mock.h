/* Mock: replaces the calls of a type, for tests of configurations. The provider is not called, and
 * objects exist only in the state.
 *
 * A computed attribute gets its value from `values`, or a generated one of its type. Generated
 * values are: eight hex digits that differ by address and attribute, 0, false, an empty
 * collection, an object of generated values, null for a tuple or a dynamic type. An update keeps
 * the values of the creation, and never replaces the object. */
#pragma once

#include "provider.h"

typedef struct Mock {
    const ObjectType *type; /* the provider's type; NULL: no mock */
    Value values;     /* an object, which may have nested ones; only computed attributes are used */
    bool during_plan; /* true: computed values are known in the plan of a creation */
    Str place;        /* for messages: the file that sets the values */
} Mock;

MUST_USE bool mock_plan(const Mock *mock, const Call *call, const PlanRequest *request,
                        PlanResponse *response, Diags *diags);
MUST_USE bool mock_apply(const Mock *mock, const Call *call, const ApplyRequest *request,
                         ApplyResponse *response, Diags *diags);
MUST_USE bool mock_read_data(const Mock *mock, const Call *call, const DataReadRequest *request,
                             DataReadResponse *response, Diags *diags);
