/* etcd_values: the beginnings of values in etcd, read through its JSON gateway. Values are secret
 * and may be large, so no more than their first bytes is kept, and each page is parsed as it
 * arrives. */
#pragma once

#include "etcd_gateway.h"

/* Of every value that an API server encrypts. */
#define ETCD_VALUES_ENCRYPTED "k8s:enc:"

typedef struct EtcdValues {
    int64_t count;
    int64_t matching; /* values that begin with the prefix */
    Str other;        /* the first key whose value does not; empty: none */
    Str match;        /* the first key whose value does */
} EtcdValues;

/* Looks at all values whose keys begin with `keys`. */
MUST_USE bool etcd_values_count(const EtcdGateway *etcd, Str keys, Str prefix, EtcdValues *out,
                                Diags *diags);
/* Sets *head to the beginning of one value; empty if there is none. Returns the end of a sentence,
 * or an empty text. */
MUST_USE Str etcd_values_head(const EtcdGateway *etcd, Str key, Str *head);
