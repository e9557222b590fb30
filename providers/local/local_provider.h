/* local: files and programs on the machine on which loam runs. */
#pragma once

#include "provider.h"

/* clang-format off */
#define LOCAL_TYPES(ROW)                               \
    ROW(ResourceType, local_file)                      \
    ROW(ResourceType, local_sensitive_file)            \
    ROW(DataSourceType, data_local_command)            \
    ROW(DataSourceType, data_local_file)               \
    ROW(DataSourceType, data_local_sensitive_file)     \
    ROW(EphemeralType, ephemeral_local_command)        \
    ROW(EphemeralType, ephemeral_local_sensitive_file)
/* clang-format on */

LOCAL_TYPES(TYPE_DECLARE)

extern const Provider local_provider;
