/* terraform: values that exist only in the state, and outputs of other states. */
#pragma once

#include "provider.h"

/* clang-format off */
#define TERRAFORM_TYPES(ROW)                         \
    ROW(ResourceType, terraform_data)                \
    ROW(DataSourceType, data_terraform_remote_state)
/* clang-format on */

TERRAFORM_TYPES(TYPE_DECLARE)

extern const Provider terraform_provider;
