/* null: objects that do nothing, to hang provisioners and triggers on. */
#pragma once

#include "provider.h"

extern const ResourceType null_resource;
extern const DataSourceType data_null_data_source;

/* A random whole number below 2^63, as text. */
Str null_random_text(Arena *arena);

extern const Provider null_provider;
