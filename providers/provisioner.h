/* Provisioner: the contract between the engine and those who do something once, when an object has
 * been made or before it goes.
 *
 *   ProvisionerType    its arguments, and what runs it
 *   ProvisionCall      what a run gets: effects, cancel, memory, the connection, an ear
 *
 * Values passed are unmarked, wholly known and of the schema's implied type. A run returns false
 * exactly when it added an error; the engine gives errors their place, keeps what is secret out of
 * them, and decides what they mean. */
#pragma once

#include "provider.h"

typedef struct ProvisionCall {
    Call call;        /* without a client */
    Value connection; /* of provisioner_connection's implied type; null: there is none */
    void *payload;
    /* What it writes, as it comes, in pieces of any length. */
    void (*output)(void *payload, Str piece, bool is_error);
} ProvisionCall;

typedef struct ProvisionerType {
    const char *name; /* as users write it: local-exec */
    Schema schema;
    const char *const *one_of; /* arguments of which exactly one is given, then NULL; NULL: none */
    bool (*run)(const ProvisionCall *call, Value config, Diags *diags);
} ProvisionerType;

typedef struct ProvisionerTable {
    const ProvisionerType *const *rows;
    size_t count;
} ProvisionerTable;

/* The arguments of a connection. */
extern const Schema provisioner_connection;

/* NULL: there is no such provisioner. A NULL table has none. */
const ProvisionerType *provisioner_find(const ProvisionerTable *table, Str name);
/* "a", "b" and "c", for messages. */
Str provisioner_names(const ProvisionerTable *table, Arena *arena);
/* What the schema alone does not say: which arguments exclude each other. */
MUST_USE bool provisioner_check(const ProvisionerType *type,
                                Value config,
                                SourceRange range,
                                Diags *diags);
