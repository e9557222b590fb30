/* hashicorp_helm: the types of hashicorp/helm that loam's provider lacks. */
#include "helm_provider.h"

static const TwinType hashicorp_helm_types[] = {
    {"helm_release", NULL}, {"helm_repository", "flux_helm_repository"}, /* of its release 1 */
};

#define HINT                                                                                       \
    "The provider hashicorp/helm has this argument. To use it, add:\n"                             \
    "  terraform { required_providers { helm = { source = \"hashicorp/helm\" } } }"

static const ForeignName arguments[] = {
    {"burst_limit", HINT},
    {"debug", HINT},
    {"experiments", HINT},
    {"helm_driver", HINT},
    {"kubernetes", HINT},
    {"plugins_path", HINT},
    {"qps", HINT},
    {"registries", HINT},
    {"registry", HINT},
    {"registry_config_path", HINT},
    {"repository_cache", HINT},
    {"repository_config_path", HINT},
};

const ForeignNames hashicorp_helm_arguments = {arguments, ARRAY_COUNT(arguments)};

const ProviderTwin hashicorp_helm = {
    .source = "hashicorp/helm",
    .types = hashicorp_helm_types,
    .type_count = ARRAY_COUNT(hashicorp_helm_types),
    .arguments = &hashicorp_helm_arguments,
    .instead = "flux_helm_release, argocd_application",
    .instead_of_data = "helm_template",
};
