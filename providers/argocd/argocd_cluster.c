/* argocd_cluster: a cluster that Argo CD syncs. */
#include "argocd_provider.h"

#include "argocd_secret.h"
#include "json.h"
#include "object_builder.h"
#include "path_error.h"

static const ArgocdKey cluster_keys[] = {
    {"name", "name"},
    {"server", "server"},
    {"namespaces", "namespaces"},
    {"cluster_resources", "clusterResources"},
    {"project", "project"},
    {"shard", "shard"},
};
static const WriteOnly cluster_write_only[] = {
    {.name = "config_wo", .revision = "config_revision", .key = "config"},
};
static const Attribute cluster_attributes[] = {
    {"name", &TYPE_STRING, REQUIRED, "Name of the cluster, by which applications refer to it."},
    {"server", &TYPE_STRING, REQUIRED, "URL of the API server."},
    {"namespaces", &TYPE_LIST_OF_STRING, OPTIONAL,
     "Namespaces that Argo CD manages (default: all)."},
    {"cluster_resources", &TYPE_BOOL, OPTIONAL,
     "Whether objects without a namespace are managed although namespaces are listed (default "
     "false)."},
    {"project", &TYPE_STRING, OPTIONAL, "Name of the project that may use it (default: all)."},
    {"shard", &TYPE_NUMBER, OPTIONAL, "Number of the application controller that is responsible."},
    {"config_wo", &TYPE_STRING, OPTIONAL | WRITE_ONLY,
     "How Argo CD logs in: a JSON text with members of Argo CD such as bearerToken and "
     "tlsClientConfig. Neither plan nor state contains it."},
    {"config_revision", &TYPE_NUMBER, OPTIONAL,
     "Revision of the write-only arguments: a change sends their values again."},
    TYPED_ATTRIBUTES,
};
static const ArgumentRule cluster_argument_rules[] = {
    {RULE_REQUIRED_WITH, {"config_wo", "config_revision"}},
    {RULE_REQUIRED_WITH, {"config_revision", "config_wo"}},
};
static const char *const cluster_members[] = {
    "name", "server", "namespaces", "cluster_resources", "project", "shard", "config_wo", NULL};
static const Block cluster_blocks[] = {OBJECT_METADATA_BLOCK, TYPED_BLOCKS};

static const ArgocdSecret cluster_secret = {
    ARGOCD_SECRET_TYPED(cluster_members),
    .label = "cluster",
    .keys = cluster_keys,
    .key_count = ARRAY_COUNT(cluster_keys),
    .write_only = {cluster_write_only, ARRAY_COUNT(cluster_write_only)},
};

static bool argocd_cluster_validate(const Call *call, const ValidateRequest *request,
                                    Diags *diags) {
    Value config = object_attribute(request->config, "config_wo"), parsed;
    if (!value_is_present(config))
        return true;
    return json_parse_object(value_text(config), &parsed, call->arena) ||
           path_error(call, PATH_AT(call, {"config_wo"}), diags, "Invalid JSON text",
                      "The argument \"config_wo\" must be the text of a JSON object, "
                      "such as jsonencode({ bearerToken = var.token }).");
}

const ResourceType argocd_cluster = {
    .name = "argocd_cluster",
    .schema = {SCHEMA_ATTRIBUTES(cluster_attributes), SCHEMA_BLOCKS(cluster_blocks),
               SCHEMA_RULES(cluster_argument_rules),
               .description = "A cluster that Argo CD syncs: a Secret with its address and "
                              "credential, which Argo CD finds by a label."},
    .payload = &cluster_secret,
    .validate = argocd_cluster_validate,
    TYPED_SLOTS,
};
