/* builtin: the providers and provisioners of the program.
 *
 * To add a provider: add its layer to CMakeLists.txt. Add its `const Provider`, its name in
 * configurations and its address here. Rows of providers in loadable modules are in builtin.c. */
#pragma once

#include "provisioner.h"
#include "registry.h"

/* clang-format off */
#define BUILTIN_PROVIDERS(ROW)                                                       \
    ROW(terraform_provider, "terraform", "terraform.io/builtin/terraform")           \
    ROW(random_provider,    "random",    "registry.terraform.io/hashicorp/random")   \
    ROW(tls_provider,       "tls",       "registry.terraform.io/hashicorp/tls")      \
    ROW(local_provider,     "local",     "registry.terraform.io/hashicorp/local")    \
    ROW(null_provider,      "null",      "registry.terraform.io/hashicorp/null")     \
    ROW(time_provider,      "time",      "registry.terraform.io/hashicorp/time")     \
    ROW(http_provider,      "http",      "registry.terraform.io/hashicorp/http")     \
    ROW(external_provider,  "external",  "registry.terraform.io/hashicorp/external") \
    ROW(archive_provider,   "archive",   "registry.terraform.io/hashicorp/archive")  \
    ROW(ssh_provider,       "ssh",       "loam.internal/builtin/ssh")                \
    ROW(nftables_provider,  "nftables",  "loam.internal/builtin/nftables")           \
    ROW(kubeadm_provider,   "kubeadm",   "loam.internal/builtin/kubeadm")            \
    ROW(kubernetes_provider, "kubernetes", "loam.internal/builtin/kubernetes")      \
    ROW(flux_provider,      "flux",      "loam.internal/builtin/flux")                  \
    ROW(argocd_provider,    "argocd",    "loam.internal/builtin/argocd")              \
    ROW(helm_provider,      "helm",      "loam.internal/builtin/helm")
/* clang-format on */

#define BUILTIN_PROVIDER_DECLARE(provider, name, address) extern const Provider provider;
BUILTIN_PROVIDERS(BUILTIN_PROVIDER_DECLARE)

extern const ProviderRow builtin_providers[];
extern const size_t builtin_provider_count;
extern const ProvisionerTable builtin_provisioners;
