/* data kubernetes_server_version: the version of the API server. */
#include "kubernetes_provider.h"

#include "kube_object.h"
#include "object_builder.h"
#include "object_lookup.h"

/* An attribute, and the member of the server's reply. */
static const struct {
    const char *attribute;
    const char *member;
} server_version_members[] = {
    {"build_date", "buildDate"},
    {"compiler", "compiler"},
    {"git_commit", "gitCommit"},
    {"git_tree_state", "gitTreeState"},
    {"git_version", "gitVersion"},
    {"go_version", "goVersion"},
    {"major", "major"},
    {"minor", "minor"},
    {"platform", "platform"},
};

static bool server_version_data_read(const Call *call, const DataReadRequest *,
                                     DataReadResponse *response, Diags *diags) {
    static const KubeResource resource = {.kind = STR_CONST("Version")};
    const KubeRef ref = {.resource = &resource};
    ObjectLookup lookup = {
        .call = call,
        .action = "Version of the API server not read",
        .key = {.kind = resource.kind},
        .deferred = &response->deferred,
        .diags = diags,
        .target.kube = cluster_call(call),
    };
    KubeRequest get = {.method = "GET", .path = STR("/version")};
    KubeResponse reply;
    Value found;
    if (kube_call_send(&lookup.target.kube, get, &reply, diags) != KUBE_DONE ||
        !kube_client_decode(&reply, &found, call->arena))
        return object_lookup_fail(&lookup, &ref, &reply);
    ObjectBuilder builder = object_builder_of(response->state, call->arena);
    for (size_t i = 0; i < ARRAY_COUNT(server_version_members); i++)
        object_builder_set_text(&builder, server_version_members[i].attribute,
                                kube_object_text(found, "", server_version_members[i].member),
                                call->arena);
    Str version = kube_object_text(found, "", "gitVersion");
    object_builder_set_text(&builder, "version",
                            str_after(version, str_starts_with(version, STR("v"))), call->arena);
    response->state = object_builder_value(&builder);
    return true;
}

/* clang-format off */
static const Attribute server_version_attributes[] = {
    {"build_date",     &TYPE_STRING, COMPUTED, "When the server was built."},
    {"compiler",       &TYPE_STRING, COMPUTED, "Compiler of the server: \"gc\"."},
    {"git_commit",     &TYPE_STRING, COMPUTED, "Commit that the server was built from."},
    {"git_tree_state", &TYPE_STRING, COMPUTED, "Whether the sources were those of the commit: \"clean\" or \"dirty\"."},
    {"git_version",    &TYPE_STRING, COMPUTED, "Version with its prefix: \"v1.34.1\"."},
    {"go_version",     &TYPE_STRING, COMPUTED, "Version of Go that the server was built with."},
    {"major",          &TYPE_STRING, COMPUTED, "First number of the version."},
    {"minor",          &TYPE_STRING, COMPUTED, "Second number of the version; some servers append \"+\"."},
    {"platform",       &TYPE_STRING, COMPUTED, "System and architecture of the server: \"linux/amd64\"."},
    {"version",        &TYPE_STRING, COMPUTED, "Version without a prefix: \"1.34.1\"."},
};
/* clang-format on */

const DataSourceType data_kubernetes_server_version = {
    .mode = MODE_DATA,
    .name = "kubernetes_server_version",
    .schema = {SCHEMA_ATTRIBUTES(server_version_attributes),
               .description = "The version of the API server."},
    .read = server_version_data_read,
};
