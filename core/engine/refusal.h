/* refusal: what the configuration says and validate checks, but planning and applying do not carry
 * out. Nothing of it is passed over in silence: each block is one error. A row of the table in
 * refusal.c goes when what it names is done. */
#pragma once

#include "config.h"

/* Of all modules. */
MUST_USE bool refusal_check(const Config *config, Diags *diags);
