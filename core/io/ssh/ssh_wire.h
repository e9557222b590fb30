/* ssh_wire: the data types of RFC 4251, section 5. */
#pragma once

#include "str.h"

/* Move a value from the front of `*rest` to *out; return false if `*rest` is too short. Texts are
 * views. */
MUST_USE bool ssh_wire_uint32(Str *rest, uint32_t *out);
MUST_USE bool ssh_wire_string(Str *rest, Str *out);

void ssh_wire_add_uint32(StrBuf *buf, uint32_t number);
void ssh_wire_add_string(StrBuf *buf, Str text);
