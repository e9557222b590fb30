/* argocd_repository_credentials: a credential for all repositories below a URL. */
#include "argocd_provider.h"

#include "argocd_repository_access.h"

static const ArgocdKey repository_credentials_keys[] = {
    ARGOCD_ACCESS_KEYS,
};
static const WriteOnly repository_credentials_write_only[] = {
    ARGOCD_ACCESS_WRITE_ONLY,
};
static const Attribute repository_credentials_attributes[] = {
    {"url", &TYPE_STRING, REQUIRED, "Prefix of the URLs of the repositories."},
    ARGOCD_ACCESS_ATTRIBUTES,
    TYPED_ATTRIBUTES,
};
static const ArgumentRule repository_credentials_rules[] = {
    ARGOCD_ACCESS_RULES,
};
static const char *const repository_credentials_members[] = {"url", ARGOCD_ACCESS_MEMBERS, NULL};
static const Block repository_credentials_blocks[] = {OBJECT_METADATA_BLOCK, TYPED_BLOCKS};

static const ArgocdSecret repository_credentials_secret = {
    ARGOCD_SECRET_TYPED(repository_credentials_members),
    .label = "repo-creds",
    .keys = repository_credentials_keys,
    .key_count = ARRAY_COUNT(repository_credentials_keys),
    .write_only = {repository_credentials_write_only,
                   ARRAY_COUNT(repository_credentials_write_only)},
};

const ResourceType argocd_repository_credentials = {
    .name = "argocd_repository_credentials",
    .schema = {SCHEMA_ATTRIBUTES(repository_credentials_attributes),
               SCHEMA_BLOCKS(repository_credentials_blocks),
               SCHEMA_RULES(repository_credentials_rules),
               .description = "A credential for all repositories whose URL starts with a prefix: a "
                              "Secret that Argo CD finds by a label."},
    .payload = &repository_credentials_secret,
    TYPED_SLOTS,
};
