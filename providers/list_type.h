/* list_type: the part of the contract that list types implement, and the engine's calls of it. A
 * list type searches for the objects of a managed type of the same provider, which has an identity.
 */
#pragma once

#include "provider.h"

typedef struct ListedObject {
    Value identity;   /* of the managed type, wholly known */
    Str display_name; /* for people */
    Value object;     /* of the managed type, wholly known; null or without a type: none */
} ListedObject;

typedef struct ListRequest {
    Value config;          /* wholly known */
    bool includes_objects; /* each ListedObject should have its object */
    int64_t limit;         /* the greatest number of objects that the caller wants */
} ListRequest;

/* Receives the found objects. */
typedef struct ListSink {
    /* Returns false if the list should end: the limit is reached, the run was cancelled, or the
     * object is invalid, which is reported after the slot has returned. Copies the parts that it
     * keeps. Call it in the thread of the slot. */
    bool (*add)(void *payload, const ListedObject *found);
    void *payload;
} ListSink;

struct ListType {
    const char *name; /* of the managed type */
    Schema schema;    /* of the `config` block */
    bool (*validate)(const Call *call, const ValidateRequest *request, Diags *diags);
    /* Required. Gives each object to the sink, which is the response. */
    bool (*list)(const Call *call, const ListRequest *request, const ListSink *sink, Diags *diags);
};

/* Lists objects of the managed type `resource`. `sink` receives at most request->limit valid
 * objects. */
MUST_USE bool list_type_list(const ListType *type, const ResourceType *resource, const Call *call,
                             const ListRequest *request, const ListSink *sink, Diags *diags);
