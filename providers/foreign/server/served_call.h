/* ServedCall: one call of a served provider. The functions of served_provider set its response, or
 * add errors. */
#pragma once

#include "provider.h"
#include "served_message.h"

#include <pthread.h>

/* The provider, and what its calls share. */
typedef struct ServedProvider {
    const Provider *provider;
    const Io *io;
    Arena *arena; /* guarded by the lock */
    CancelToken *cancel;
    pthread_mutex_t lock; /* guards everything below */
    Str schema;           /* the response to GetProviderSchema; empty: not made yet */
    bool is_configured;   /* ConfigureProvider was called */
    bool is_deferred;
    bool fails_at_use; /* with `failure` */
    Diags failure;
    Arena *run; /* of the client */
    void *client;
    StrVec secrets; /* of the configuration */
} ServedProvider;

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
Call served_call_slot(ServedCall *served);
/* Returns whether the configuration has unknown values. */
bool served_call_is_deferred(const ServedCall *served);
/* Returns false, with the errors of the configuration, if the call needs a client that could not be
 * made. */
MUST_USE bool served_call_require(ServedCall *served);
/* What an object of a request may be; no object as a whole is unknown. */
typedef enum ServedNeed {
    SERVED_PRESENT = 1, /* not null */
    SERVED_KNOWN = 2,   /* without unknown values */
} ServedNeed;

/* Decodes an object of the schema. Returns false after adding an error; `need`: of ServedNeed. */
MUST_USE bool served_call_decode(ServedCall *served, const Schema *schema, Str encoded,
                                 const char *name, unsigned need, Value *out);
/* Same, for an object of the type of the call. */
MUST_USE bool served_call_object(ServedCall *served, Str encoded, const char *name, unsigned need,
                                 Value *out);
/* Sets the object of the response. Write-only attributes become null. */
void served_call_respond(ServedCall *served, Value object);
