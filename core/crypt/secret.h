/* secret: removes secret bytes from memory. */
#pragma once

#include "str.h"

/* Overwrites the bytes in place. */
void secret_wipe(Str secret);
