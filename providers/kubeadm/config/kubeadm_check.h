/* kubeadm_check: functions for Attribute.check that reject values at plan time which kubeadm would
 * reject on the machine. Each returns an empty text or an error text. */
#pragma once

#include "value.h"

Str kubeadm_check_port(Value value, Arena *arena);
/* Errors about tokens and keys do not contain the secret value. */
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
