/* terraform: values that live in the state alone, and those of other states. */
#pragma once

#include "provider.h"

extern const ResourceType terraform_data;
extern const DataSourceType data_terraform_remote_state;

extern const Provider terraform_provider;
