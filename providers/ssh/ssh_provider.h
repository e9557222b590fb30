/* ssh: commands and files on machines reached by SSH, with pinned host keys. */
#pragma once

#include "provider.h"

/* clang-format off */
#define SSH_TYPES(ROW)                       \
    ROW(ResourceType, ssh_exec)              \
    ROW(ResourceType, ssh_file)              \
    ROW(DataSourceType, data_ssh_exec)       \
    ROW(DataSourceType, data_ssh_port_check) \
    ROW(EphemeralType, ephemeral_ssh_exec)
/* clang-format on */

SSH_TYPES(TYPE_DECLARE)

extern const Provider ssh_provider;
