/* Pages of keys, in both spellings, and errors. */
#include "scripted_http.h"

#include "s3_client.h"

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
    {PAGE(""), true, "", ""},
    {PAGE("<Contents><Key>a b&amp;+c</Key></Contents>"), true, "a b&+c|", ""},
    {PAGE("<EncodingType>url</EncodingType><Contents><Key>a+b%2Bc/%C3%BC</Key></Contents>"), true,
     "a b+c/\xc3\xbc|", ""},
    {PAGE("<IsTruncated>true</IsTruncated><Contents><Key>x</Key><Size>1</Size></Contents><Contents>"
          "<Key>y</Key></Contents><NextContinuationToken>t=</NextContinuationToken>"),
     true, "x|y|", "t="},
    {PAGE("<EncodingType>url</EncodingType><Contents><Key>a%zz</Key></Contents>"), false, "", ""},
    {"<Other/>", false, "", ""},
    {"<ListBucketResult>", false, "", ""},
    {"", false, "", ""},
    {"<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><ListBucketResult><Contents><Key>&e;"
     "</Key></Contents></ListBucketResult>",
     true, "", ""},
};

#define LAST_PAGE PAGE("<Contents><Key>last</Key></Contents>")

static S3Client client_of(const Io *io, Arena *arena) {
    AwsOptions options = {.access_key = STR("A"), .secret_key = STR("S"), .region = STR("r")};
    return (S3Client){.io = io,
                      .settings = {.session = aws_session_open(io, &options, arena),
                                   .region = STR("r"),
                                   .bucket = STR("b"),
                                   .endpoint = STR("http://h"),
                                   .path_style = true}};
}

static void pages(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        bool has_next = rows[i].next[0] != '\0';
        ScriptedAnswer answers[] = {
            {200, rows[i].text},
            {200, LAST_PAGE},
        };
        ScriptedHttp script = {.answers = answers, .count = has_next ? 2 : 1};
        Io io = scripted_http_io(&script, arena);
        S3Client client = client_of(&io, arena);
        StrVec found = {0};
        Str problem;
        StrBuf keys = strbuf_new(arena);
        S3Status status = s3_client_list(&client, STR("p"), &found, &problem, arena);
        aws_session_close(client.settings.session);
        assert_int_equal(status, rows[i].ok ? S3_DONE : S3_FAILED);
        vec_each(&found, key) {
            strbuf_add_format(&keys, "%.*s|", STR_ARG(*key));
        }
        Str wanted = str_format(arena, "%s%s", rows[i].keys, has_next ? "last|" : "");
        check_str_equal(strbuf_str(&keys), wanted);
        assert_int_equal(script.next, script.count);
        if (has_next)
            assert_true(str_find(strbuf_str(&script.diary), STR("&continuation-token=t%3D"), 0) !=
                        SIZE_MAX);
    }
}

/* The code and message of an error, from XML or from a text that is none. */
static void errors(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const ScriptedAnswer answers[] = {
        {404, "<Error><Code>NoSuchKey</Code><Message>It is not there.</Message></Error>"},
        {404, "<Error><Code>NoSuchBucket</Code><Message>None.</Message></Error>"},
        {403, "<html>proxy</html>"},
    };
    ScriptedHttp script = {.answers = answers, .count = ARRAY_COUNT(answers)};
    Io io = scripted_http_io(&script, arena);
    S3Client client = client_of(&io, arena);
    Str text, problem = STR_EMPTY;
    assert_int_equal(s3_client_get(&client, STR("k"), &text, &problem, arena), S3_ABSENT);
    assert_int_equal(s3_client_get(&client, STR("k"), &text, &problem, arena), S3_FAILED);
    check_str(problem, "HTTP status 404 NoSuchBucket (None): create the bucket first, or correct "
                       "its name");
    assert_int_equal(s3_client_get(&client, STR("k"), &text, &problem, arena), S3_FAILED);
    check_str(problem, "HTTP status 403");
    aws_session_close(client.settings.session);
}

/* A deletion on condition of a version; a store without conditions gets a second request. */
static void deletions(void **) {
    static const struct {
        const char *version;
        int codes[2]; /* 0: no second request */
        S3Status status;
    } table[] = {
        {"", {204}, S3_DONE},           {"", {404}, S3_DONE},
        {"", {412}, S3_FAILED},         {"", {501}, S3_FAILED},
        {"\"v\"", {204}, S3_DONE},      {"\"v\"", {404}, S3_DONE},
        {"\"v\"", {412}, S3_EXISTS},    {"\"v\"", {409}, S3_FAILED},
        {"\"v\"", {501, 204}, S3_DONE}, {"\"v\"", {501, 403}, S3_FAILED},
    };
    for (size_t i = 0; i < ARRAY_COUNT(table); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        const int *codes = table[i].codes;
        ScriptedAnswer answers[] = {{codes[0], ""}, {codes[1], ""}};
        ScriptedHttp script = {.answers = answers, .count = codes[1] ? 2 : 1};
        Io io = scripted_http_io(&script, arena);
        S3Client client = client_of(&io, arena);
        Str problem = STR_EMPTY;
        assert_int_equal(
            s3_client_delete(&client, STR("k"), str_from_cstr(table[i].version), &problem, arena),
            table[i].status);
        assert_int_equal(script.next, script.count);
        aws_session_close(client.settings.session);
    }
}

UNIT_MAIN(test_s3_client) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages),
        cmocka_unit_test(errors),
        cmocka_unit_test(deletions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
