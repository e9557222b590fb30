/* local: files on the machine that loam runs on. */
#pragma once

#include "provider.h"

extern const ResourceType local_file;
extern const ResourceType local_sensitive_file;
extern const DataSourceType data_local_command;
extern const DataSourceType data_local_file;
extern const DataSourceType data_local_sensitive_file;
extern const EphemeralType ephemeral_local_command;
extern const EphemeralType ephemeral_local_sensitive_file;

extern const Provider local_provider;
