/* time: moments and delays that are kept in the state. */
#pragma once

#include "provider.h"

extern const ResourceType time_offset;
extern const ResourceType time_rotating;
extern const ResourceType time_sleep;
extern const ResourceType time_static;

extern const ProviderFunction time_functions[3];

extern const Provider time_provider;
