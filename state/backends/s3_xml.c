/* libxml2, without the network and without entities. */
#include "s3_xml.h"
#include "url.h"
#include "utf8.h"

#include <libxml/parser.h>

typedef xmlDocPtr XmlDocRef;
static void xml_doc_ref_release(XmlDocRef *doc) {
    if (*doc)
        xmlFreeDoc(*doc);
}
SCOPED_TYPE(XmlDocRef, xml_doc_ref_release);

static xmlDocPtr parse(Str text) {
    int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
    if (text.len == 0 || text.len > INT32_MAX)
        return NULL;
    return xmlReadMemory(text.ptr, (int)text.len, NULL, NULL, options);
}

static bool is_named(const xmlNode *node, const char *name) {
    return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

/* The text of the first child of that name. */
static Str child_text(const xmlNode *parent, const char *name, Arena *arena) {
    for (xmlNode *node = parent->children; node; node = node->next) {
        if (!is_named(node, name))
            continue;
        xmlChar *content = xmlNodeGetContent(node);
        Str text = str_clone(str_from_cstr((const char *)content), arena);
        xmlFree(content);
        return text;
    }
    return STR_EMPTY;
}

/* In this encoding, which is that of forms, a blank is a plus sign. */
static bool decode(Str *key, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    for (size_t i = 0; i < key->len; i++)
        strbuf_add_char(&text, key->ptr[i] == '+' ? ' ' : key->ptr[i]);
    return url_decode(strbuf_str(&text), key, arena);
}

bool s3_xml_page(Str text, S3Page *out, Arena *arena) {
    SCOPED(XmlDocRef) doc = parse(text);
    const xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
    if (!root || !is_named(root, "ListBucketResult"))
        return false;
    S3Page page = {0};
    bool is_encoded = str_equal(child_text(root, "EncodingType", arena), STR("url"));
    for (xmlNode *node = root->children; node; node = node->next) {
        Str key = is_named(node, "Contents") ? child_text(node, "Key", arena) : STR_EMPTY;
        if (is_encoded && !decode(&key, arena))
            return false;
        if (key.len)
            vec_push(arena, &page.keys, key);
    }
    if (str_equal(child_text(root, "IsTruncated", arena), STR("true")))
        page.next = child_text(root, "NextContinuationToken", arena);
    *out = page;
    return true;
}

void s3_xml_error(Str text, Str *code, Str *message, Arena *arena) {
    SCOPED(XmlDocRef) doc = parse(text);
    const xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
    *code = *message = STR_EMPTY;
    if (!root || !is_named(root, "Error"))
        return;
    *code = utf8_strip_controls(child_text(root, "Code", arena), arena);
    *message = utf8_strip_controls(child_text(root, "Message", arena), arena);
}
