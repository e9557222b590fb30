/* foreign_client: calls to the processes of a provider that is a program, and the data that all
 * files of such a provider share.
 *
 * A process can be configured only once, so each provider configuration has a separate process. A
 * configuration that is closed and opened again with equal values uses the same process. A process
 * whose memory has grown is replaced. */
#pragma once

#include "foreign_process.h"
#include "protocol_message.h"
#include "protocol_schema.h"
#include "provider.h"

#include <pthread.h>

typedef struct ForeignWorker {
    ForeignProcess *process;
    unsigned in_flight; /* calls */
    uint64_t calls;     /* since its start */
    uint64_t memory;    /* bytes at the first look; 0: no look yet */
} ForeignWorker;

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

/* A call to a process of the provider: that of call->client, or the first one if that is NULL. */
typedef struct ForeignCall {
    const Call *call;
    ProtocolMethod method;
    Diags *diags;
    Str label; /* of the outcome keeper, which then makes the call; empty: it is made directly */
    ProtocolRequest sent;
    /* Set by the functions below. */
    ProtocolResponse received; /* also if the provider reported errors */
    bool is_lost;              /* the provider may have acted without a response */
} ForeignCall;

/* Makes the call. Returns false after adding an error. */
bool foreign_client_call(ForeignCall *made);
/* Makes a call whose response is a stream. `on_message` is that of ForeignRequest. Returns false
 * after adding an error if the call failed; errors that `on_message` added do not affect the
 * result. */
bool foreign_client_stream(const ForeignCall *made, bool (*on_message)(void *payload, Str message),
                           void *payload);
/* Invokes an action. Reports its messages as progress of the call. */
bool foreign_client_invoke(const ForeignCall *made);

/* Makes a worker without calls. */
ForeignWorker *foreign_client_worker(ForeignProcess *process, Arena *arena);
