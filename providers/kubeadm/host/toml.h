/* toml: values as TOML, the format of the container runtimes' configurations.
 *
 * https://toml.io/en/v1.0.0 */
#pragma once

#include "value.h"

/* Appends an object or map. Its objects become tables, those in lists inline tables. Nulls are left
 * out. The value must be known. */
void toml_add(StrBuf *out, Value object, Arena *arena);
/* Appends a string in quotation marks. */
void toml_add_string(StrBuf *out, Str text);
