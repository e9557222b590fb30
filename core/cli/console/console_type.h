/* console_type: formats a type for the console, with a line for each member. */
#pragma once

#include "type.h"

Str console_type_to_str(const Type *type, Arena *arena);
