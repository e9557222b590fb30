/* served_provider: a provider of loam behind the calls of plugin protocol 6.
 *
 * A server has one configuration of the provider: ConfigureProvider is called once. If it contains
 * unknown values, the provider is deferred: plans follow from the schema alone, and reads return
 * the stored object. */
#pragma once

#include "provider.h"
#include "rpc_server.h"
#include "served_message.h"

typedef struct ServedProvider ServedProvider;

ServedProvider *served_provider_open(const Provider *provider, const Io *io);
void served_provider_close(ServedProvider *served);
/* Returns the service for rpc_server_run. It lives as long as `served`. */
RpcService served_provider_service(ServedProvider *served);

/* One call. The functions of served_resource and served_read set `response`, or add errors. */
typedef struct ServedCall {
    ServedProvider *served;
    Arena *arena;
    ServedRequest request;
    ServedResponse response;
    const ObjectType *type; /* of calls of a type; else NULL */
    StrVec secrets;         /* sensitive texts of the decoded values */
    Diags diags;
} ServedCall;

/* Returns the call of the provider's slot; `generation` differs for every call. */
Call served_provider_slot(ServedCall *served);
/* Returns whether the configuration has unknown values. */
bool served_provider_is_deferred(const ServedCall *served);
/* Returns false, with the errors of the configuration, if the call needs a client that could not be
 * made. */
MUST_USE bool served_provider_require(ServedCall *served);
/* What an object of a request may be; no object as a whole is unknown. */
typedef enum ServedNeed {
    SERVED_PRESENT = 1, /* not null */
    SERVED_KNOWN = 2,   /* without unknown values */
} ServedNeed;

/* Decodes an object of the type. Returns false after adding an error; `need`: of ServedNeed. */
MUST_USE bool served_provider_value(ServedCall *served, Str encoded, const char *name,
                                    unsigned need, Value *out);
/* Sets the object of the response. Write-only attributes become null. */
void served_provider_respond(ServedCall *served, Value object);
