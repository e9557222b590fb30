/* proxy_config: gives kube-proxy a configuration: its ConfigMap, then new pods of its DaemonSet. */
#pragma once

#include "change_step.h"
#include "cluster_api.h"

typedef struct ProxyConfig {
    Value former;
    Value live;
    Value wanted; /* KubeProxyConfiguration */
} ProxyConfig;

/* Does nothing if the pods have the wanted configuration, or if there is no DaemonSet. Else waits
 * until all pods run with it; if one does not, puts the former configuration back, and adds an
 * error with the end of its log. */
ChangeOutcome proxy_config_run(const Call *call, const ClusterApi *api, const ProxyConfig *config,
                               Diags *diags);
