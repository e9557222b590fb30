/* kubeadm_check: the checks of kubeadm, as checks of attributes: a plan reports what kubeadm would
 * reject on the machine. */
#pragma once

#include "value.h"

Str kubeadm_check_port(Value value, Arena *arena);
/* Messages about tokens and keys do not contain them. */
Str kubeadm_check_token(Value value, Arena *arena);
Str kubeadm_check_certificate_key(Value value, Arena *arena);
Str kubeadm_check_hashes(Value value, Arena *arena);
Str kubeadm_check_path(Value value, Arena *arena);
Str kubeadm_check_authority_path(Value value, Arena *arena);
Str kubeadm_check_kubeconfig(Value value, Arena *arena);
Str kubeadm_check_address(Value value, Arena *arena);
Str kubeadm_check_socket(Value value, Arena *arena);
Str kubeadm_check_endpoint(Value value, Arena *arena);
Str kubeadm_check_networks(Value value, Arena *arena);
Str kubeadm_check_node_name(Value value, Arena *arena);
Str kubeadm_check_names(Value value, Arena *arena);
Str kubeadm_check_usages(Value value, Arena *arena);
Str kubeadm_check_groups(Value value, Arena *arena);
Str kubeadm_check_unmount_flags(Value value, Arena *arena);
Str kubeadm_check_urls(Value value, Arena *arena);
Str kubeadm_check_version(Value value, Arena *arena);
Str kubeadm_check_time(Value value, Arena *arena);
