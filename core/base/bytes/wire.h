/* wire: reads and writes the binary format of protobuf messages. The reader copies nothing.
 *
 * A message is a sequence of fields, each with a number and one of four forms. The reader has no
 * schema: the caller switches on the number and ignores unknown numbers. If a singular field occurs
 * twice, the caller must use the last one.
 *
 *     WireField field;
 *     WireReader reader = wire_reader_new(bytes);
 *     while (wire_next(&reader, &field)) {
 *         switch (field.number) { … }
 *     }
 *     if (reader.is_bad) … */
#pragma once

#include "str.h"

typedef enum WireForm {
    WIRE_VARINT = 0,
    WIRE_FIXED64 = 1,
    WIRE_BYTES = 2, /* text, bytes, embedded message */
    WIRE_FIXED32 = 5,
} WireForm;

typedef struct WireField {
    uint32_t number;
    WireForm form;
    uint64_t value; /* 0 for WIRE_BYTES */
    Str bytes;      /* a view of the message; empty for the other forms */
} WireField;

typedef struct WireReader {
    Str rest;
    bool is_bad; /* wire_next returned false because the bytes are not a message */
} WireReader;

WireReader wire_reader_new(Str message);
/* Reads the next field. Returns false at the end, and at the first bytes that are not a field. */
bool wire_next(WireReader *reader, WireField *field);

/* Write one field. They omit zero and empty text, which are the default values of the format. */
void wire_put_varint(StrBuf *out, uint32_t number, uint64_t value);
void wire_put_bytes(StrBuf *out, uint32_t number, Str bytes);
/* Begins an embedded message, or a text that must be present although it is empty. Returns the
 * offset that wire_end needs. */
size_t wire_begin(StrBuf *out, uint32_t number);
/* Writes the length of the content that was added since wire_begin. */
void wire_end(StrBuf *out, size_t start);
