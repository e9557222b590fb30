/* object_metadata: the block `metadata` of types, as the metadata of an object and back.
 *
 * `block` is the list value of the block: one object, with name, generate_name, namespace (absent
 * for cluster scope), labels, annotations, generation, resource_version and uid. The lists of the
 * types of fields have name and namespace alone. */
#pragma once

#include "object_key.h"
#include "path.h"
#include "provider.h"

#define OBJECT_METADATA_COUNT 8
extern const Attribute object_metadata_attributes[OBJECT_METADATA_COUNT];
#define OBJECT_METADATA_CLUSTER_COUNT 7
extern const Attribute object_metadata_cluster_attributes[OBJECT_METADATA_CLUSTER_COUNT];
#define OBJECT_METADATA_RULE_COUNT 1
extern const ArgumentRule object_metadata_rules[OBJECT_METADATA_RULE_COUNT];

/* Rows of tables of blocks: for objects of namespaces, and for objects of the cluster. */
#define OBJECT_METADATA_ROW(rows, row_count)                                                       \
    {                                                                                              \
        .name = "metadata", .nesting = NEST_LIST, .min_items = 1, .max_items = 1, .schema = {      \
            .attributes = (rows),                                                                  \
            .attribute_count = (row_count),                                                        \
            .rules = object_metadata_rules,                                                        \
            .rule_count = OBJECT_METADATA_RULE_COUNT,                                              \
            .description = "Name, labels and annotations of the object.",                          \
        }                                                                                          \
    }
#define OBJECT_METADATA_BLOCK OBJECT_METADATA_ROW(object_metadata_attributes, OBJECT_METADATA_COUNT)
#define OBJECT_METADATA_CLUSTER_BLOCK                                                              \
    OBJECT_METADATA_ROW(object_metadata_cluster_attributes, OBJECT_METADATA_CLUSTER_COUNT)

/* Returns the object of the block `metadata` of a resource; null or unknown if there is none. */
Value object_metadata_of(Value resource);

/* Returns the `metadata` of a manifest: name, namespace, labels and annotations. */
Value object_metadata_manifest(Value item, Arena *arena);
/* Returns the object of the block by a live object: with the labels and annotations whose keys
 * `item` has, or with all that users set if `is_import`. */
Value object_metadata_live(Value item, Value live, bool is_import, Arena *arena);

/* Returns `generate_name` with a suffix of five characters: equal for every attempt to create this
 * object, different for its replacement. */
Str object_metadata_generated(const Call *call, Str prefix);
/* Returns "NAMESPACE/NAME", or "NAME" for cluster scope; empty while the name is unknown. */
Str object_metadata_id(Value item, Arena *arena);
/* Reads such an ID, or one by object_key_import_id, of this kind. On failure `*problem` is a
 * sentence. */
MUST_USE bool object_metadata_parse_id(Str id, const ObjectKey *kind, bool is_namespaced,
                                       ObjectKey *out, Str *problem, Arena *arena);

/* Returns the place in a resource of a place in the object: ".metadata.labels.a" →
 * metadata[0].labels["a"], ".binaryData.k" → binary_data["k"], ".spec.secretRef" →
 * spec.secret_ref. Without such an argument it is the resource as a whole. */
Path object_metadata_path(const Schema *schema, Path path, Arena *arena);
