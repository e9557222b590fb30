/* helm: objects of local charts, rendered by the program helm. loam contains no renderer of charts.
 */
#pragma once

#include "provider.h"

/* clang-format off */
#define HELM_DATA_SOURCES(ROW) \
    ROW(data_helm_template)
/* clang-format on */

HELM_DATA_SOURCES(DATA_SOURCE_DECLARE)

extern const Provider helm_provider;
