/* manifest_upgrade: objects of kubernetes_manifest that Terraform's provider hashicorp/kubernetes
 * has stored, after "state replace-provider". */
#pragma once

#include "provider.h"

/* The provider stores objects with this version. Version 0 has the present form, too. */
#define MANIFEST_UPGRADE_HASHICORP 1

/* Slot `upgrade` of kubernetes_manifest. */
bool manifest_upgrade(const Call *call, const UpgradeRequest *request, UpgradeResponse *response,
                      Diags *diags);
