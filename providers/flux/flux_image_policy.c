/* flux_image_policy: the rule that selects the newest tag of an image. */
#include "flux_provider.h"

#include "flux_fields.h"
#include "flux_gitops.h"

static const Attribute image_repository_ref[] = {
    {"name", &TYPE_STRING, REQUIRED, "Name of the ImageRepository."},
    {"namespace", &TYPE_STRING, OPTIONAL,
     "Namespace of the ImageRepository (default: that of this object)."},
};
static const Attribute policy_semver[] = {
    {"range", &TYPE_STRING, REQUIRED, "Range of versions, such as \">=1.0.0 <2.0.0\"."},
};
static const Attribute policy_alphabetical[] = {
    {"order", &TYPE_STRING, OPTIONAL,
     "Whether the last (\"asc\", the default) or the first tag is the newest.",
     .one_of = "asc desc"},
};
static const Attribute policy_numerical[] = {
    {"order", &TYPE_STRING, OPTIONAL,
     "Whether the highest (\"asc\", the default) or the lowest number is the newest.",
     .one_of = "asc desc"},
};
static const Attribute policy[] = {
    {"semver", NULL, OPTIONAL, "By version.", .nested = NESTED(NEST_SINGLE, policy_semver)},
    {"alphabetical", NULL, OPTIONAL, "By alphabet.",
     .nested = NESTED(NEST_SINGLE, policy_alphabetical)},
    {"numerical", NULL, OPTIONAL, "By number.", .nested = NESTED(NEST_SINGLE, policy_numerical)},
};
static const Attribute filter_tags[] = {
    {"pattern", &TYPE_STRING, OPTIONAL, "Regular expression of the tags."},
    {"extract", &TYPE_STRING, OPTIONAL,
     "The part of a tag that is compared, with groups of the pattern, such as \"$ts\"."},
};
static const Attribute image_policy_spec[] = {
    {"image_repository_ref", NULL, REQUIRED, "The ImageRepository.",
     .nested = NESTED(NEST_SINGLE, image_repository_ref)},
    {"policy", NULL, REQUIRED, "The order of the tags; exactly one of them.",
     .nested = NESTED(NEST_SINGLE, policy)},
    {"filter_tags", NULL, OPTIONAL, "Which tags count.",
     .nested = NESTED(NEST_SINGLE, filter_tags)},
    {"digest_reflection_policy", &TYPE_STRING, OPTIONAL,
     "Whether the status has the digest of the tag, too (default \"Never\").",
     .one_of = "Always IfNotPresent Never"},
    {"interval", &TYPE_STRING, OPTIONAL, "How often the digest is read again, for \"Always\".",
     .check = duration_check},
    {"suspend", &TYPE_BOOL, OPTIONAL, "Whether Flux leaves the policy alone (default false)."},
};

const ResourceType flux_image_policy = {
    .name = "flux_image_policy",
    .schema = {SPEC_SCHEMA(image_policy_spec, SPEC_WAIT_ATTRIBUTES, TYPED_ATTRIBUTES),
               .description = "An ImagePolicy: which tag of an ImageRepository is the newest."},
    .payload = &(const SpecObject){SPEC_TYPED("image.toolkit.fluxcd.io/v1", "ImagePolicy"),
                                   .status = &flux_status_ready},
    TYPED_SLOTS,
    .gitops = flux_gitops,
};
