/* config_directory: loads the configuration files of one directory as a module, without child
 * modules.
 *
 * Files that front_end.h recognises form one module. Override files (override.loam.yaml,
 * x_override.loam.yaml) are merged after the others. Query files of the root module add
 * their blocks last, if the request includes them. */
#pragma once

#include "config_block.h"

/* Reads and decodes all files of the directory into `module`. After an error the module may be
 * partly usable. */
MUST_USE bool config_directory_load(ConfigLoading *loading, Str dir, Module *module);
