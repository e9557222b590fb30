/* Wraps the text writer of libxml2, which can only fail for lack of memory. */
#include "xml_writer.h"

#include "utf8.h"

#include <libxml/xmlwriter.h>

XmlWriter xml_writer_new(void) {
    XmlWriter xml = {.buffer = xmlBufferCreate()};
    CHECK(xml.buffer);
    xml.writer = xmlNewTextWriterMemory(xml.buffer, 0);
    CHECK(xml.writer);
    xmlTextWriterSetIndent(xml.writer, 1);
    xmlTextWriterSetIndentString(xml.writer, BAD_CAST "  ");
    CHECK(xmlTextWriterStartDocument(xml.writer, NULL, "UTF-8", NULL) >= 0);
    return xml;
}

void xml_writer_release(XmlWriter *xml) {
    if (xml->writer)
        xmlFreeTextWriter(xml->writer);
    if (xml->buffer)
        xmlBufferFree(xml->buffer);
    *xml = (XmlWriter){0};
}

static bool is_xml_char(uint32_t c) {
    return c == '\t' || c == '\n' || (c >= 0x20 && c < 0xd800) || (c >= 0xe000 && c < 0xfffe) ||
           (c >= 0x10000 && c <= 0x10ffff);
}

static const char *writer_clean(Str text, Arena *scratch) {
    StrBuf out = strbuf_new(scratch);
    for (size_t i = 0; i < text.len;) {
        size_t width;
        uint32_t codepoint = utf8_decode(text, i, &width);
        utf8_add(&out, is_xml_char(codepoint) ? codepoint : 0xfffd);
        i += width;
    }
    return str_to_cstr(strbuf_str(&out), scratch);
}

void xml_writer_open(XmlWriter *xml, const char *name) {
    CHECK(xmlTextWriterStartElement(xml->writer, BAD_CAST name) >= 0);
}

void xml_writer_attribute(XmlWriter *xml, const char *name, Str text) {
    SCOPED(ArenaRef) scratch = arena_open("xml");
    CHECK(xmlTextWriterWriteAttribute(xml->writer, BAD_CAST name,
                                      BAD_CAST writer_clean(text, scratch)) >= 0);
}

void xml_writer_count(XmlWriter *xml, const char *name, size_t count) {
    SCOPED(ArenaRef) scratch = arena_open("xml");
    xml_writer_attribute(xml, name, str_format(scratch, "%zu", count));
}

void xml_writer_seconds(XmlWriter *xml, const char *name, int64_t ms) {
    SCOPED(ArenaRef) scratch = arena_open("xml");
    Str text = str_format(scratch, "%lld.%03lld", (long long)(ms / 1000), (long long)(ms % 1000));
    xml_writer_attribute(xml, name, text);
}

void xml_writer_text(XmlWriter *xml, Str text) {
    SCOPED(ArenaRef) scratch = arena_open("xml");
    CHECK(xmlTextWriterWriteString(xml->writer, BAD_CAST writer_clean(text, scratch)) >= 0);
}

void xml_writer_close(XmlWriter *xml) {
    CHECK(xmlTextWriterEndElement(xml->writer) >= 0);
}

void xml_writer_finish(XmlWriter *xml, StrBuf *out) {
    CHECK(xmlTextWriterEndDocument(xml->writer) >= 0);
    const xmlBuffer *buffer = xml->buffer;
    strbuf_add(out, (Str){(const char *)xmlBufferContent(buffer), (size_t)xmlBufferLength(buffer)});
}
