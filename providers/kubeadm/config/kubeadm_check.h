/* kubeadm_check: functions for Attribute.check that reject values at plan time which kubeadm would
 * reject on the machine. Each returns an empty text or an error text. */
#pragma once

#include "value.h"

/* Errors about tokens and keys do not contain the secret value. */
Str kubeadm_check_token(Value value, Arena *arena);
Str kubeadm_check_path(Value value, Arena *arena);
Str kubeadm_check_address(Value value, Arena *arena);
Str kubeadm_check_endpoint(Value value, Arena *arena);
Str kubeadm_check_node_name(Value value, Arena *arena);
Str kubeadm_check_version(Value value, Arena *arena);
