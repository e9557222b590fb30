/* wire: the binary format of protobuf messages: a reader that copies nothing, and a writer.
 *
 * A message is a sequence of fields, each with a number and one of four forms. The reader knows no
 * schema: the caller switches on the number and skips the numbers that it does not know. Of a
 * singular field that occurs twice, the last wins.
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
    bool is_bad; /* the bytes are not a message; wire_next returned false because of that */
} WireReader;

WireReader wire_reader_new(Str message);
/* Reads the next field. Returns false at the end, and at the first bytes that are not a field. */
bool wire_next(WireReader *reader, WireField *field);

/* The writers leave out zero and empty text, which is how the format writes default values. */
void wire_put_varint(StrBuf *out, uint32_t number, uint64_t value);
void wire_put_bytes(StrBuf *out, uint32_t number, Str bytes);
/* Begins an embedded message, or a text that must be present although it is empty. Returns the
 * offset that wire_end needs. */
size_t wire_begin(StrBuf *out, uint32_t number);
/* Writes the length of the content that was added since wire_begin. */
void wire_end(StrBuf *out, size_t start);
