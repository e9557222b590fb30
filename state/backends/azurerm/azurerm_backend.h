/* azurerm_backend: the backend "azurerm". */
#pragma once

#include "backend.h"

extern const BackendType azurerm_backend;
