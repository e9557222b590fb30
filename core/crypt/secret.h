/* secret: bytes that are not to stay in memory. */
#pragma once

#include "str.h"

/* Overwrites them where they stand. */
void secret_wipe(Str secret);
