/* cluster_config: the ClusterConfiguration that a cluster keeps for joins and upgrades, in its
 * ConfigMap kubeadm-config. A change begins with it, so that arguments which this program does not
 * know stay, such as those of an imported cluster. */
#pragma once

#include "change_class.h"
#include "cluster_api.h"

typedef struct ClusterConfig {
    Value former; /* before the change, which may be unfinished */
    Value live;   /* that of the ConfigMap */
} ClusterConfig;

/* Reads the configuration, and keeps it on the machine as the former one unless an unfinished
 * change has kept one. From then on a refresh finds the change unfinished. */
MUST_USE bool cluster_config_begin(const ClusterApi *api, SshLink *link, ClusterConfig *out,
                                   Diags *diags);
/* Returns the former configuration with the values that the rows of the cluster have in `planned`,
 * an object of kubeadm_init. */
Value cluster_config_with(Value former, const ChangeRows *changes, Value planned, Arena *arena);
/* Replaces the volumes for files of a component, "api_server" for example, by those of a list of
 * control_files_volumes. */
Value cluster_config_with_volumes(Value config, const char *component, Value volumes, Arena *arena);
/* Gives the cluster a configuration, by kubeadm on the machine. `init`: text of its
 * InitConfiguration. */
MUST_USE bool cluster_config_upload(SshLink *link, Str init, Value config, Diags *diags);
/* Returns both as input of kubeadm. */
Str cluster_config_text(Str init, Value config, Arena *arena);
/* Ends the change. */
MUST_USE bool cluster_config_end(SshLink *link, Diags *diags);
