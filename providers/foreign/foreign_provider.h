/* foreign_provider: a Provider whose types and calls are those of a program that speaks Terraform's
 * plugin protocol.
 *
 * The program runs from the first lookup to the end of the run. Each provider configuration has a
 * process of its own, because a process can be configured once; a configuration that is closed and
 * opened again with equal values keeps its process. */
#pragma once

#include "foreign_process.h"
#include "protocol_schema.h"
#include "provider.h"

#include <pthread.h>

typedef struct ForeignProvider ForeignProvider;

/* A process with the configuration that it received. */
typedef struct ForeignClient {
    ForeignProvider *owner;
    ForeignProcess *process;
    Str config; /* the encoded request; empty: not configured */
    bool is_in_use;
    bool is_interrupted; /* accessed atomically */
    struct ForeignClient *next;
} ForeignClient;

struct ForeignProvider {
    Provider provider; /* first, so that a Provider is cast to its ForeignProvider */
    Arena *arena;      /* used under the lock */
    const Io *io;
    ForeignProgram program;
    ProtocolSchemas schemas;
    const Type *meta_type; /* NULL: no provider_meta */
    ForeignClient *clients;
    Map resources; /* decoded types, by name: ForeignResource and others */
    Map data_sources;
    Map ephemerals;
    Map decoded_functions; /* ForeignFunction by name */
    pthread_mutex_t lock;
};

/* Starts the program and reads its schema. Returns NULL after adding an error. */
ForeignProvider *foreign_provider_open(Str address,
                                       const ForeignProgram *program,
                                       const Io *io,
                                       Diags *diags);
/* Ends all processes. */
void foreign_provider_close(ForeignProvider *foreign);
/* Returns the client of a call: that of the configuration, or the first process. */
ForeignClient *foreign_provider_client(const Call *call);
/* Makes a call on behalf of `call`; *response is set also if the provider reported errors. A
 * missing method is an error, unless `is_missing` is given. */
bool foreign_provider_call(const Call *call,
                           ProtocolMethod method,
                           const ProtocolRequest *request,
                           ProtocolResponse *response,
                           bool *is_lost,
                           Diags *diags);
/* Decodes the value of a response by the schema of the type. Blocks without a value become empty,
 * as legacy providers expect. Adds an error if it is damaged. */
bool foreign_provider_value(const Call *call,
                            const ProtocolResponse *response,
                            const char *method,
                            Value *out,
                            Diags *diags);
