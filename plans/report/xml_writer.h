/* xml_writer: writes an XML document, element by element. Characters that XML does not allow
 * (control characters, broken UTF-8) and carriage returns become U+FFFD. An element contains either
 * elements or text. */
#pragma once

#include "vec.h"

typedef struct XmlWriter {
    StrBuf *out;
    Arena *arena;
    VEC(const char *) open; /* names of the elements that are not closed, outermost first */
    bool is_in_tag;         /* the tag that opens the innermost one lacks its ">" */
    bool has_text;          /* the innermost one has text */
} XmlWriter;

/* Appends a document to `out`, indented, beginning with its declaration. */
XmlWriter xml_writer_new(StrBuf *out, Arena *arena);
void xml_writer_open(XmlWriter *xml, const char *name);
/* Attributes must follow the opening of their element directly. */
void xml_writer_attribute(XmlWriter *xml, const char *name, Str text);
void xml_writer_count(XmlWriter *xml, const char *name, size_t count);
/* Writes `ms` as an attribute in seconds, with three decimals: 1.500 */
void xml_writer_seconds(XmlWriter *xml, const char *name, int64_t ms);
void xml_writer_text(XmlWriter *xml, Str text);
void xml_writer_close(XmlWriter *xml);
