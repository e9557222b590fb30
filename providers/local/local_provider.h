/* local: files and programs on the machine on which loam runs. */
#pragma once

#include "provider.h"

/* clang-format off */
#define LOCAL_RESOURCES(ROW)  \
    ROW(local_file)           \
    ROW(local_sensitive_file)

#define LOCAL_DATA_SOURCES(ROW)    \
    ROW(data_local_command)        \
    ROW(data_local_file)           \
    ROW(data_local_sensitive_file)

#define LOCAL_EPHEMERALS(ROW)           \
    ROW(ephemeral_local_command)        \
    ROW(ephemeral_local_sensitive_file)
/* clang-format on */

LOCAL_RESOURCES(RESOURCE_DECLARE)
LOCAL_DATA_SOURCES(DATA_SOURCE_DECLARE)
LOCAL_EPHEMERALS(EPHEMERAL_DECLARE)

extern const Provider local_provider;
