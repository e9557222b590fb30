/* typed_object: the slots of types that manage one object of a fixed kind, such as
 * kubernetes_config_map. They convert attributes to a manifest, and an object of the server to
 * attributes; the room `change` does the rest.
 *
 * A type has the blocks OBJECT_METADATA_BLOCK and those of TYPED_BLOCKS, the attributes
 * TYPED_ATTRIBUTES, TYPED_SLOTS, and its TypedObject as payload.
 *
 * The state has the labels, annotations and data that the configuration sets. What others add to
 * the object is not ours, and never plans a change. */
#pragma once

#include "object_apply.h"
#include "object_arguments.h"
#include "object_metadata.h"
#include "object_plan.h"
#include "timeouts.h"

typedef struct TypedCall {
    const Call *call;
    const struct TypedObject *type;
    Value object; /* the planned or stored state */
    Value config; /* null, unless it is planned or applied */
    Value prior;  /* null: a creation */
    Value live;   /* the object of the server before the change, if `needs_live`; else null */
    bool is_plan; /* the call is a plan, or the plan within an apply */
    bool is_prior_manifest; /* `manifest` builds the manifest of the prior state */
    Value approved;         /* during an apply: the state in the approved plan; otherwise null */
    ObjectRecord approved_record;
    Str planned_values; /* set by `manifest`: ObjectRecord.values of the plan; empty: unchanged */
    Diags *diags;       /* for `manifest`: an error in it fails the call */
    ObjectOptions options;
    ObjectRequest request;
    PlanNotes notes; /* of `manifest`; paths of the resource */
} TypedCall;

typedef struct TypedObject {
    const char *api_version;
    const char *kind;
    bool is_namespaced;
    /* Names of the attributes that are parts of the object, besides `metadata`; ends with NULL. All
     * other arguments are for loam. */
    const char *const *members;
    /* Returns the manifest, which has apiVersion, kind and metadata, with its other members.
     * `state` is typed->object or typed->prior; of the latter only the names matter. NULL: there
     * are none. */
    Value (*manifest)(TypedCall *typed, Value state, Value manifest);
    /* Returns the state with these attributes as the live object has them. `is_import`: all that
     * the object has, else those that the state has. NULL: there are none. */
    Value (*state)(const Call *call, Value state, Value live, bool is_import);
    /* Changes the planned state of a creation or update. NULL: no change. */
    Value (*planned)(const TypedCall *typed, Value planned);
    /* Returns whether `manifest` looks at typed->live, and its values must leave no digest. */
    bool (*needs_live)(Value state);
    /* Returns the new ObjectRecord.values: digests of the write-only values in the manifest of
     * `typed`. `live` is the object after the apply. NULL: empty. */
    Str (*values)(const TypedCall *typed, Value live);
    /* Waits after a creation or update; updates applied->live. NULL: does not wait. */
    bool (*wait)(const Call *call, Value planned, ObjectApplied *applied, Diags *diags);
    /* Returns whether the wait would end at once. NULL: unknown. */
    bool (*is_ready)(const Call *call, Value planned, Value live);
    /* Returns whether the live object has the fields of the body, though a controller has written
     * some in another form and owns them now. NULL: only with equal values. */
    bool (*is_equal)(Value body, Value live, Arena *arena);
    bool waits_unchanged; /* also if the update changes arguments for loam alone */
} TypedObject;

/* Returns the manifest with this member, which may be unknown; a null value adds none. */
Value typed_object_with(Value manifest, const char *name, Value value, Arena *arena);
/* Returns the texts of a member of the live object: all for an import, else those whose keys
 * `stored` has. */
Value typed_object_texts(Value stored, Value live, const char *name, bool is_import, Arena *arena);
/* Returns the attribute of a flag, which an object without it has as false. */
Value typed_object_flag(Value stored, Value live, const char *name);

/* Rows of tables. */
#define TYPED_ATTRIBUTES                                                                           \
    {"id", &TYPE_STRING, COMPUTED,                                                                 \
     "\"NAMESPACE/NAME\" of the object, or its name if it has no namespace."},                     \
    {                                                                                              \
        "adopt_existing", &TYPE_BOOL, OPTIONAL,                                                    \
            "Whether a creation may adopt an object that exists already (default false)."          \
    }
#define TYPED_BLOCKS OBJECT_FIELD_MANAGER_BLOCK, TIMEOUTS_BLOCK

bool typed_object_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                       Diags *diags);
bool typed_object_marker(const Call *call, const MarkerRequest *request, MarkerResponse *response,
                         Diags *diags);
bool typed_object_apply(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                        Diags *diags);
bool typed_object_delete(const Call *call, const DeleteRequest *request, DeleteResponse *response,
                         Diags *diags);
bool typed_object_read(const Call *call, const ReadRequest *request, ReadResponse *response,
                       Diags *diags);
bool typed_object_import(const Call *call, const ImportRequest *request, ImportResponse *response,
                         Diags *diags);
bool typed_object_recover(const Call *call, const RecoverRequest *request,
                          RecoverResponse *response, Diags *diags);

#define TYPED_SLOTS_BUT_DELETE                                                                     \
    .recovery = RECOVERY_FINDS, .batches_intents = true, .plan = typed_object_plan,                \
    .marker = typed_object_marker, .create = typed_object_apply, .update = typed_object_apply,     \
    .read = typed_object_read, .import = typed_object_import,                                      \
    .import_id = "NAMESPACE/NAME of the object, or its name if it has no namespace",               \
    .recover = typed_object_recover
#define TYPED_SLOTS TYPED_SLOTS_BUT_DELETE, .delete = typed_object_delete
