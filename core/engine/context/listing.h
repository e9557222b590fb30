/* listing: the objects that one instance of a list block has found. */
#pragma once

#include "provider.h"

typedef struct ListingEntry {
    Value identity;
    Str display_name;
    Value object; /* null: the provider did not return it */
    Value config; /* the configuration of the object; without a type: not requested */
} ListingEntry;

typedef struct Listing {
    ResourceAddr address;
    size_t position; /* of the instance in its block, by key */
    Str provider;    /* the provider configuration, as resources refer to it: NAME.ALIAS["key"] */
    const ResourceType *type; /* of the objects */
    const Schema *schema;     /* of `config` */
    Value config;             /* the arguments of the search, with marks */
    VEC(ListingEntry) entries;
} Listing;

typedef VEC(const Listing *) Listings;
