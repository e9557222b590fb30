/* ssh: commands and files on machines that are reached by SSH, with pinned host keys. */
#pragma once

#include "provider.h"

extern const ResourceType ssh_exec;
extern const ResourceType ssh_file;
extern const DataSourceType data_ssh_exec;
extern const EphemeralType ephemeral_ssh_exec;

extern const Provider ssh_provider;
