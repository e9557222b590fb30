/* kubernetes_provider: the provider of objects of a Kubernetes cluster. */
#include "kubernetes_provider.h"

#include "cluster.h"
#include "kubernetes_config.h"
#include "nested_list.h"
#include "object_builder.h"
#include "path_error.h"

static bool read_ignored(
    const Call *call, Value config, IgnoredKeys **out, Arena *run, Diags *diags) {
    StrVec annotations = nested_list_texts(config, "ignore_annotations", run);
    StrVec labels = nested_list_texts(config, "ignore_labels", run);
    size_t bad;
    Str problem;
    *out = ignored_keys_open(&annotations, &labels, &bad, &problem, run);
    if (*out)
        return true;
    bool is_label = bad >= annotations.count;
    size_t index = is_label ? bad - annotations.count : bad;
    const char *name = is_label ? "ignore_labels" : "ignore_annotations";
    return path_error(call, PATH_AT(call, {name}, {.index = index}), diags,
                      "Invalid regular expression", "%.*s.", STR_ARG(problem));
}

static bool configure(const Call *call,
                      const ConfigureRequest *request,
                      ConfigureResponse *response,
                      Diags *diags) {
    Value config = value_clone(request->config, request->run);
    KubeTarget target;
    IgnoredKeys *ignored;
    if (!kubernetes_config_read(call, config, &target, request->run, diags) ||
        !read_ignored(call, config, &ignored, request->run, diags))
        return false;
    KubeClientOptions options = {
        .rate = (uint32_t)object_int(config, "requests_per_second", 0),
        .burst = (uint32_t)object_int(config, "burst", 0),
    };
    response->client = cluster_open(call->io, &target, &options, ignored, request->run);
    return true;
}

static void close(void *client) {
    cluster_close(client);
}

static const ArgumentRule rules[] = {
    {RULE_CONFLICTS,     {"config_path", "config_paths", "config_content"}},
    {RULE_REQUIRED_WITH, {"as_groups", "as"}                              },
    {RULE_REQUIRED_WITH, {"as_uid", "as"}                                 },
    {RULE_REQUIRED_WITH, {"allow_exec", "config_content"}                 },
};

static const ResourceType *const resources[] = {KUBERNETES_RESOURCES(PROVIDER_ROW)};
static const DataSourceType *const data_sources[] = {KUBERNETES_DATA_SOURCES(PROVIDER_ROW)};
static const EphemeralType *const ephemerals[] = {KUBERNETES_EPHEMERALS(PROVIDER_ROW)};

const Provider kubernetes_provider = {
    .name = "kubernetes",
    .address = "loam.internal/builtin/kubernetes",
    .description = "Objects of a Kubernetes cluster, planned by its API server.",
    .schema = {.attributes = kubernetes_config_attributes,
               .attribute_count = KUBERNETES_CONFIG_COUNT,
               .blocks = kubernetes_config_blocks,
               .block_count = KUBERNETES_CONFIG_BLOCKS,
               SCHEMA_RULES(rules),
               .description = "The API server and the user. Without arguments they are those of "
                              "kubectl."},
    .configure = configure,
    .close = close,
    PROVIDER_RESOURCES(resources),
    PROVIDER_DATA_SOURCES(data_sources),
    PROVIDER_EPHEMERALS(ephemerals),
};
