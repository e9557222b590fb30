/* ObjectRecord: the private data of an object. */
#pragma once

#include "record.h"
#include "value.h"

/* Whose fields the next apply takes over: see object_takeover. */
typedef enum TakeoverScope {
    TAKEOVER_NONE,
    TAKEOVER_UPDATES, /* of tools that no longer apply the object */
    TAKEOVER_ALL,     /* also of tools that have applied it by server-side apply */
} TakeoverScope;

typedef struct ObjectRecord {
    Str cluster;      /* ClusterIdentity.id; empty: unknown */
    Str uid;          /* of the object; empty: none was made */
    Str body;         /* digest of the body of the last apply */
    Str live;         /* digest of the settings of the object after it */
    Str server;       /* object_target_rules then */
    bool is_imported; /* it may be deleted without our mark */
    bool is_unready;  /* the wait for it failed, so that the next apply waits again */
    Str values;       /* digests of write-only values: secret_digest.h */
    /* The members below are set by a plan, for the apply and for the plan of a replacement. */
    bool is_planned;
    Str seen; /* digest of the input of the plan's dry run: object_record_seen; empty: no dry run
               */
    Str predecessor;    /* uid of the object that a replacement deletes */
    Str ending;         /* uid of an object that a creation waits for: it is being deleted */
    bool has_no_change; /* the server's object stays as it is */
    bool should_force;  /* take fields that were changed outside of loam */
    TakeoverScope takeover;
} ObjectRecord;

/* The rows of a record. */
extern const Record object_record_rows;

/* An empty or damaged text gives the empty record. */
ObjectRecord object_record_read(Str private_data, Arena *arena);
Str object_record_text(const ObjectRecord *record, Arena *arena);
/* Returns a copy whose texts are in `arena`. */
ObjectRecord object_record_clone(const ObjectRecord *record, Arena *arena);
/* Returns the record without the parts that only a plan sets. */
ObjectRecord object_record_without_plan(ObjectRecord record);
/* Returns a digest of the body and of the manager that applies it; the mark does not count. */
Str object_record_body(Value body, Str manager, Arena *arena);
/* Returns a digest of the input of a dry run: the body, its manager, and the settings and owners of
 * the live object, which is null if it does not exist. */
Str object_record_seen(Value body, Str manager, Value live, Arena *arena);
/* Returns a digest of the object's settings. */
Str object_record_live(Value live, Arena *arena);
