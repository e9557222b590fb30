/* kubeadm_files: the files of components ("files" of kubeadm_init) with their contents. A content
 * that the state does not have comes from the configuration, or from a control plane. */
#pragma once

#include "kubeadm_node.h"

/* Returns what KubeadmNode.contents is for a configuration of kubeadm_init. */
Value kubeadm_files_given(Value config, Arena *arena);
/* Sets *lines to those of control_files. Contents that neither `files` nor the node has are read
 * from another control plane of the state. */
MUST_USE bool kubeadm_files_lines(const KubeadmNode *node, Value files, Str *lines, Diags *diags);
