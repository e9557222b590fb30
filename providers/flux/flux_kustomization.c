/* flux_kustomization: manifests of a source, applied to the cluster. */
#include "flux_provider.h"

#include "flux_fields.h"
#include "flux_gitops.h"

static const Attribute kustomization_source_ref[] = {
    {"kind", &TYPE_STRING, REQUIRED,
     "Kind of the source: \"GitRepository\", \"OCIRepository\", \"Bucket\" or "
     "\"ExternalArtifact\"."},
    {"name", &TYPE_STRING, REQUIRED, "Name of the source."},
    {"namespace", &TYPE_STRING, OPTIONAL,
     "Namespace of the source (default: that of this object)."},
    {"api_version", &TYPE_STRING, OPTIONAL, "API version of the source."},
};
static const Attribute health_checks[] = {
    {"kind", &TYPE_STRING, REQUIRED, "Kind of the object."},
    {"name", &TYPE_STRING, REQUIRED, "Name of the object."},
    {"namespace", &TYPE_STRING, OPTIONAL, "Namespace of the object."},
    {"api_version", &TYPE_STRING, OPTIONAL, "API version of the object."},
};
static const Attribute post_build_substitute_from[] = {
    {"kind", &TYPE_STRING, REQUIRED, "Kind of the object.", .one_of = "Secret ConfigMap"},
    {"name", &TYPE_STRING, REQUIRED, "Name of the object."},
    {"optional", &TYPE_BOOL, OPTIONAL, "Whether the object may be missing (default false)."},
};
static const Attribute post_build[] = {
    {"substitute", &TYPE_MAP_OF_STRING, OPTIONAL, "Values by variable."},
    {"substitute_from", NULL, OPTIONAL, "Objects with values by variable; substitute wins.",
     .nested = NESTED(NEST_LIST, post_build_substitute_from)},
    {"substitute_strategy", &TYPE_STRING, OPTIONAL,
     "Whether manifests are substituted without any variables, too.",
     .one_of = "WithVariables Always"},
};
static const Attribute decryption[] = {
    {"provider", &TYPE_STRING, REQUIRED, "Program that has encrypted them.", .one_of = "sops"},
    {"secret_ref", NULL, OPTIONAL, "Secret with the private keys.",
     .nested = NESTED(NEST_SINGLE, flux_name_ref)},
    {"service_account_name", &TYPE_STRING, OPTIONAL, "Service account for keys of a cloud."},
};
static const Attribute kustomization_spec[] = {
    {"source_ref", NULL, REQUIRED, "The source.",
     .nested = NESTED(NEST_SINGLE, kustomization_source_ref)},
    {"path", &TYPE_STRING, OPTIONAL, "Directory in the source (default: its root)."},
    {"interval", &TYPE_STRING, REQUIRED,
     "How often the objects are compared and repaired, such as \"10m0s\".",
     .check = duration_check},
    {"retry_interval", &TYPE_STRING, OPTIONAL,
     "How long to wait after a failure (default: the interval).", .check = duration_check},
    {"prune", &TYPE_BOOL, REQUIRED, "Whether objects are deleted that the source no longer has."},
    {"deletion_policy", &TYPE_STRING, OPTIONAL,
     "What the deletion of this object does with its objects (default \"MirrorPrune\": as prune "
     "says).",
     .one_of = "MirrorPrune Delete WaitForTermination Orphan"},
    {"depends_on", NULL, OPTIONAL, "Kustomizations that must be ready first.",
     .nested = NESTED(NEST_LIST, flux_dependency)},
    {"wait", &TYPE_BOOL, OPTIONAL,
     "Whether all objects must be healthy before this one is ready (default false)."},
    {"health_checks", NULL, OPTIONAL, "Objects that must be healthy before this one is ready.",
     .nested = NESTED(NEST_LIST, health_checks)},
    {"health_check_exprs", NULL, OPTIONAL, "How the health of custom kinds is decided.",
     .nested = NESTED(NEST_LIST, flux_health_expr)},
    {"target_namespace", &TYPE_STRING, OPTIONAL, "Namespace of all objects."},
    {"name_prefix", &TYPE_STRING, OPTIONAL, "Prefix of the names of all objects."},
    {"name_suffix", &TYPE_STRING, OPTIONAL, "Suffix of the names of all objects."},
    {"common_metadata", NULL, OPTIONAL, "Labels and annotations of all objects.",
     .nested = NESTED(NEST_SINGLE, flux_metadata)},
    {"components", &TYPE_LIST_OF_STRING, OPTIONAL,
     "Components of kustomize, as paths in the source."},
    {"ignore_missing_components", &TYPE_BOOL, OPTIONAL,
     "Whether components may be missing (default false)."},
    {"images", NULL, OPTIONAL, "Other images for the containers.",
     .nested = NESTED(NEST_LIST, flux_image)},
    {"patches", NULL, OPTIONAL, "Patches of the objects.", .nested = NESTED(NEST_LIST, flux_patch)},
    {"ignore", NULL, OPTIONAL, "Fields whose changes by others are kept.",
     .nested = NESTED(NEST_LIST, flux_ignore_rule)},
    {"post_build", NULL, OPTIONAL, "Variables of the manifests.",
     .nested = NESTED(NEST_SINGLE, post_build)},
    {"decryption", NULL, OPTIONAL, "Decryption of Secrets in the source.",
     .nested = NESTED(NEST_SINGLE, decryption)},
    {"build_metadata", &TYPE_LIST_OF_STRING, OPTIONAL,
     "Annotations about the build: \"originAnnotations\", \"transformerAnnotations\"."},
    {"service_account_name", &TYPE_STRING, OPTIONAL,
     "Service account that applies the objects (default: that of the controller)."},
    {"kube_config", NULL, OPTIONAL, "Cluster of the objects (default: that of Flux).",
     .nested = NESTED(NEST_SINGLE, flux_kube_config)},
    {"force", &TYPE_BOOL, OPTIONAL,
     "Whether an object is replaced if a field cannot change (default false)."},
    {"timeout", &TYPE_STRING, OPTIONAL,
     "Time limit of an attempt, with its health checks (default: the interval).",
     .check = duration_check},
    {"suspend", &TYPE_BOOL, OPTIONAL, "Whether Flux leaves the objects alone (default false)."},
};

const ResourceType flux_kustomization = {
    .name = "flux_kustomization",
    .schema = {SPEC_SCHEMA(kustomization_spec, SPEC_REVISION_ATTRIBUTES, TYPED_ATTRIBUTES),
               .description =
                   "A Kustomization: manifests of a source that Flux builds, applies and keeps."},
    .payload = &(const SpecObject){SPEC_TYPED("kustomize.toolkit.fluxcd.io/v1", "Kustomization"),
                                   .status = &flux_status_kustomization},
    TYPED_SLOTS,
    .gitops = flux_gitops,
};
