/* object_arguments: arguments that all types of objects share, and the wait after an apply. */
#pragma once

#include "object_apply.h"
#include "object_delete.h"
#include "wait_block.h"

/* Rows of tables. */
#define OBJECT_ATTRIBUTES                                                                          \
    {"wait_for_ready", &TYPE_BOOL, OPTIONAL | COMPUTED,                                            \
     "Whether a creation or update waits until the object is ready.", .default_json = "true"},     \
        {"allow_replace", &TYPE_BOOL, OPTIONAL,                                                    \
         "Whether a field that cannot change may replace the object (default: true, except for "   \
         "Namespace, CustomResourceDefinition, PersistentVolume and PersistentVolumeClaim)."},     \
        {"adopt_existing", &TYPE_BOOL, OPTIONAL,                                                   \
         "Whether a creation may adopt an object that exists already (default false)."},           \
        {"deletion_propagation",                                                                   \
         &TYPE_STRING,                                                                             \
         OPTIONAL | COMPUTED,                                                                      \
         "What a deletion does with dependents.",                                                  \
         .default_json = "\"Foreground\"",                                                         \
         .one_of = "Foreground Background Orphan"},                                                \
        {"force_finalizers", &TYPE_BOOL, OPTIONAL,                                                 \
         "Whether a deletion removes finalizers that block it for half of its time (default "      \
         "false)."},                                                                               \
    {                                                                                              \
        "server_dry_run", &TYPE_BOOL, OPTIONAL | COMPUTED,                                         \
            "Whether the server compares the object in a plan, by a dry run.",                     \
            .default_json = "true"                                                                 \
    }

#define OBJECT_FIELD_MANAGER_COUNT 2
extern const Attribute object_field_manager_attributes[OBJECT_FIELD_MANAGER_COUNT];
#define OBJECT_FIELD_MANAGER_BLOCK                                                                 \
    {                                                                                              \
        .name = "field_manager", .nesting = NEST_SINGLE, .schema = {                               \
            .attributes = object_field_manager_attributes,                                         \
            .attribute_count = OBJECT_FIELD_MANAGER_COUNT,                                         \
            .description = "Ownership of fields.",                                                 \
        }                                                                                          \
    }

/* `object` has these arguments, and may have computed_fields. */
ObjectOptions object_arguments_options(Value object, Arena *arena);
/* Returns whether the arguments of a deletion change. The deletion of a replacement follows those
 * in the state, so a plan that changes them leaves an object that is being deleted. */
bool object_arguments_change_deletion(Value prior, Value planned);
ObjectDeletion object_arguments_deletion(Value object);

/* Returns the object that was applied, for a wait. */
WaitObject object_arguments_wait_object(const Call *call, const ObjectApplied *applied);
/* Waits as wait_for_ready and the block `wait` say, after a change of the object; `applied->live`
 * is then its newest version. Kinds of a new definition are found afterwards. */
MUST_USE bool object_arguments_wait(const Call *call, Value object, ObjectApplied *applied,
                                    Diags *diags);
