/* config_load: the configuration of a root module, with the modules that it calls and its tests.
 *
 * Diagnostics of all files are collected; *out may be partly usable to go on checking even when
 * false is returned (NULL where nothing could be read). */
#pragma once

#include "config.h"
#include "config_request.h"

MUST_USE bool config_load(const ConfigRequest *request, Config **out, Arena *arena, Diags *diags);
