/* foreign_function: the functions of a provider that is a program. */
#pragma once

#include "foreign_client.h"

/* Implements Provider.find_function. */
const ProviderFunction *foreign_function_find(const Provider *provider, Str name);
