/* ManifestsSource: the objects that the arguments of an instance describe, in the order in which
 * they are created. ManifestsType: how a type gets them; the payload of a ResourceType with the
 * slots of manifests_plan, manifests_read and manifests_apply. Such a type has the attribute
 * `objects` and OBJECT_ATTRIBUTES. */
#pragma once

#include "cluster.h"
#include "manifest_text.h"
#include "map.h"
#include "object_key.h"
#include "object_order.h"

typedef struct ManifestsType {
    /* Arguments of which one names the manifests, ended by NULL. Errors are at the one that is
     * set. */
    const char *const *sources;
    /* Further arguments that change the objects, ended by NULL; NULL: none. */
    const char *const *settings;
    /* Reads the objects. All sources and settings are known, and a source is set. */
    bool (*read)(const Call *call, Value config, Path argument, ManifestObjects *out, Diags *diags);
    /* An apply calls it when the objects of a wave exist, before the next wave. NULL: nothing. */
    bool (*after_wave)(const Call *call, const ApplyRequest *request, ObjectWave wave,
                       Diags *diags);
    /* The members of Secrets are in neither plan nor state. The manifests must not have any. */
    bool hides_secrets;
} ManifestsType;

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

const ManifestsType *manifests_source_type(const Call *call);
/* Returns whether an argument that determines the objects is unknown. */
bool manifests_source_is_unknown(const Call *call, Value config);
/* Returns the object as plan and state show it. */
Value manifests_source_shown(const Call *call, Value object, Arena *arena);
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
