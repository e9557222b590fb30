/* azurerm_settings: settings of the azurerm backend, from its block and the environment. */
#pragma once

#include "azure_blob.h"
#include "backend.h"

/* Sizes of the tables below. */
#define AZURERM_SETTINGS_COUNT     34
#define AZURERM_SETTINGS_VARIABLES 39
extern const Attribute azurerm_settings_attributes[];
extern const BackendVariable azurerm_settings_variables[];

/* Sends no request, except to a `metadata_host`. Returns false, with errors, if arguments are
 * missing or conflict. The caller closes the sources of tokens and keys. */
MUST_USE bool azurerm_settings_read(const Io *io, Value config, AzureBlobSettings *out,
                                    Arena *arena, Diags *diags);
