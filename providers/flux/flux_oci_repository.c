/* flux_oci_repository: an artifact of a registry as a source. */
#include "flux_provider.h"

#include "flux_fields.h"
#include "flux_gitops.h"

static const Attribute ref[] = {
    {"tag", &TYPE_STRING, OPTIONAL, "Tag."},
    {"semver", &TYPE_STRING, OPTIONAL,
     "Range of versions, whose newest tag is taken; wins over the tag."},
    {"semver_filter", &TYPE_STRING, OPTIONAL, "Regular expression for the tags of the range."},
    {"digest", &TYPE_STRING, OPTIONAL, "Digest, such as \"sha256:0a1b\"; wins over the others."},
};
static const Attribute layer_selector[] = {
    {"media_type", &TYPE_STRING, OPTIONAL, "Media type of the layer."},
    {"operation", &TYPE_STRING, OPTIONAL,
     "Whether the layer is extracted (default) or copied as it is.", .one_of = "extract copy"},
};
static const Attribute oci_repository_verify_match_oidc_identity[] = {
    {"issuer", &TYPE_STRING, REQUIRED, "Issuer of the identity, as a regular expression."},
    {"subject", &TYPE_STRING, REQUIRED, "Subject of the identity, as a regular expression."},
};
static const Attribute oci_repository_verify[] = {
    {"provider", &TYPE_STRING, REQUIRED,
     "Program whose signatures are verified: \"cosign\" or \"notation\".",
     .one_of = "cosign notation"},
    {"secret_ref", NULL, OPTIONAL, "Secret with the public keys (default: keyless verification).",
     .nested = NESTED(NEST_SINGLE, flux_name_ref)},
    {"trusted_root_secret_ref", NULL, OPTIONAL,
     "Secret with the trusted root of a private Sigstore.",
     .nested = NESTED(NEST_SINGLE, flux_name_ref)},
    {"match_oidc_identity", NULL, OPTIONAL,
     "Identities of which one must have signed, for keyless verification.",
     .nested = NESTED(NEST_LIST, oci_repository_verify_match_oidc_identity)},
};
static const Attribute oci_repository_spec[] = {
    {"url", &TYPE_STRING, REQUIRED, "Address of the artifact: \"oci://HOST/NAME\", without a tag."},
    {"interval", &TYPE_STRING, REQUIRED, "How often the registry is asked, such as \"10m0s\".",
     .check = duration_check},
    {"ref", NULL, OPTIONAL, "Artifact to fetch (default: the tag \"latest\").",
     .nested = NESTED(NEST_SINGLE, ref)},
    {"layer_selector", NULL, OPTIONAL, "Layer of the artifact (default: the first).",
     .nested = NESTED(NEST_SINGLE, layer_selector)},
    {"secret_ref", NULL, OPTIONAL,
     "Secret of the type kubernetes.io/dockerconfigjson with the credential.",
     .nested = NESTED(NEST_SINGLE, flux_name_ref)},
    {"cert_secret_ref", NULL, OPTIONAL, "Secret with tls.crt and tls.key, ca.crt, or both.",
     .nested = NESTED(NEST_SINGLE, flux_name_ref)},
    {"proxy_secret_ref", NULL, OPTIONAL, "Secret with the address and the credential of a proxy.",
     .nested = NESTED(NEST_SINGLE, flux_name_ref)},
    {"provider", &TYPE_STRING, OPTIONAL,
     "Whose registry it is, for its credential (default \"generic\").",
     .one_of = "generic aws azure gcp"},
    {"service_account_name", &TYPE_STRING, OPTIONAL,
     "Service account with pull secrets, or for the credential of the provider."},
    {"verify", NULL, OPTIONAL, "Verification of signatures.",
     .nested = NESTED(NEST_SINGLE, oci_repository_verify)},
    {"ignore", &TYPE_STRING, OPTIONAL, "Files to leave out, in the syntax of .gitignore."},
    {"insecure", &TYPE_BOOL, OPTIONAL,
     "Whether the registry is reached by plain HTTP (default false)."},
    {"timeout", &TYPE_STRING, OPTIONAL, "Time limit of a fetch (default \"60s\").",
     .check = duration_check},
    {"suspend", &TYPE_BOOL, OPTIONAL, "Whether Flux leaves the artifact alone (default false)."},
};

const ResourceType flux_oci_repository = {
    .name = "flux_oci_repository",
    .schema = {SPEC_SCHEMA(oci_repository_spec, SPEC_REVISION_ATTRIBUTES, TYPED_ATTRIBUTES),
               .description =
                   "An OCIRepository: an artifact of a container registry that Flux fetches."},
    .payload = &(const SpecObject){SPEC_TYPED("source.toolkit.fluxcd.io/v1", "OCIRepository"),
                                   .status = &flux_status_artifact},
    TYPED_SLOTS,
    .gitops = flux_gitops,
};
