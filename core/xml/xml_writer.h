/* xml_writer: writes an XML document, element by element, with libxml2. Characters that XML does
 * not allow (control characters, broken UTF-8) and carriage returns become U+FFFD. */
#pragma once

#include "str.h"

typedef struct XmlWriter {
    void *writer;
    void *buffer;
} XmlWriter;

XmlWriter xml_writer_new(void);
void xml_writer_release(XmlWriter *xml);
SCOPED_TYPE(XmlWriter, xml_writer_release);

void xml_writer_open(XmlWriter *xml, const char *name);
/* Attributes must follow the opening of their element directly. */
void xml_writer_attribute(XmlWriter *xml, const char *name, Str text);
void xml_writer_count(XmlWriter *xml, const char *name, size_t count);
/* Writes `ms` as an attribute in seconds, with three decimals: 1.500 */
void xml_writer_seconds(XmlWriter *xml, const char *name, int64_t ms);
void xml_writer_text(XmlWriter *xml, Str text);
void xml_writer_close(XmlWriter *xml);
/* Appends the whole document to `out`: indented, with declaration and final newline. */
void xml_writer_finish(XmlWriter *xml, StrBuf *out);
