/* kubeadm_preview: what a change of the control planes undoes. A change replaces the manifests of
 * static pods, also those that were edited on a machine. */
#pragma once

#include "kubeadm_node.h"

/* Adds a note for each static pod that the planned change replaces and that differs from the
 * configuration of the cluster, and one for each control plane that cannot be asked. Reads from all
 * control planes at once, and only if static pods change. */
void kubeadm_preview_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                          Diags *diags);
