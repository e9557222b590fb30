/* argocd_repository: a repository that Argo CD may read, and its credential. */
#include "argocd_provider.h"

#include "argocd_repository_access.h"

/* clang-format off */
static const ArgocdKey repository_keys[] = {
    {"name", "name"},
    {"insecure", "insecure"},
    {"enable_lfs", "enableLfs"},
    {"depth", "depth"},
    ARGOCD_ACCESS_KEYS,
};
static const WriteOnly repository_write_only[] = {
    ARGOCD_ACCESS_WRITE_ONLY,
};
static const Attribute repository_attributes[] = {
    {"url", &TYPE_STRING, REQUIRED,
     "URL of the repository."},
    {"name", &TYPE_STRING, OPTIONAL,
     "Name for users."},
    {"insecure", &TYPE_BOOL, OPTIONAL,
     "Whether the certificate or the host key of the server is not verified (default false)."},
    {"enable_lfs", &TYPE_BOOL, OPTIONAL,
     "Whether large files of git are fetched (default false)."},
    {"depth", &TYPE_NUMBER, OPTIONAL,
     "Number of commits to fetch (default: all)."},
    ARGOCD_ACCESS_ATTRIBUTES,
    TYPED_ATTRIBUTES,
};
static const ArgumentRule repository_rules[] = {
    ARGOCD_ACCESS_RULES,
};
static const char *const repository_members[] = {"url", "name", "insecure", "enable_lfs", "depth", ARGOCD_ACCESS_MEMBERS, NULL};
/* clang-format on */
static const Block repository_blocks[] = {OBJECT_METADATA_BLOCK, TYPED_BLOCKS};

static const ArgocdSecret repository_secret = {
    ARGOCD_SECRET_TYPED(repository_members),
    .label = "repository",
    .keys = repository_keys,
    .key_count = ARRAY_COUNT(repository_keys),
    .write_only = {repository_write_only, ARRAY_COUNT(repository_write_only)},
};

const ResourceType argocd_repository = {
    .name = "argocd_repository",
    .schema = {SCHEMA_ATTRIBUTES(repository_attributes), SCHEMA_BLOCKS(repository_blocks),
               SCHEMA_RULES(repository_rules),
               .description = "A repository that Argo CD may read, with its credential: a Secret "
                              "that it finds by a label."},
    .payload = &repository_secret,
    TYPED_SLOTS,
};
