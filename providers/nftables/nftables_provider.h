/* nftables: tables of packet filter rules on machines reached by SSH. */
#pragma once

#include "provider.h"

/* clang-format off */
#define NFTABLES_RESOURCES(ROW) \
    ROW(nftables_table)
/* clang-format on */

NFTABLES_RESOURCES(RESOURCE_DECLARE)

extern const Provider nftables_provider;
