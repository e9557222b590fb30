/* Mock: a type whose objects are made up: no provider is called, and nothing is anywhere but in the
 * state. For tests of configurations.
 *
 * What a provider would compute is what `values` say, or something of its type: eight letters and
 * digits that differ by object and attribute, 0, false, an empty collection, null for a place of
 * any type. An update keeps what its creation made up. */
#pragma once

#include "provider.h"

typedef struct Mock {
    const ResourceType *real;
    Value values;     /* an object; what is no computed attribute is passed over */
    bool during_plan; /* known already while planning */
    Str place;        /* where the values are said, for messages */
} Mock;

/* Its slots want a Mock as the call's client. */
ResourceType mock_resource_type(const ResourceType *real);
