/* Change: the planned change of one object.
 *
 *    before, after    of the resource's implied type, marked; null: absent. `after` may contain
 *                     unknowns, `before` never does
 *    replace_paths    attributes that force the replacement
 *    notes            how an in-place change is applied ("live: virDomainSetMemoryFlags") */
#pragma once

#include "action.h"
#include "address.h"
#include "deferral.h"
#include "import_source.h"
#include "invoke_event.h"
#include "path.h"

typedef struct ChangeNote {
    Path path;
    Str text;
} ChangeNote;

typedef VEC(ChangeNote) ChangeNotes;

/* The planned change of one part of an instance.
 *
 *    action         create, update, delete, or delete then create
 *    before, after  marked objects of any type; null: absent; `after` may contain unknowns */
typedef struct PartChange {
    Str key;
    Str title; /* the key for display: without secrets */
    Action action;
    Value before;
    Value after;
    Paths replace_paths;
    ChangeNotes notes;
} PartChange;

typedef VEC(PartChange) PartChanges;

/* One call of an action.
 *
 *    config    of the implied type of the action's schema, marked; may contain unknowns; ephemeral
 *              values are null */
typedef struct ActionInvocation {
    ResourceAddr action;
    ProviderConfigAddr provider_config;
    const struct Schema *schema; /* as in ResourceChange */
    Value config;
    /* The object that triggers it, or whose values it uses as `caller`; type empty: none. */
    ResourceAddr caller;
    bool is_requested; /* by -invoke; otherwise: */
    InvokeEvent event;
    InvokeFailure on_failure;
    uint32_t trigger; /* index of the action_trigger block */
    uint32_t index;   /* in its `actions` */
} ActionInvocation;

typedef VEC(ActionInvocation) ActionInvocations;

typedef struct ResourceChange {
    ResourceAddr address;
    ResourceAddr previous; /* type empty: did not move */
    Str deposed;           /* empty: the current object */
    ProviderConfigAddr provider_config;
    const struct Schema *schema; /* NULL after reading a plan file, until the engine fills it in */
    Action action;
    ActionReason reason;
    Value before;
    Value after;
    Value config; /* of a read that is deferred to the apply; generated for an import; else null */
    Paths replace_paths;
    ChangeNotes notes;
    PartChanges parts;      /* sorted by key */
    bool has_unknown_parts; /* unknown values may add more parts */
    Str private_data;       /* planned */
    /* Of the type's identity schema; null, also without a type: none. `after_identity` may contain
     * unknowns. */
    Value before_identity;
    Value after_identity;
    int64_t identity_version; /* of that schema */
    Str config_digest;        /* configured_digest, if the plan stays valid with it; else empty */
    bool is_legacy;           /* with config_digest: the plan follows the legacy type system */
    const Str *dependencies;
    size_t dependency_count;
    bool create_before_destroy;
    bool has_effect; /* its provider or its provisioners have effects outside of the state; not
                        saved */
    ActionInvocations invocations; /* in the order of the configuration */
    ImportSource
        import; /* of the zero value: the object is not imported; unknown only if deferred */
    Str generated_config; /* the block that was generated for an import; empty: none */
} ResourceChange;

/* A change that waits for a later plan; this plan does not apply it. With DEFERRAL_INSTANCE_KEYS
 * the address has an unknown key, and the change stands for all instances of the block. */
typedef struct DeferredChange {
    Deferral deferral;
    ResourceChange change;
} DeferredChange;

typedef struct OutputChange {
    Str name;
    Action action;
    Value before; /* null of dynamic type: absent */
    Value after;
    bool sensitive;
    bool is_deferred; /* it depends on a deferred change, so an apply keeps the stored value */
} OutputChange;

/* A changed field of an object, with its owner if the remote system records owners. */
typedef struct DriftField {
    Path path;
    Str manager;     /* "kubectl-edit (Update)"; empty: unknown */
    Str since;       /* RFC 3339; empty: unknown */
    bool is_foreign; /* the configuration does not set the field */
} DriftField;

typedef VEC(DriftField) DriftFields;

/* A difference between an object and the state, found by refreshing. */
typedef struct Drift {
    ResourceAddr address;
    ResourceAddr previous; /* type empty: did not move */
    Str provider;          /* registry.terraform.io/hashicorp/random */
    const struct Schema *schema;
    Action action; /* ACTION_UPDATE, ACTION_DELETE; ACTION_NO_OP: only moved */
    Value before;
    Value after;
    DriftFields fields; /* from the provider; empty: it knows no owners, see drift_fields */
} Drift;
