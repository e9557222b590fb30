/* Mock: replaces the calls of a type, for tests of configurations. The provider is not called, and
 * objects exist only in the state.
 *
 * A computed attribute gets its value from `values`, or a generated one of its type. Generated
 * values are: eight letters and digits that differ by object and attribute, 0, false, an empty
 * collection, null for a dynamic type. An update keeps the generated values of the creation. */
#pragma once

#include "provider.h"

typedef struct Mock {
    const ObjectType *type; /* the provider's type; NULL: no mock */
    Value values;           /* an object; members that are not computed attributes are ignored */
    bool during_plan;       /* true: computed values are known in the plan */
    Str place;              /* for messages: the file that sets the values */
} Mock;

MUST_USE bool mock_plan(const Mock *mock,
                        const Call *call,
                        const PlanRequest *request,
                        PlanResponse *response,
                        Diags *diags);
MUST_USE bool mock_apply(const Mock *mock,
                         const Call *call,
                         const ApplyRequest *request,
                         ApplyResponse *response,
                         Diags *diags);
MUST_USE bool mock_read_data(const Mock *mock,
                             const Call *call,
                             const DataReadRequest *request,
                             DataReadResponse *response,
                             Diags *diags);
