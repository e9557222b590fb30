/* Escapes and indents without libxml2, because loading it would slow down every start. */
#include "xml_writer.h"

#include "utf8.h"

#define INDENT 2

XmlWriter xml_writer_new(StrBuf *out, Arena *arena) {
    strbuf_add_cstr(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    return (XmlWriter){.out = out, .arena = arena};
}

static bool is_xml_char(uint32_t c) {
    return c == '\t' || c == '\n' || (c >= 0x20 && c < 0xd800) || (c >= 0xe000 && c < 0xfffe) ||
           (c >= 0x10000 && c <= 0x10ffff);
}

/* Parsers replace white space in attributes by blanks, unless it is escaped. */
static void writer_add_escaped(XmlWriter *xml, Str text, bool is_attribute) {
    for (size_t i = 0; i < text.len;) {
        size_t width;
        uint32_t codepoint = utf8_decode(text, i, &width);
        i += width;
        if (codepoint == '<')
            strbuf_add_cstr(xml->out, "&lt;");
        else if (codepoint == '>')
            strbuf_add_cstr(xml->out, "&gt;");
        else if (codepoint == '&')
            strbuf_add_cstr(xml->out, "&amp;");
        else if (codepoint == '"')
            strbuf_add_cstr(xml->out, "&quot;");
        else if (is_attribute && (codepoint == '\n' || codepoint == '\t'))
            strbuf_add_format(xml->out, "&#%u;", codepoint);
        else
            utf8_add(xml->out, is_xml_char(codepoint) ? codepoint : 0xfffd);
    }
}

void xml_writer_open(XmlWriter *xml, const char *name) {
    if (xml->is_in_tag)
        strbuf_add_cstr(xml->out, ">\n");
    strbuf_add_repeat(xml->out, ' ', INDENT * xml->open.count);
    strbuf_add_format(xml->out, "<%s", name);
    vec_push(xml->arena, &xml->open, name);
    xml->is_in_tag = true;
}

void xml_writer_attribute(XmlWriter *xml, const char *name, Str text) {
    strbuf_add_format(xml->out, " %s=\"", name);
    writer_add_escaped(xml, text, true);
    strbuf_add_char(xml->out, '"');
}

void xml_writer_count(XmlWriter *xml, const char *name, size_t count) {
    strbuf_add_format(xml->out, " %s=\"%zu\"", name, count);
}

void xml_writer_seconds(XmlWriter *xml, const char *name, int64_t ms) {
    strbuf_add_format(xml->out, " %s=\"%lld.%03lld\"", name, (long long)(ms / 1000),
                      (long long)(ms % 1000));
}

void xml_writer_text(XmlWriter *xml, Str text) {
    if (xml->is_in_tag)
        strbuf_add_char(xml->out, '>');
    xml->is_in_tag = false;
    xml->has_text = true;
    writer_add_escaped(xml, text, false);
}

void xml_writer_close(XmlWriter *xml) {
    const char *name = xml->open.items[--xml->open.count];
    if (xml->is_in_tag) {
        strbuf_add_cstr(xml->out, "/>\n");
    } else {
        strbuf_add_repeat(xml->out, ' ', xml->has_text ? 0 : INDENT * xml->open.count);
        strbuf_add_format(xml->out, "</%s>\n", name);
    }
    xml->is_in_tag = xml->has_text = false;
}
