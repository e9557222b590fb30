/* cluster_config: the configurations that a cluster keeps for joins and upgrades, in its ConfigMaps
 * kubeadm-config, kubelet-config and kube-proxy. A change begins with them, so that arguments which
 * this program does not know stay, such as those of an imported cluster. */
#pragma once

#include "change_class.h"
#include "cluster_api.h"

typedef struct ClusterDocuments {
    Value cluster; /* ClusterConfiguration */
    Value kubelet; /* KubeletConfiguration; null if the cluster has none */
    Value proxy;   /* KubeProxyConfiguration; likewise */
} ClusterDocuments;

typedef struct ClusterConfig {
    ClusterDocuments former; /* before the change, which may be unfinished */
    ClusterDocuments live;   /* those of the ConfigMaps */
} ClusterConfig;

/* Reads the configurations, and keeps them on the machine as the former ones unless an unfinished
 * change has kept some. From then on a refresh finds the change unfinished. */
MUST_USE bool cluster_config_begin(const ClusterApi *api, SshLink *link, ClusterConfig *out,
                                   Diags *diags);
/* Reads a document in YAML; returns false if it is none. */
MUST_USE bool cluster_config_parse(Str text, Value *out, Arena *arena);
/* Returns the former configuration with the values that the rows of the cluster have in `planned`,
 * an object of kubeadm_init. */
Value cluster_config_with(Value former, const ChangeRows *changes, Value planned, Arena *arena);
/* Replaces the volumes for files of a component, "api_server" for example, by those of a list of
 * control_files_volumes. */
Value cluster_config_with_volumes(Value config, const char *component, Value volumes, Arena *arena);
/* Sets *out to the KubeProxyConfiguration that kubeadm on the machine makes of its fields `given`,
 * or of null: with kubeadm's defaults. `text`: of cluster_config_text. */
MUST_USE bool cluster_config_make_proxy(SshLink *link, Str text, Value given, Value *out,
                                        Diags *diags);
/* Gives the cluster a ClusterConfiguration, by kubeadm on the machine. `init`: text of its
 * InitConfiguration. */
MUST_USE bool cluster_config_upload(SshLink *link, Str init, Value config, Diags *diags);
/* Same with the KubeletConfiguration, which kubelets read in their next step. */
MUST_USE bool cluster_config_upload_kubelet(SshLink *link, Str init, const ClusterDocuments *config,
                                            Diags *diags);
/* Returns both as input of kubeadm. */
Str cluster_config_text(Str init, Value config, Arena *arena);
/* Sets the registry of the images, from which kubeadm takes them when it upgrades the cluster: it
 * reads this ConfigMap, and the kubeadm of a later version may not write it for the present one. */
MUST_USE bool cluster_config_set_repository(const Call *call, const ClusterApi *api, Str repository,
                                            Diags *diags);
/* Ends the change. */
MUST_USE bool cluster_config_end(SshLink *link, Diags *diags);
