/* notes: text files in a directory. */
#pragma once

#include "provider.h"

extern const Provider notes_provider;
