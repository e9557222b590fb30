/* foreign_client: calls to the processes of a provider that is a program, and the data that all
 * files of such a provider share.
 *
 * Each provider configuration has a process of its own, because a process can be configured once; a
 * configuration that is closed and opened again with equal values keeps its process. */
#pragma once

#include "foreign_process.h"
#include "protocol_message.h"
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
    Map resources; /* decoded types by name: ResourceType and others */
    Map data_sources;
    Map ephemerals;
    Map decoded_functions; /* ProviderFunction by name */
    pthread_mutex_t lock;
};

/* Makes a call on behalf of `call`, with the process of its configuration or else the first one.
 * Returns false after adding an error; *response is set also if the provider reported errors.
 * `is_lost` (may be NULL) says whether the provider may have acted without a response. */
bool foreign_client_call(const Call *call,
                         ProtocolMethod method,
                         const ProtocolRequest *request,
                         ProtocolResponse *response,
                         bool *is_lost,
                         Diags *diags);
