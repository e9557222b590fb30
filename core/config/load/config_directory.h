/* config_directory: the configuration files of one directory as a module, without its children.
 *
 * The files that front_end.h knows are one module; override files (override.loam.yaml,
 * x_override.loam.yaml) are merged after the others. */
#pragma once

#include "config_block.h"

/* Reads and decodes all files of the directory into `module`. The module may be partly usable after
 * an error. */
MUST_USE bool config_directory_load(ConfigLoading *loading, Str dir, Module *module);
