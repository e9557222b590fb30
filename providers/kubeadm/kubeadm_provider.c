/* kubeadm_provider: the tables of the types. */
#include "kubeadm_provider.h"
#include "cluster_check.h"
#include "ssh_client.h"

static const Attribute provider_attributes[] = {
    SSH_CLIENT_PROVIDER_ATTRIBUTES,
};

static const ObjectType *const types[] = {KUBEADM_TYPES(PROVIDER_ROW)};

static void check_images(const ImagesRequest *request, StrVec *out, Arena *arena) {
    Bundle bundle = {.kubernetes_version = request->kubernetes_version};
    BundleFile file = {.images = *request->images};
    vec_push(arena, &bundle.files, file);
    StrVec found = cluster_check_images(&bundle, arena);
    vec_each(&found, sentence)
        vec_push(arena, out, *sentence);
}

const Provider kubeadm_provider = {
    .name = "kubeadm",
    .address = "loam.internal/builtin/kubeadm",
    .description = "Creates Kubernetes clusters by kubeadm, on machines that SSH reaches.",
    .schema = {SCHEMA_ATTRIBUTES(provider_attributes),
               .description = "Defaults of SSH connections."},
    .configure = ssh_client_configure,
    .close = ssh_client_close,
    .check_images = check_images,
    PROVIDER_TYPES(types),
};
