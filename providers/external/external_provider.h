/* external: answers of programs. */
#pragma once

#include "provider.h"

extern const DataSourceType data_external;

extern const Provider external_provider;
