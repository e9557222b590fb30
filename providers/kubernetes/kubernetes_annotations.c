/* kubernetes_annotations: annotations of an object that others made, and of its pods. */
#include "kubernetes_provider.h"

#include "object_fields.h"

static const ObjectField fields[] = {
    {"annotations", "metadata", "annotations", NULL},
    {"template_annotations", "spec.template.metadata", "annotations", NULL},
    {"template_annotations", "spec.jobTemplate.spec.template.metadata", "annotations", "CronJob"},
    {NULL, NULL, NULL, NULL},
};

static const Attribute attributes[] = {
    {"annotations", &TYPE_MAP_OF_STRING, OPTIONAL,
     "Annotations. Others of the object stay as they are."},
    {"template_annotations", &TYPE_MAP_OF_STRING, OPTIONAL,
     "Annotations of the pods of a workload; a change makes new pods."},
    OBJECT_FIELDS_ATTRIBUTES,
};
static const ArgumentRule rules[] = {
    {RULE_AT_LEAST_ONE, {"annotations", "template_annotations"}},
};
static const Block blocks[] = {OBJECT_FIELDS_BLOCK};

const ResourceType kubernetes_annotations = {
    .name = "kubernetes_annotations",
    .schema = {SCHEMA_ATTRIBUTES(attributes), SCHEMA_BLOCKS(blocks), SCHEMA_RULES(rules),
               .description = "Annotations of an object that others made. A deletion removes "
                              "them."},
    .payload = fields,
    OBJECT_FIELDS_SLOTS,
};
