/* Reads the replies with libxml2. */
#include "s3_answer.h"
#include "url.h"
#include "utf8.h"
#include "xml.h"

/* XPath of a child, whatever its namespace: servers use different ones. */
#define LOCAL(name) "*[local-name()='" name "']"

/* Decodes form encoding, in which a blank is a plus sign. */
static bool decode_form(Str *key, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    for (size_t i = 0; i < key->len; i++)
        strbuf_add_char(&text, key->ptr[i] == '+' ? ' ' : key->ptr[i]);
    return url_decode(strbuf_str(&text), key, arena);
}

/* Returns false if the text is no XML, or its root does not match the XPath. */
static bool read_as(Str text, const char *root, XmlDoc *out) {
    return xml_read(text, out) && xml_find(xml_root(out), root) != NULL;
}

static bool parse_page(Str text, S3Page *out, Arena *arena) {
    SCOPED(XmlDoc) doc = {0};
    if (!read_as(text, "self::" LOCAL("ListBucketResult"), &doc))
        return false;
    S3Page page = {0};
    xmlNodePtr root = xml_root(&doc);
    bool is_encoded = str_equal(xml_get(root, LOCAL("EncodingType"), arena), STR("url"));
    XmlNodes contents = xml_find_all(root, LOCAL("Contents"), arena);
    vec_each(&contents, node) {
        Str key = xml_get(*node, LOCAL("Key"), arena);
        if (is_encoded && !decode_form(&key, arena))
            return false;
        if (key.len)
            vec_push(arena, &page.keys, key);
    }
    if (str_equal(xml_get(root, LOCAL("IsTruncated"), arena), STR("true")))
        page.next = xml_get(root, LOCAL("NextContinuationToken"), arena);
    *out = page;
    return true;
}

static void parse_error(Str text, Str *code, Str *message, Arena *arena) {
    SCOPED(XmlDoc) doc = {0};
    *code = *message = STR_EMPTY;
    if (!read_as(text, "self::" LOCAL("Error"), &doc))
        return;
    *code = utf8_one_line(xml_get(xml_root(&doc), LOCAL("Code"), arena), arena);
    *message = utf8_one_line(xml_get(xml_root(&doc), LOCAL("Message"), arena), arena);
}

const S3Answers s3_answers = {.parse_page = parse_page, .parse_error = parse_error};
