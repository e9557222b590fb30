/* flux_helm_repository: a repository of Helm charts. */
#include "flux_provider.h"

#include "flux_fields.h"
#include "flux_gitops.h"

/* clang-format off */
static const Attribute helm_repository_spec[] = {
    {"url", &TYPE_STRING, REQUIRED,
     "URL of the repository: http, https, or oci for the type \"oci\"."},
    {"type", &TYPE_STRING, OPTIONAL,
     "Whether it is an HTTP repository (\"default\") or a registry (\"oci\").", .one_of = "default oci"},
    {"interval", &TYPE_STRING, OPTIONAL,
     "How often the index is fetched; a registry needs none.", .check = duration_check},
    {"secret_ref", NULL, OPTIONAL,
     "Secret with username and password; of the type kubernetes.io/dockerconfigjson for a registry.", .nested = NESTED(NEST_SINGLE, flux_name_ref)},
    {"cert_secret_ref", NULL, OPTIONAL,
     "Secret with tls.crt and tls.key, ca.crt, or both.", .nested = NESTED(NEST_SINGLE, flux_name_ref)},
    {"pass_credentials", &TYPE_BOOL, OPTIONAL,
     "Whether the credential is sent to other hosts that serve charts (default false)."},
    {"provider", &TYPE_STRING, OPTIONAL,
     "Whose registry it is, for its credential (default \"generic\").", .one_of = "generic aws azure gcp"},
    {"insecure", &TYPE_BOOL, OPTIONAL,
     "Whether a registry is reached by plain HTTP (default false)."},
    {"access_from", NULL, OPTIONAL,
     "Namespaces that may refer to the repository.", .nested = NESTED(NEST_SINGLE, flux_access_from)},
    {"timeout", &TYPE_STRING, OPTIONAL,
     "Time limit of a fetch (default \"60s\").", .check = duration_check},
    {"suspend", &TYPE_BOOL, OPTIONAL,
     "Whether Flux leaves the repository alone (default false)."},
};
/* clang-format on */

const ResourceType flux_helm_repository = {
    .name = "flux_helm_repository",
    .schema = {SPEC_SCHEMA(helm_repository_spec, SPEC_REVISION_ATTRIBUTES, TYPED_ATTRIBUTES),
               .description = "A HelmRepository: a repository of Helm charts."},
    .payload = &(const SpecObject){SPEC_TYPED("source.toolkit.fluxcd.io/v1", "HelmRepository"),
                                   .status = &flux_status_helm_repository},
    TYPED_SLOTS,
    .gitops = flux_gitops,
};
