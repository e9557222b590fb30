/* kubeadm_document: objects of kubeadm_schema as documents for kubeadm. */
#pragma once

#include "value.h"

/* Returns an object with the fields' names. Null attributes are omitted; empty lists stay, because
 * "taints: []" differs from no taints. `object` is wholly known. */
Value kubeadm_document_fields(Value object, Arena *arena);
/* Adds a YAML document of this kind; `fields` may be null. */
void kubeadm_document_add(
    StrBuf *out, const char *api_version, const char *kind, Value fields, Arena *arena);
