/* nftables: tables of packet filter rules on machines reached by SSH. */
#pragma once

#include "provider.h"

/* clang-format off */
#define NFTABLES_TYPES(ROW)           \
    ROW(ResourceType, nftables_table)
/* clang-format on */

NFTABLES_TYPES(TYPE_DECLARE)

extern const Provider nftables_provider;
