#include "flux_provider.h"

#include "cluster.h"
#include "flux_git.h"
#include "kubernetes_connection.h"

static bool flux_provider_configure(const Call *call, const ConfigureRequest *request,
                                    ConfigureResponse *response, Diags *diags) {
    const FluxGit *git;
    Value config = value_clone(request->config, request->run);
    if (!flux_git_read(call, config, &git, request->run, diags) ||
        !kubernetes_connection_configure(call, request, response, diags))
        return false;
    cluster_set_extension(response->client, git);
    return true;
}

static const Block provider_blocks[] = {KUBERNETES_EXEC_BLOCK, FLUX_GIT_BLOCK};

static const ObjectType *const types[] = {FLUX_TYPES(PROVIDER_ROW)};

const Provider flux_provider = {
    .name = "flux",
    .address = "loam.internal/builtin/flux",
    .description = "Flux in a Kubernetes cluster: its installation, and the objects that it "
                   "reconciles.",
    .schema = {.attributes = kubernetes_connection_attributes,
               .attribute_count = KUBERNETES_CONNECTION_COUNT,
               SCHEMA_BLOCKS(provider_blocks),
               .rules = kubernetes_connection_rules,
               .rule_count = KUBERNETES_CONNECTION_RULES,
               .description = "The API server and the user. Without arguments they are those of "
                              "kubectl."},
    .configure = flux_provider_configure,
    .close = kubernetes_connection_close,
    PROVIDER_TYPES(types),
};
