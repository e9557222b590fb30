/* Mock: stands in for the calls of a type, so that no provider is called and objects exist in the
 * state only. For tests of configurations.
 *
 * A computed value is the one that `values` gives, or something of its type: eight letters and
 * digits that differ by object and attribute, 0, false, an empty collection, null for a place of
 * any type. An update keeps the values that the creation made up. */
#pragma once

#include "provider.h"

typedef struct Mock {
    const ObjectType *type; /* of the provider; NULL: no mock */
    Value values;           /* an object; members that are no computed attribute are ignored */
    bool during_plan;       /* known already while planning */
    Str place;              /* file that sets the values, for messages */
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
