/* Reads the lists with libxml2. */
#include "azure_answer.h"
#include "url.h"
#include "xml.h"

static bool azure_answer_page(Str text, AzurePage *out, Arena *arena) {
    SCOPED(XmlDoc) doc = {0};
    if (!xml_read(text, &doc) || !xml_find(xml_root(&doc), "self::EnumerationResults"))
        return false;
    AzurePage page = {0};
    XmlNodes names = xml_find_all(xml_root(&doc), "Blobs/Blob/Name", arena);
    vec_each(&names, node) {
        Str name = xml_get(*node, ".", arena);
        /* Names with characters that XML cannot express are percent-encoded. */
        bool is_encoded = xml_find(*node, "self::*[@Encoded='true']") != NULL;
        if (is_encoded && !url_decode(name, &name, arena))
            return false;
        vec_push(arena, &page.names, name);
    }
    page.next = xml_get(xml_root(&doc), "NextMarker", arena);
    *out = page;
    return true;
}

const AzureAnswers azure_answers = {.parse_page = azure_answer_page};
