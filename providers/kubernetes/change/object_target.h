/* ObjectTarget: the object that a manifest describes, found on the server of a call; and the
 * arguments that all types of objects share. */
#pragma once

#include "cluster.h"
#include "kube_error.h"
#include "object_key.h"
#include "object_record.h"

/* Arguments of the resource. */
typedef struct ObjectOptions {
    Str manager;            /* field manager; "loam" by default */
    bool should_force;      /* take fields that other managers own */
    bool should_adopt;      /* a planned creation may find an object that is not ours */
    bool has_allow_replace; /* else replacements are allowed except for kinds that hold data */
    bool allow_replace;
    bool has_no_dry_run;
    /* The manifest has a few fields of an object that others made: it is neither created, marked
     * nor replaced, and its marks do not matter. */
    bool is_partial;
    bool has_no_digests;    /* private data keeps no digest of the body: it has write-only values */
    StrVec computed_fields; /* "spec.replicas": values that the server may change */
    bool has_computed_fields; /* the type has this argument */
    bool keeps_ending;        /* an object that is being deleted is not replaced */
} ObjectOptions;

/* What a resource wants of one object. */
typedef struct ObjectRequest {
    const Call *call;
    const ObjectOptions *options;
    Value manifest;       /* configured; a plan accepts unknown parts */
    Path path;            /* of `manifest` in the resource, for diagnostics */
    Path object_path;     /* of the attribute `object`, for notes */
    Value prior;          /* attribute `object` of the state; null: a creation */
    Value prior_manifest; /* null: a creation */
    ObjectRecord record;  /* private data; of a replaced predecessor in the plan of its successor */
    /* Returns whether an apply of the planned resource would wait for nothing. NULL: unknown. */
    bool (*is_ready)(const Call *call, Value resource, Value live);
    Value resource; /* for is_ready */
    /* As in TypedObject. NULL: only equal values of our fields plan no change. */
    bool (*is_equal)(Value body, Value live, Arena *arena);
    /* Of the approved plan, during an apply. */
    bool has_approved;            /* the plan shows a change of this object, or that it stays */
    bool is_replacement_approved; /* of the object of the prior state, within one change */
    Value approved;               /* attribute `object`; unknown if the plan does not show it */
    ObjectRecord approved_record;
} ObjectRequest;

typedef struct ObjectTarget {
    const ObjectRequest *request;
    Cluster *cluster;
    KubeCall kube;
    ClusterIdentity identity;
    KubeResource resource;
    KubeRef ref; /* points to `resource`: a copy of the target must set it again */
    TakeoverScope takeover;
} ObjectTarget;

typedef enum ObjectFound {
    OBJECT_FOUND,       /* the kind is served */
    OBJECT_KIND_ABSENT, /* the server does not serve the kind; it may be defined later */
    OBJECT_NO_SERVER,   /* the server cannot be reached */
    OBJECT_FAILED,      /* an error was added */
} ObjectFound;

/* Finds cluster and kind. If the kind is absent or there is no server, `*why` is a sentence without
 * full stop, and no error is added. Fails if the record names another cluster. */
ObjectFound object_target_open(const ObjectRequest *request, const ObjectKey *key,
                               ObjectTarget *out, Str *why, Diags *diags);
/* After OBJECT_KIND_ABSENT: an apply looks for the kind again for ten seconds, because it may have
 * made the definition a moment ago, with the chart of an operator. Returns as object_target_open.
 */
ObjectFound object_target_await(ObjectTarget *target, const ObjectKey *key, Str *why, Diags *diags);
/* Returns what the server does with bodies of this kind now, as a digest. */
Str object_target_rules(const ObjectTarget *target);
/* Adds the error of a failed request: its fields are paths in the manifest, and no value of a
 * Secret is shown. Always returns false. */
bool object_target_report(const ObjectTarget *target, const char *action,
                          const KubeResponse *response, Diags *diags);
/* Returns the path below `base` of a field as the server names it. It ends where the manifest, and
 * the prior one, lack the field. */
Path object_target_path(const ObjectRequest *request, Path base, Str field);
