/* Pages of keys, in both spellings, and errors. */
#include "unit.h"

#include "s3_xml.h"

#define PAGE(inside)                                                                               \
    "<?xml version=\"1.0\"?><ListBucketResult "                                                    \
    "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" inside "</ListBucketResult>"

typedef struct Row {
    const char *text;
    bool ok;
    const char *keys; /* with "|" after each */
    const char *next;
} Row;

static const Row rows[] = {
    {PAGE(""),                                                                               true,  "",        ""  },
    {PAGE("<Contents><Key>a b&amp;+c</Key></Contents>"),                                     true,  "a b&+c|", ""  },
    {PAGE("<EncodingType>url</EncodingType><Contents><Key>a+b%2Bc/%C3%BC</Key></Contents>"), true,
     "a b+c/\xc3\xbc|",                                                                                        ""  },
    {PAGE("<IsTruncated>true</IsTruncated><Contents><Key>x</Key><Size>1</Size></Contents><Contents>"
          "<Key>y</Key></Contents><NextContinuationToken>t=</NextContinuationToken>"),
     true,                                                                                          "x|y|",    "t="},
    {PAGE("<EncodingType>url</EncodingType><Contents><Key>a%zz</Key></Contents>"),           false, "",        ""  },
    {"<Other/>",                                                                             false, "",        ""  },
    {"<ListBucketResult>",                                                                   false, "",        ""  },
    {"",                                                                                     false, "",        ""  },
    {"<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><ListBucketResult><Contents><Key>&e;"
     "</Key></Contents></ListBucketResult>",                                            true,  "",        ""  },
};

static void pages(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        S3Page page = {0};
        StrBuf keys = strbuf_new(arena);
        assert_int_equal(s3_xml_page(str_from_cstr(rows[i].text), &page, arena), rows[i].ok);
        vec_each(&page.keys, key) {
            strbuf_add_format(&keys, "%.*s|", STR_ARG(*key));
        }
        check_str(strbuf_str(&keys), rows[i].keys);
        check_str(page.next, rows[i].next);
    }
}

static void errors(void **state) {
    (void)state;
    SCOPED(ArenaRef) arena = arena_open("test");
    Str code, message;
    s3_xml_error(STR("<Error><Code>NoSuchKey</Code><Message>It is not there.</Message></Error>"),
                 &code, &message, arena);
    check_str(code, "NoSuchKey");
    check_str(message, "It is not there.");
    s3_xml_error(STR("<html>proxy</html>"), &code, &message, arena);
    check_str(code, "");
    check_str(message, "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages),
        cmocka_unit_test(errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
