/* report_xml: an XML document, element by element; libxml2 writes it. Text that XML cannot hold
 * (control characters, broken UTF-8) becomes U+FFFD. */
#pragma once

#include "str.h"

typedef struct ReportXml {
    void *writer;
    void *buffer;
} ReportXml;

ReportXml report_xml_new(void);
void report_xml_release(ReportXml *xml);
SCOPED_TYPE(ReportXml, report_xml_release);

void report_xml_open(ReportXml *xml, const char *name);
/* Right behind the element's opening. */
void report_xml_attribute(ReportXml *xml, const char *name, Str text);
void report_xml_count(ReportXml *xml, const char *name, size_t count);
/* 1.500 */
void report_xml_seconds(ReportXml *xml, const char *name, int64_t ms);
void report_xml_text(ReportXml *xml, Str text);
void report_xml_close(ReportXml *xml);
/* All of it, indented, with declaration and final newline. */
void report_xml_finish(ReportXml *xml, StrBuf *out);
