/* argocd_gitops: Argo CD as a controller of `loam gitops`. */
#pragma once

#include "gitops_object.h"

extern const GitopsController argocd_controller;
/* Slot of argocd_application. */
bool argocd_gitops(const Call *call, const GitopsRequest *request, GitopsResponse *response,
                   Diags *diags);
