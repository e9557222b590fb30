/* ManifestsSource: the objects that the arguments of an instance describe, in the order in which
 * they are created. */
#pragma once

#include "cluster.h"
#include "manifests_type.h"
#include "map.h"
#include "object_key.h"

typedef struct ManifestsItem {
    const ManifestObject *source;
    Value manifest; /* with the namespace that the object will have */
    ObjectKey key;
    Str text;   /* "GROUP/KIND/NAMESPACE/NAME" */
    Str digest; /* of the manifest */
    ObjectWave wave;
    bool is_awaited; /* the source defines its kind, which the server does not serve yet */
} ManifestsItem;
typedef VEC(ManifestsItem) ManifestsItems;

typedef struct ManifestsSource {
    Path argument; /* the place of errors about the manifests */
    ManifestsItems items;
    Map by_text; /* key → ManifestsItem */
    /* Planning: objects without a namespace were left out, because the scope of their kinds is
     * unknown. */
    bool has_unknown_objects;
} ManifestsSource;

/* Checks the manifests without a server. Null and unknown arguments have no objects. */
MUST_USE bool manifests_source_check(const Call *call, Value config, Diags *diags);
/* Reads the objects; the server of the call says which kinds have namespaces. */
MUST_USE bool manifests_source_read(const Call *call, Value config, ManifestsSource *out,
                                    Diags *diags);
/* Returns the source that an earlier call of this step has kept; else reads it as above, and keeps
 * it for a later call. NULL on failure. */
const ManifestsSource *manifests_source_open(const Call *call, Value config, Diags *diags);
/* Adds diagnostics about the item with its file and line. Their paths begin with `argument`. */
void manifests_source_report(const ManifestsSource *source, const ManifestsItem *item,
                             const Diags *found, Diags *diags);
