/* serve: the entry of the module loam-serve.so. */
#pragma once

#include "foreign_server.h"

extern ForeignServerRun *const foreign_server_module;
