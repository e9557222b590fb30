/* console_type: a type as the console shows it: what has members has a line for each. */
#pragma once

#include "type.h"

Str console_type_to_str(const Type *type, Arena *arena);
