/* flux_bucket: a bucket of an object storage as a source. */
#include "flux_provider.h"

#include "flux_fields.h"
#include "flux_gitops.h"

static const Attribute sts[] = {
    {"provider", &TYPE_STRING, REQUIRED, "Protocol of the service.", .one_of = "aws ldap"},
    {"endpoint", &TYPE_STRING, REQUIRED, "Address of the service."},
    {"secret_ref", NULL, OPTIONAL, "Secret with the credential for the service.",
     .nested = NESTED(NEST_SINGLE, flux_name_ref)},
    {"cert_secret_ref", NULL, OPTIONAL, "Secret with tls.crt and tls.key, ca.crt, or both.",
     .nested = NESTED(NEST_SINGLE, flux_name_ref)},
};
static const Attribute bucket_spec[] = {
    {"bucket_name", &TYPE_STRING, REQUIRED, "Name of the bucket."},
    {"endpoint", &TYPE_STRING, REQUIRED, "Address of the storage, without a scheme."},
    {"interval", &TYPE_STRING, REQUIRED, "How often the bucket is fetched, such as \"5m0s\".",
     .check = duration_check},
    {"provider", &TYPE_STRING, OPTIONAL,
     "Whose storage it is (default \"generic\", any of the S3 protocol).",
     .one_of = "generic aws gcp azure"},
    {"prefix", &TYPE_STRING, OPTIONAL, "Prefix of the objects to fetch."},
    {"region", &TYPE_STRING, OPTIONAL, "Region of the bucket."},
    {"secret_ref", NULL, OPTIONAL, "Secret with accesskey and secretkey.",
     .nested = NESTED(NEST_SINGLE, flux_name_ref)},
    {"service_account_name", &TYPE_STRING, OPTIONAL,
     "Service account for the credential of the provider."},
    {"sts", NULL, OPTIONAL, "Service that issues temporary credentials.",
     .nested = NESTED(NEST_SINGLE, sts)},
    {"cert_secret_ref", NULL, OPTIONAL, "Secret with tls.crt and tls.key, ca.crt, or both.",
     .nested = NESTED(NEST_SINGLE, flux_name_ref)},
    {"proxy_secret_ref", NULL, OPTIONAL, "Secret with the address and the credential of a proxy.",
     .nested = NESTED(NEST_SINGLE, flux_name_ref)},
    {"ignore", &TYPE_STRING, OPTIONAL, "Files to leave out, in the syntax of .gitignore."},
    {"insecure", &TYPE_BOOL, OPTIONAL,
     "Whether the storage is reached by plain HTTP (default false)."},
    {"timeout", &TYPE_STRING, OPTIONAL, "Time limit of a fetch (default \"60s\").",
     .check = duration_check},
    {"suspend", &TYPE_BOOL, OPTIONAL, "Whether Flux leaves the bucket alone (default false)."},
};

const ResourceType flux_bucket = {
    .name = "flux_bucket",
    .schema = {SPEC_SCHEMA(bucket_spec, SPEC_REVISION_ATTRIBUTES, TYPED_ATTRIBUTES),
               .description = "A Bucket: objects of an object storage that Flux fetches."},
    .payload = &(const SpecObject){SPEC_TYPED("source.toolkit.fluxcd.io/v1", "Bucket"),
                                   .status = &flux_status_artifact},
    TYPED_SLOTS,
    .gitops = flux_gitops,
};
