/* foreign_client: calls to the processes of a provider that is a program, and the data that all
 * files of such a provider share.
 *
 * A process can be configured only once, so each provider configuration has a separate process. A
 * configuration that is closed and opened again with equal values uses the same process. A process
 * whose memory has grown is replaced. */
#pragma once

#include "foreign_worker.h"
#include "protocol_message.h"
#include "protocol_schema.h"
#include "provider.h"

#include <pthread.h>

typedef struct ForeignProvider ForeignProvider;

/* A process at a time, and its configuration. */
typedef struct ForeignClient {
    ForeignProvider *owner;
    ForeignWorker *worker; /* of new calls */
    Str config;            /* the encoded configure request; empty: not configured */
    bool is_in_use;        /* a provider configuration has the process, or its Configure failed */
    struct ForeignClient *next;
} ForeignClient;

struct ForeignProvider {
    Provider provider; /* first, so that a Provider is cast to its ForeignProvider */
    Arena *arena;      /* guarded by the lock, as all fields below that change */
    const Io *io;
    ForeignProgram program;
    ProtocolSchemas schemas;
    const Type *meta_type; /* NULL: no provider_meta */
    ForeignClient *clients;
    Map types[PROTOCOL_MODES]; /* decoded ObjectType by mode and name */
    Map decoded_functions;     /* ProviderFunction by name */
    pthread_mutex_t lock;
};

/* Starts a process that is not configured. The caller holds the lock, unless no other thread has
 * the provider yet. Returns NULL after adding an error. */
ForeignProcess *foreign_client_start(const ForeignProvider *foreign, Diags *diags);
/* Makes a call in the process of call->client, or in the first process if that is NULL. Returns
 * false after adding an error. Sets *response also if the provider reported errors. Sets *is_lost
 * (may be NULL) to whether the provider may have acted without a response. */
bool foreign_client_call(const Call *call, ProtocolMethod method, const ProtocolRequest *request,
                         ProtocolResponse *response, bool *is_lost, Diags *diags);
/* Makes a call whose response is a stream. `on_message` is that of ForeignRequest. Returns false
 * after adding an error if the call failed; errors that `on_message` added do not affect the
 * result. */
bool foreign_client_stream(const Call *call, ProtocolMethod method, const ProtocolRequest *request,
                           bool (*on_message)(void *payload, Str message), void *payload,
                           Diags *diags);
/* Invokes an action. Reports its messages as progress of the call. */
bool foreign_client_invoke(const Call *call, const ProtocolRequest *request, Diags *diags);
/* Changes an object: calls ApplyResourceChange through the outcome keeper. `label` is that of the
 * keeper; empty: the call is made directly. */
bool foreign_client_apply(const Call *call, Str label, const ProtocolRequest *request,
                          ProtocolResponse *response, bool *is_lost, Diags *diags);
