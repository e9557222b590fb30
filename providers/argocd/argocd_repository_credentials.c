/* argocd_repository_credentials: a credential for all repositories below a URL. */
#include "argocd_provider.h"

#include "argocd_repository_access.h"

static const ArgocdKey keys[] = {
    ARGOCD_ACCESS_KEYS,
};
static const WriteOnly write_only[] = {
    ARGOCD_ACCESS_WRITE_ONLY,
};
static const Attribute attributes[] = {
    {"url", &TYPE_STRING, REQUIRED, "Prefix of the URLs of the repositories."},
    ARGOCD_ACCESS_ATTRIBUTES,
    TYPED_ATTRIBUTES,
};
static const ArgumentRule rules[] = {
    ARGOCD_ACCESS_RULES,
};
static const char *const members[] = {"url", ARGOCD_ACCESS_MEMBERS, NULL};
static const Block blocks[] = {OBJECT_METADATA_BLOCK, TYPED_BLOCKS};

static const ArgocdSecret repository_credentials_secret = {
    ARGOCD_SECRET_TYPED(members),
    .label = "repo-creds",
    .keys = keys,
    .key_count = ARRAY_COUNT(keys),
    .write_only = {write_only, ARRAY_COUNT(write_only)},
};

const ResourceType argocd_repository_credentials = {
    .name = "argocd_repository_credentials",
    .schema = {SCHEMA_ATTRIBUTES(attributes), SCHEMA_BLOCKS(blocks), SCHEMA_RULES(rules),
               .description = "A credential for all repositories whose URL starts with a prefix: a "
                              "Secret that Argo CD finds by a label."},
    .payload = &repository_credentials_secret,
    TYPED_SLOTS,
};
