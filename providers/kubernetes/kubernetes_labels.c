/* kubernetes_labels: labels of an object that others made. */
#include "kubernetes_provider.h"

#include "object_fields.h"

static const ObjectField labels_fields[] = {
    {"labels", "metadata", "labels", NULL},
    {NULL, NULL, NULL, NULL},
};

static const Attribute labels_attributes[] = {
    {"labels", &TYPE_MAP_OF_STRING, REQUIRED, "Labels. Others of the object stay as they are."},
    OBJECT_FIELDS_ATTRIBUTES,
};
static const Block labels_blocks[] = {OBJECT_FIELDS_BLOCK};

const ResourceType kubernetes_labels = {
    .name = "kubernetes_labels",
    .schema = {SCHEMA_ATTRIBUTES(labels_attributes), SCHEMA_BLOCKS(labels_blocks),
               .description = "Labels of an object that others made. A deletion removes them."},
    .payload = labels_fields,
    OBJECT_FIELDS_SLOTS,
};
