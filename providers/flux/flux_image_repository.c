/* flux_image_repository: an image whose tags are listed. */
#include "flux_provider.h"

#include "flux_fields.h"
#include "flux_gitops.h"

static const Attribute image_repository_spec[] = {
    {"image", &TYPE_STRING, REQUIRED, "Address of the image, without a tag."},
    {"interval", &TYPE_STRING, REQUIRED, "How often the tags are listed, such as \"5m0s\".",
     .check = duration_check},
    {"exclusion_list", &TYPE_LIST_OF_STRING, OPTIONAL,
     "Regular expressions of tags to leave out (default: signatures of cosign)."},
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
    {"access_from", NULL, OPTIONAL, "Namespaces that may refer to the object.",
     .nested = NESTED(NEST_SINGLE, flux_access_from)},
    {"insecure", &TYPE_BOOL, OPTIONAL,
     "Whether the registry is reached by plain HTTP (default false)."},
    {"timeout", &TYPE_STRING, OPTIONAL, "Time limit of a request (default: the interval).",
     .check = duration_check},
    {"suspend", &TYPE_BOOL, OPTIONAL, "Whether Flux leaves the image alone (default false)."},
};

const ResourceType flux_image_repository = {
    .name = "flux_image_repository",
    .schema = {SPEC_SCHEMA(image_repository_spec, SPEC_WAIT_ATTRIBUTES, TYPED_ATTRIBUTES),
               .description = "An ImageRepository: an image whose tags Flux lists."},
    .payload = &(const SpecObject){SPEC_TYPED("image.toolkit.fluxcd.io/v1", "ImageRepository"),
                                   .status = &flux_status_ready},
    TYPED_SLOTS,
    .gitops = flux_gitops,
};
