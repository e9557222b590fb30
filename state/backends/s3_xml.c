/* s3_xml: matches elements by local name, since servers use different namespaces. */
#include "s3_xml.h"

#include "url.h"
#include "utf8.h"
#include "xml.h"

/* Decodes form encoding, in which a blank is a plus sign. */
static bool decode(Str *key, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    for (size_t i = 0; i < key->len; i++)
        strbuf_add_char(&text, key->ptr[i] == '+' ? ' ' : key->ptr[i]);
    return url_decode(strbuf_str(&text), key, arena);
}

/* Returns false if the text is no XML, or its root has another name. */
static bool read_as(Str text, const char *kind, XmlDoc *out) {
    return xml_read(text, out) && xml_is_named(xml_root(out), kind);
}

bool s3_xml_page(Str text, S3Page *out, Arena *arena) {
    SCOPED(XmlDoc) doc = {0};
    if (!read_as(text, "ListBucketResult", &doc))
        return false;
    S3Page page = {0};
    xmlNodePtr root = xml_root(&doc);
    bool is_encoded = str_equal(xml_child_text(root, "EncodingType", arena), STR("url"));
    for (xmlNodePtr node = xml_child(root, "Contents"); node; node = xml_next(node)) {
        Str key = xml_child_text(node, "Key", arena);
        if (is_encoded && !decode(&key, arena))
            return false;
        if (key.len)
            vec_push(arena, &page.keys, key);
    }
    if (str_equal(xml_child_text(root, "IsTruncated", arena), STR("true")))
        page.next = xml_child_text(root, "NextContinuationToken", arena);
    *out = page;
    return true;
}

void s3_xml_error(Str text, Str *code, Str *message, Arena *arena) {
    SCOPED(XmlDoc) doc = {0};
    *code = *message = STR_EMPTY;
    if (!read_as(text, "Error", &doc))
        return;
    *code = utf8_strip_controls(xml_child_text(xml_root(&doc), "Code", arena), arena);
    *message = utf8_strip_controls(xml_child_text(xml_root(&doc), "Message", arena), arena);
}
