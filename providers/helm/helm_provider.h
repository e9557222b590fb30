/* helm: objects of local charts, rendered by the program helm. loam contains no renderer of charts.
 */
#pragma once

#include "provider.h"

/* clang-format off */
#define HELM_TYPES(ROW)                     \
    ROW(DataSourceType, data_helm_template)
/* clang-format on */

HELM_TYPES(TYPE_DECLARE)

extern const ForeignNames hashicorp_helm_arguments;
extern const ProviderTwin hashicorp_helm;
extern const Provider helm_provider;
