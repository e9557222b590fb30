/* ssh: commands and files on machines reached by SSH, with pinned host keys. */
#pragma once

#include "provider.h"

/* clang-format off */
#define SSH_RESOURCES(ROW) \
    ROW(ssh_exec)          \
    ROW(ssh_file)

#define SSH_DATA_SOURCES(ROW) \
    ROW(data_ssh_exec)        \
    ROW(data_ssh_port_check)

#define SSH_EPHEMERALS(ROW) \
    ROW(ephemeral_ssh_exec)
/* clang-format on */

SSH_RESOURCES(RESOURCE_DECLARE)
SSH_DATA_SOURCES(DATA_SOURCE_DECLARE)
SSH_EPHEMERALS(EPHEMERAL_DECLARE)

extern const Provider ssh_provider;
