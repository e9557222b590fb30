/* kubernetes_annotations: annotations of an object that others made, and of its pods. */
#include "kubernetes_provider.h"

#include "object_fields.h"

static const ObjectField annotations_fields[] = {
    {"annotations", "metadata", "annotations", NULL},
    {"template_annotations", "spec.template.metadata", "annotations", NULL},
    {"template_annotations", "spec.jobTemplate.spec.template.metadata", "annotations", "CronJob"},
    {NULL, NULL, NULL, NULL},
};

static const Attribute annotations_attributes[] = {
    {"annotations", &TYPE_MAP_OF_STRING, OPTIONAL,
     "Annotations. Others of the object stay as they are."},
    {"template_annotations", &TYPE_MAP_OF_STRING, OPTIONAL,
     "Annotations of the pods of a workload; a change makes new pods."},
    OBJECT_FIELDS_ATTRIBUTES,
};
static const ArgumentRule annotations_rules[] = {
    {RULE_AT_LEAST_ONE, {"annotations", "template_annotations"}},
};
static const Block annotations_blocks[] = {OBJECT_FIELDS_BLOCK};

const ResourceType kubernetes_annotations = {
    .name = "kubernetes_annotations",
    .schema = {SCHEMA_ATTRIBUTES(annotations_attributes), SCHEMA_BLOCKS(annotations_blocks),
               SCHEMA_RULES(annotations_rules),
               .description = "Annotations of an object that others made. A deletion removes "
                              "them."},
    .payload = annotations_fields,
    OBJECT_FIELDS_SLOTS,
};
