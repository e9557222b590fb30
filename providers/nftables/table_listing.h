/* table_listing: a live table, from the output of nft.
 *
 * `nft -j list table` has the parts, `nft -a list table` the rules as text. A digest covers each
 * part in a normal form: without handles, counters, used quotas and remaining times. So equal
 * digests mean that the part did not change, whatever packets it has seen. */
#pragma once

#include "object_builder.h"

typedef struct ListedRule {
    Str digest;
    Str text; /* as nft writes it */
} ListedRule;

typedef struct ListedChain {
    Str name;
    Str digest; /* of the chain without its rules */
    Str type;   /* empty for a chain without hook, like the next three */
    Str hook;
    Str priority;
    Str policy;
    StrVec devices;
    VEC(ListedRule) rules;
} ListedChain;

typedef struct ListedSet {
    Str name;
    bool is_map;
    Str digest;          /* without elements */
    Str elements_digest; /* of the elements that do not expire */
    Str type;            /* "ipv4_addr . inet_service"; of a map: "inet_service : verdict" */
    StrVec flags;
    Str timeout; /* empty: none */
    int64_t size;
    bool auto_merge;
    StrVec elements;
} ListedSet;

typedef struct TableListing {
    VEC(ListedChain) chains;
    VEC(ListedSet) sets;
    StrVec others; /* other objects: "counter https" */
} TableListing;

/* Returns false if the JSON is not that of one table. `text` may be empty: rules then have no
 * text. */
MUST_USE bool table_listing_parse(Str json, Str text, TableListing *out, Arena *arena);
/* Returns the digests as JSON text: the record of a table as it was loaded. */
Str table_listing_record(const TableListing *listing, Arena *arena);
/* Returns the object as it is live. `record` is that of the table as it was loaded for `state`: a
 * part with an equal digest keeps the text of the state. Without a record, every text is live. */
Value table_listing_apply(const TableListing *live, Str record, Value state, Arena *arena);
