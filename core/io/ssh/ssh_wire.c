/* Reads and writes big-endian numbers and strings with a length. */
#include "ssh_wire.h"

bool ssh_wire_uint32(Str *rest, uint32_t *out) {
    if (rest->len < 4)
        return false;
    *out = 0;
    for (size_t i = 0; i < 4; i++)
        *out = *out << 8 | (unsigned char)rest->ptr[i];
    *rest = str_after(*rest, 4);
    return true;
}

bool ssh_wire_string(Str *rest, Str *out) {
    Str after = *rest;
    uint32_t size;
    if (!ssh_wire_uint32(&after, &size) || size > after.len)
        return false;
    *out = str_slice(after, 0, size);
    *rest = str_after(after, size);
    return true;
}

void ssh_wire_add_uint32(StrBuf *buf, uint32_t number) {
    for (int shift = 24; shift >= 0; shift -= 8)
        strbuf_add_char(buf, (char)(number >> shift & 0xff));
}

void ssh_wire_add_string(StrBuf *buf, Str text) {
    ssh_wire_add_uint32(buf, (uint32_t)text.len);
    strbuf_add(buf, text);
}
