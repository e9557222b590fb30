/* The row of the backend "remote". */
#pragma once

#include "backend.h"

extern const BackendType remote_backend;
