/* terraform: values that live in the state alone. */
#pragma once

#include "provider.h"

extern const ResourceType terraform_data;

extern const Provider terraform_provider;
