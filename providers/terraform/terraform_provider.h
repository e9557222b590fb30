/* terraform: values that exist only in the state, and outputs of other states. */
#pragma once

#include "provider.h"

/* clang-format off */
#define TERRAFORM_RESOURCES(ROW) \
    ROW(terraform_data)

#define TERRAFORM_DATA_SOURCES(ROW)  \
    ROW(data_terraform_remote_state)
/* clang-format on */

TERRAFORM_RESOURCES(RESOURCE_DECLARE)
TERRAFORM_DATA_SOURCES(DATA_SOURCE_DECLARE)

extern const Provider terraform_provider;
