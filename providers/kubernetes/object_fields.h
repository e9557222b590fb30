/* object_fields: the slots of types that own a few fields of an object that others made, such as
 * kubernetes_labels. Each instance has a field manager of its own, so it owns exactly its fields.
 * A deletion gives them up and never deletes the object.
 *
 * A type has the block OBJECT_FIELDS_BLOCK, the attributes OBJECT_FIELDS_ATTRIBUTES, the slots
 * OBJECT_FIELDS_SLOTS, and a table of ObjectField, which ends with an empty row, as payload. */
#pragma once

#include "object_target.h"
#include "timeouts.h"

/* A map of texts. */
typedef struct ObjectField {
    const char *argument; /* "labels" */
    const char *parent;   /* of the map in the object: "metadata" */
    const char *name;     /* of the map there */
    const char *kind;     /* only objects of this kind; NULL: all others */
} ObjectField;

/* Rows of tables. */
#define OBJECT_FIELDS_ATTRIBUTES                                                                   \
    {"id", &TYPE_STRING, COMPUTED, "ID of the object, as imports have it."},                       \
        {"api_version", &TYPE_STRING, REQUIRED | FORCES_NEW,                                       \
         "API version of the object, such as \"apps/v1\"."},                                       \
        {"kind", &TYPE_STRING, REQUIRED | FORCES_NEW, "Kind of the object."},                      \
        {"field_manager", &TYPE_STRING, OPTIONAL | COMPUTED | FORCES_NEW,                          \
         "Name of the field manager, different for each resource (default: a name with a random "  \
         "suffix)."},                                                                              \
    {                                                                                              \
        "force", &TYPE_BOOL, OPTIONAL,                                                             \
            "Whether to take keys that other managers own (default false)."                        \
    }
#define OBJECT_FIELDS_METADATA_COUNT 2
extern const Attribute object_fields_metadata[OBJECT_FIELDS_METADATA_COUNT];
#define OBJECT_FIELDS_BLOCK                                                                        \
    {                                                                                              \
        .name = "metadata", .nesting = NEST_LIST, .min_items = 1, .max_items = 1, .schema = {      \
            .attributes = object_fields_metadata,                                                  \
            .attribute_count = OBJECT_FIELDS_METADATA_COUNT,                                       \
            .description = "The object.",                                                          \
        }                                                                                          \
    }

bool object_fields_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                        Diags *diags);
bool object_fields_marker(const Call *call, const MarkerRequest *request, MarkerResponse *response,
                          Diags *diags);
bool object_fields_apply(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                         Diags *diags);
bool object_fields_delete(const Call *call, const DeleteRequest *request, DeleteResponse *response,
                          Diags *diags);
bool object_fields_read(const Call *call, const ReadRequest *request, ReadResponse *response,
                        Diags *diags);
bool object_fields_recover(const Call *call, const RecoverRequest *request,
                           RecoverResponse *response, Diags *diags);

#define OBJECT_FIELDS_SLOTS                                                                        \
    .recovery = RECOVERY_FINDS, .batches_intents = true, .plan = object_fields_plan,               \
    .marker = object_fields_marker, .create = object_fields_apply, .update = object_fields_apply,  \
    .delete = object_fields_delete, .read = object_fields_read, .recover = object_fields_recover
