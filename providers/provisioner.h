/* Provisioner: the contract between the engine and provisioners, which run after the creation or
 * before the destruction of an object.
 *
 *    ProvisionerType  arguments and the function to run
 *    ProvisionCall    passed to a run: effects, cancel, memory, connection, output callback
 *
 * Values passed are unmarked, wholly known and of the schema's implied type. A run returns false
 * exactly if it added an error. The engine adds the source range to errors and handles the failure.
 * If the configuration has a sensitive value, the engine hides all output and error details. */
#pragma once

#include "provider.h"

typedef struct ProvisionCall {
    Call call;        /* `client` is NULL */
    Value connection; /* of provisioner_connection's implied type; null: none */
    void *payload;
    /* Receives the output as it is written, in pieces of any length; lines may be cut. `is_error`:
     * from the standard error. */
    void (*output)(void *payload, Str piece, bool is_error);
} ProvisionCall;

typedef struct ProvisionerType {
    const char *name; /* as in configurations: local-exec */
    Schema schema;
    const char *const
        *one_of; /* NULL-terminated arguments of which exactly one must be set; NULL: none */
    bool (*run)(const ProvisionCall *call, Value config, Diags *diags);
} ProvisionerType;

typedef struct ProvisionerTable {
    const ProvisionerType *const *rows;
    size_t count;
} ProvisionerTable;

/* The arguments of a `connection` block. */
extern const Schema provisioner_connection;
/* Returns whether connections can have this value of an argument: true for null, which means that
 * the argument is absent, and for unknown values. */
bool provisioner_connection_supports(Str name, Value value, Arena *arena);

/* Returns the provisioner, or NULL if none. `table` may be NULL. */
const ProvisionerType *provisioner_find(const ProvisionerTable *table, Str name);
/* Returns the names for messages: "a", "b" and "c". `table` may be NULL. */
Str provisioner_names(const ProvisionerTable *table, Arena *arena);
/* Checks that exactly one argument of `one_of` is set; an unknown value may be null
 * or not. */
MUST_USE bool provisioner_check(const ProvisionerType *type, Value config, SourceRange range,
                                Diags *diags);
