/* kubeadm_check: functions for Attribute.check that reject values at plan time which kubeadm would
 * reject on the machine. Each returns an empty text or an error text. */
#pragma once

#include "component_config.h"
#include "path_error.h"

/* Errors about tokens and keys do not contain the secret value. */
Str kubeadm_check_token(Value value, Arena *arena);
Str kubeadm_check_path(Value value, Arena *arena);
Str kubeadm_check_address(Value value, Arena *arena);
Str kubeadm_check_endpoint(Value value, Arena *arena);
Str kubeadm_check_node_name(Value value, Arena *arena);
Str kubeadm_check_version(Value value, Arena *arena);
/* A calendar event of systemd: only its characters are checked. */
Str kubeadm_check_calendar(Value value, Arena *arena);
/* Days before the end of a certificate. */
Str kubeadm_check_days(Value value, Arena *arena);

/* Checks the argument `name` of `config`, the configuration of a component, unless it is unknown.
 * Adds an error at the field, or a warning if the field may be newer than this program. */
MUST_USE bool kubeadm_check_component(const Call *call, Value config, const char *name,
                                      ComponentKind kind, const KubeVersion *version, Diags *diags);
/* Returns the path `inner` of the attribute `name`. */
Path kubeadm_check_below(const char *name, Path inner, Arena *arena);
