/* table_listing: a live table, from the output of nft.
 *
 * `nft -j list table` prints the parts, `nft -a list table` the rules as text. Each part has a
 * digest of its normal form: without handles, counters, used quotas and remaining times. So a
 * digest changes with the configuration of the part, but not with the traffic. */
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
/* Returns the digests as JSON text: the record of a loaded table. */
Str table_listing_record(const TableListing *listing, Arena *arena);
/* Parses such a record; returns null if the text is none. */
Value table_listing_read_record(Str record, Arena *arena);
/* Returns `planned` with those chains, sets and maps of `prior` that are equal in all `views`
 * (records or objects), so that a different spelling is no change. */
Value table_listing_keep(const Value *views, size_t count, Value prior, Value planned,
                         Arena *arena);
/* Returns `state` with the parts of the live table. A part whose digest equals that in `record`,
 * the record of the table when `state` was written, keeps its text. `record` empty: all texts are
 * live.
 */
Value table_listing_apply(const TableListing *live, Str record, Value state, Arena *arena);
