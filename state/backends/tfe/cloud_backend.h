/* The row of the block "cloud". */
#pragma once

#include "backend.h"

extern const BackendType cloud_backend;
