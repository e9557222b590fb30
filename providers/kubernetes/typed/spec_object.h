/* spec_object: the slots of types whose argument `spec` is the `spec` of an object. The schema is a
 * table of nested attributes; their names are those of the fields in small letters ("secret_ref"
 * for "secretRef", see field_name.h). An attribute of the type "any" is sent as it is.
 *
 * The state has the fields that the configuration sets, with the values of the server.
 *
 * A type has SPEC_SCHEMA, TYPED_SLOTS, and its SpecObject as payload, which starts with
 * SPEC_TYPED(api version, kind). */
#pragma once

#include "typed_object.h"
#include "wait_status.h"

/* A computed attribute with a text of the status. */
typedef struct SpecOutput {
    const char *attribute;
    const char *path; /* see kube_object_find */
    const char *last;
} SpecOutput;

typedef struct SpecObject {
    TypedObject typed;        /* first: the slots of typed_object see it alone */
    const WaitStatus *status; /* NULL: has no status, so there is no wait */
    const SpecOutput *outputs;
    size_t output_count;
    /* Names of the attributes, at any depth, that are strings for fields which are integers or
     * strings ("3", "25%"); ends with NULL. NULL: there are none. */
    const char *const *ints_or_texts;
} SpecObject;

extern const char *const spec_object_members[];

Value spec_object_manifest(TypedCall *typed, Value state, Value manifest);
Value spec_object_state(const Call *call, Value state, Value live, bool is_import);
bool spec_object_wait(const Call *call, Value planned, ObjectApplied *applied, Diags *diags);
bool spec_object_is_ready(const Call *call, Value planned, Value live);

#define SPEC_TYPED(version_, kind_)                                                                \
    .typed = {.api_version = (version_),                                                           \
              .kind = (kind_),                                                                     \
              .is_namespaced = true,                                                               \
              .members = spec_object_members,                                                      \
              .manifest = spec_object_manifest,                                                    \
              .state = spec_object_state,                                                          \
              .wait = spec_object_wait,                                                            \
              .is_ready = spec_object_is_ready,                                                    \
              .waits_unchanged = true}
#define SPEC_OUTPUTS(table) .outputs = (table), .output_count = ARRAY_COUNT(table)

/* Rows of tables. SPEC_WAIT_ATTRIBUTES are those of types with a status, SPEC_REVISION_ATTRIBUTES
 * those of types whose status has a revision. */
#define SPEC_WAIT_ATTRIBUTES                                                                       \
    {                                                                                              \
        "wait_for_ready", &TYPE_BOOL, OPTIONAL | COMPUTED,                                         \
            "Whether a creation or update waits until the controller reports that the object is "  \
            "ready.",                                                                              \
            .default_json = "true"                                                                 \
    }
#define SPEC_REVISION_ATTRIBUTES                                                                   \
    SPEC_WAIT_ATTRIBUTES, {                                                                        \
        "wait_for_revision", &TYPE_STRING, OPTIONAL,                                               \
            "Revision that a creation or update waits for, such as \"main@sha1:0a1b2c\", or the "  \
            "commit or tag alone (default: any)."                                                  \
    }
/* The members of a schema: the argument `spec` with this table of attributes, further rows, and the
 * blocks of all such types. */
#define SPEC_SCHEMA(spec_, ...)                                                                    \
    SCHEMA_ATTRIBUTES(((const Attribute[]){{"spec", NULL, REQUIRED, "The fields of the object.",   \
                                            .nested = NESTED(NEST_SINGLE, spec_)},                 \
                                           __VA_ARGS__})),                                         \
        SCHEMA_BLOCKS(((const Block[]){OBJECT_METADATA_BLOCK, TYPED_BLOCKS}))
