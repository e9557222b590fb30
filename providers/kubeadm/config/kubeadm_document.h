/* kubeadm_document: writes objects of kubeadm_schema as documents for kubeadm. */
#pragma once

#include "value.h"

/* Returns the object with field names instead of attribute names. Omits null attributes but keeps
 * empty lists, because "taints: []" differs from absent taints. `object` must be wholly known. */
Value kubeadm_document_fields(Value object, Arena *arena);
/* Appends a YAML document with this API version, kind and fields; `fields` may be null. */
void kubeadm_document_add(StrBuf *out, const char *api_version, const char *kind, Value fields,
                          Arena *arena);
