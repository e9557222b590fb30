/* render_legacy: schemas of providers with the old SDK. */
#pragma once

#include "schema.h"

/* Returns whether the old SDK of providers could have this body, without those of its blocks.
 * Terraform shows empty texts of such a body as null, because that SDK does not distinguish
 * them. */
bool render_legacy_schema(const Schema *schema);
