/* xml_writer: an XML document, element by element; libxml2 writes it. Text that XML cannot hold
 * (control characters, broken UTF-8) becomes U+FFFD. */
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
/* Right behind the element's opening. */
void xml_writer_attribute(XmlWriter *xml, const char *name, Str text);
void xml_writer_count(XmlWriter *xml, const char *name, size_t count);
/* 1.500 */
void xml_writer_seconds(XmlWriter *xml, const char *name, int64_t ms);
void xml_writer_text(XmlWriter *xml, Str text);
void xml_writer_close(XmlWriter *xml);
/* All of it, indented, with declaration and final newline. */
void xml_writer_finish(XmlWriter *xml, StrBuf *out);
