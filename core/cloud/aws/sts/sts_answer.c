/* Reads the replies with libxml2. */
#include "sts_answer.h"
#include "utf8.h"
#include "xml.h"

/* XPath of an element at any depth, whatever its namespace. */
#define ANYWHERE(name) "descendant-or-self::*[local-name()='" name "']"
#define LOCAL(name)    "*[local-name()='" name "']"

static bool parse_keys(Str text, StsKeys *out, Arena *arena) {
    SCOPED(XmlDoc) doc = {0};
    xmlNodePtr keys =
        xml_read(text, &doc) ? xml_find(xml_root(&doc), ANYWHERE("Credentials")) : NULL;
    if (!keys)
        return false;
    *out = (StsKeys){
        .access_key = xml_get(keys, LOCAL("AccessKeyId"), arena),
        .secret_key = xml_get(keys, LOCAL("SecretAccessKey"), arena),
        .token = xml_get(keys, LOCAL("SessionToken"), arena),
        .expiration = xml_get(keys, LOCAL("Expiration"), arena),
    };
    return out->access_key.len > 0 && out->secret_key.len > 0;
}

static Str parse_account(Str text, Arena *arena) {
    SCOPED(XmlDoc) doc = {0};
    return xml_read(text, &doc) ? xml_get(xml_root(&doc), ANYWHERE("Account"), arena) : STR_EMPTY;
}

static void parse_error(Str text, Str *code, Str *message, Arena *arena) {
    SCOPED(XmlDoc) doc = {0};
    *code = *message = STR_EMPTY;
    xmlNodePtr error = xml_read(text, &doc) ? xml_find(xml_root(&doc), ANYWHERE("Error")) : NULL;
    if (!error)
        return;
    *code = utf8_one_line(xml_get(error, LOCAL("Code"), arena), arena);
    *message = utf8_one_line(xml_get(error, LOCAL("Message"), arena), arena);
}

const StsAnswers sts_answers = {
    .parse_keys = parse_keys, .parse_account = parse_account, .parse_error = parse_error};
