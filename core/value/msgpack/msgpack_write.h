/* msgpack_write: values in the encoding that Terraform and its providers exchange (DynamicValue).
 *
 * A set is written in its canonical order, an object with every attribute, sorted by name. */
#pragma once

#include "path.h"

/* Writes a value of a type that `type` allows. Where `type` is dynamic, writes the type of the
 * value as well. The value must not have marks: they have no encoding. Unknown values lose their
 * refinement, which providers do not read. */
void msgpack_write(StrBuf *out, Value v, const Type *type);
