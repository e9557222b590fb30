/* What there is: a row each. A provider with a module is opened when a configuration needs it. */
#include "builtin.h"
#include "archive_provider.h"
#include "external_provider.h"
#include "http_provider.h"
#include "local_provider.h"
#include "null_provider.h"
#include "provisioners.h"
#include "random_provider.h"
#include "ssh_provider.h"
#include "terraform_provider.h"
#include "time_provider.h"
#include "tls_provider.h"

/* name, address, compiled in, or the module that has it */
const ProviderRow builtin_providers[] = {
    {"terraform", "terraform.io/builtin/terraform",           &terraform_provider, NULL             },
    {"random",    "registry.terraform.io/hashicorp/random",   &random_provider,    NULL             },
    {"tls",       "registry.terraform.io/hashicorp/tls",      &tls_provider,       NULL             },
    {"local",     "registry.terraform.io/hashicorp/local",    &local_provider,     NULL             },
    {"null",      "registry.terraform.io/hashicorp/null",     &null_provider,      NULL             },
    {"time",      "registry.terraform.io/hashicorp/time",     &time_provider,      NULL             },
    {"http",      "registry.terraform.io/hashicorp/http",     &http_provider,      NULL             },
    {"external",  "registry.terraform.io/hashicorp/external", &external_provider,  NULL             },
    {"archive",   "registry.terraform.io/hashicorp/archive",  &archive_provider,   NULL             },
    {"ssh",       "loam.internal/builtin/ssh",                &ssh_provider,       NULL             },
    {"libvirt",   "loam.internal/builtin/libvirt",            NULL,                "loam-libvirt.so"},
};
const size_t builtin_provider_count = ARRAY_COUNT(builtin_providers);

static const ProvisionerType *const provisioners[] = {
    &local_exec_provisioner,
    &remote_exec_provisioner,
    &file_provisioner,
};
const ProvisionerTable builtin_provisioners = {provisioners, ARRAY_COUNT(provisioners)};
