/* kubernetes_connection: a provider configuration → a Cluster. */
#include "kubernetes_connection.h"

#include "cluster.h"
#include "nested_list.h"
#include "path_error.h"

static bool read_ignored(const Call *call, Value config, IgnoredKeys **out, Arena *run,
                         Diags *diags) {
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

bool kubernetes_connection_configure(const Call *call, const ConfigureRequest *request,
                                     ConfigureResponse *response, Diags *diags) {
    Value config = value_clone(request->config, request->run);
    KubeTarget target;
    IgnoredKeys *ignored;
    if (!read_ignored(call, config, &ignored, request->run, diags))
        return false;
    if (!kubernetes_config_read(call, config, &target, request->run, diags)) {
        response->fails_at_use = true; /* a configuration without objects needs no server */
        ignored_keys_close(ignored);
        return false;
    }
    KubeClientOptions options = {
        .rate = (uint32_t)object_int(config, "requests_per_second", 0),
        .burst = (uint32_t)object_int(config, "burst", 0),
    };
    response->client = cluster_open(call->io, &target, &options, ignored, request->run);
    return true;
}

void kubernetes_connection_close(void *client) {
    cluster_close(client);
}

const ArgumentRule kubernetes_connection_rules[KUBERNETES_CONNECTION_RULES] = {
    {RULE_CONFLICTS, {"config_path", "config_paths", "config_content"}},
    {RULE_REQUIRED_WITH, {"as_groups", "as"}},
    {RULE_REQUIRED_WITH, {"as_uid", "as"}},
    {RULE_REQUIRED_WITH, {"allow_exec", "config_content"}},
};
