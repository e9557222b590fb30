#include "flux_fields.h"

#include "kube_object.h"

const Attribute flux_name_ref[1] = {
    {"name", &TYPE_STRING, REQUIRED, "Name of the object."},
};
const Attribute flux_dependency[3] = {
    {"name", &TYPE_STRING, REQUIRED, "Name of the object that must be ready first."},
    {"namespace", &TYPE_STRING, OPTIONAL,
     "Namespace of that object (default: that of this object)."},
    {"ready_expr", &TYPE_STRING, OPTIONAL,
     "CEL expression about both objects that must be true as well."},
};
const Attribute flux_health_expr[5] = {
    {"api_version", &TYPE_STRING, REQUIRED,
     "API version of the kind, such as \"cert-manager.io/v1\"."},
    {"kind", &TYPE_STRING, OPTIONAL, "The kind; without it, all kinds of the API version."},
    {"current", &TYPE_STRING, REQUIRED, "CEL expression that is true if the object is healthy."},
    {"failed", &TYPE_STRING, OPTIONAL, "CEL expression that is true if the object has failed."},
    {"in_progress", &TYPE_STRING, OPTIONAL,
     "CEL expression that is true while the object is changing."},
};
const Attribute flux_target[7] = {
    {"group", &TYPE_STRING, OPTIONAL, "API group of the objects, as a regular expression."},
    {"version", &TYPE_STRING, OPTIONAL, "API version of the objects, as a regular expression."},
    {"kind", &TYPE_STRING, OPTIONAL, "Kind of the objects, as a regular expression."},
    {"name", &TYPE_STRING, OPTIONAL, "Name of the objects, as a regular expression."},
    {"namespace", &TYPE_STRING, OPTIONAL, "Namespace of the objects, as a regular expression."},
    {"label_selector", &TYPE_STRING, OPTIONAL, "Label selector of the objects."},
    {"annotation_selector", &TYPE_STRING, OPTIONAL, "Annotation selector of the objects."},
};
const Attribute flux_ignore_rule[2] = {
    {"paths", &TYPE_LIST_OF_STRING, REQUIRED,
     "JSON pointers of the fields, such as \"/spec/replicas\"."},
    {"target", NULL, OPTIONAL, "Objects of the rule (default: all).",
     .nested = NESTED(NEST_SINGLE, flux_target)},
};
const Attribute flux_metadata[2] = {
    {"labels", &TYPE_MAP_OF_STRING, OPTIONAL, "Labels to set."},
    {"annotations", &TYPE_MAP_OF_STRING, OPTIONAL, "Annotations to set."},
};
static const Attribute kube_config_secret_ref[] = {
    {"name", &TYPE_STRING, REQUIRED, "Name of the Secret."},
    {"key", &TYPE_STRING, OPTIONAL,
     "Key of the Secret that has the kubeconfig (default \"value\")."},
};
const Attribute flux_kube_config[2] = {
    {"secret_ref", NULL, OPTIONAL, "Secret with a kubeconfig file.",
     .nested = NESTED(NEST_SINGLE, kube_config_secret_ref)},
    {"config_map_ref", NULL, OPTIONAL, "ConfigMap that describes the access by workload identity.",
     .nested = NESTED(NEST_SINGLE, flux_name_ref)},
};
const Attribute flux_image[4] = {
    {"name", &TYPE_STRING, REQUIRED, "Name of the image in the manifests."},
    {"new_name", &TYPE_STRING, OPTIONAL, "Name that replaces it."},
    {"new_tag", &TYPE_STRING, OPTIONAL, "Tag that replaces that of the image."},
    {"digest", &TYPE_STRING, OPTIONAL, "Digest that replaces the tag; wins over new_tag."},
};
const Attribute flux_patch[2] = {
    {"patch", &TYPE_STRING, REQUIRED, "Strategic merge patch or JSON 6902 patch, as YAML text."},
    {"target", NULL, OPTIONAL, "Objects of the patch (default: that in the patch).",
     .nested = NESTED(NEST_SINGLE, flux_target)},
};
const Attribute flux_git_ref[5] = {
    {"branch", &TYPE_STRING, OPTIONAL, "Branch (default \"master\")."},
    {"tag", &TYPE_STRING, OPTIONAL, "Tag; wins over the branch."},
    {"semver", &TYPE_STRING, OPTIONAL,
     "Range of versions, whose newest tag is taken; wins over the tag."},
    {"name", &TYPE_STRING, OPTIONAL, "Reference such as \"refs/pull/1/head\"; wins over semver."},
    {"commit", &TYPE_STRING, OPTIONAL,
     "Commit, on the branch if one is given; wins over the others."},
};
static const Attribute verify_match_oidc_identity[] = {
    {"issuer", &TYPE_STRING, REQUIRED, "Issuer of the identity, as a regular expression."},
    {"subject", &TYPE_STRING, REQUIRED, "Subject of the identity, as a regular expression."},
};
const Attribute flux_verify[3] = {
    {"provider", &TYPE_STRING, REQUIRED,
     "Program whose signatures are verified: \"cosign\" or \"notation\".",
     .one_of = "cosign notation"},
    {"secret_ref", NULL, OPTIONAL, "Secret with the public keys (default: keyless verification).",
     .nested = NESTED(NEST_SINGLE, flux_name_ref)},
    {"match_oidc_identity", NULL, OPTIONAL,
     "Identities of which one must have signed, for keyless verification.",
     .nested = NESTED(NEST_LIST, verify_match_oidc_identity)},
};
static const Attribute access_from_namespace_selectors[] = {
    {"match_labels", &TYPE_MAP_OF_STRING, OPTIONAL, "Labels that the namespace must have."},
};
const Attribute flux_access_from[1] = {
    {"namespace_selectors", NULL, REQUIRED, "Selectors, of which one must select the namespace.",
     .nested = NESTED(NEST_LIST, access_from_namespace_selectors)},
};

static bool fields_is_registry(Value object) {
    return str_equal(kube_object_text(object, "spec", "type"), STR("oci"));
}

#define STATUS .condition = "Ready", .request = FLUX_REQUESTED_AT

const WaitStatus flux_status_ready = {STATUS};
const WaitStatus flux_status_artifact = {STATUS, .revision = "status.artifact",
                                         .revision_name = "revision"};
const WaitStatus flux_status_helm_repository = {STATUS, .revision = "status.artifact",
                                                .revision_name = "revision",
                                                .is_static = fields_is_registry};
const WaitStatus flux_status_kustomization = {STATUS, .revision = "status",
                                              .revision_name = "lastAppliedRevision"};
const WaitStatus flux_status_helm_release = {STATUS, .revision = "status",
                                             .revision_name = "lastAttemptedRevision"};
