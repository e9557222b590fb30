/* Pages of blobs, statuses and errors, and what authorizes a request. */
#include "scripted_http.h"

#include "azure_blob.h"

#define PAGE(inside)                                                                               \
    "\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults "                   \
    "ServiceEndpoint=\"http://h/\" ContainerName=\"c\">" inside "</EnumerationResults>"

typedef struct Row {
    const char *text;
    bool ok;
    const char *names; /* with "|" after each */
    bool has_next;
} Row;

static const Row rows[] = {
    {PAGE("<Blobs/><NextMarker/>"), true, "", false},
    {PAGE("<Blobs><Blob><Name>a b&amp;+c</Name><Properties/></Blob></Blobs><NextMarker />"), true,
     "a b&+c|", false},
    {PAGE("<Blobs><Blob><Name>x</Name></Blob><Blob><Name Encoded=\"true\">y%EF%BF%BF</Name></Blob>"
          "</Blobs><NextMarker>m=/</NextMarker>"),
     true, "x|y\xef\xbf\xbf|", true},
    {PAGE("<Blobs><Blob><Name Encoded=\"true\">y%zz</Name></Blob></Blobs>"), false, "", false},
    {"<Other/>", false, "", false},
    {"<EnumerationResults>", false, "", false},
    {"", false, "", false},
};

#define LAST_PAGE PAGE("<Blobs><Blob><Name>last</Name></Blob></Blobs>")

static AzureBlob client_of(const Io *io) {
    return (AzureBlob){.io = io,
                       .settings = {.endpoint = STR("http://h/a"),
                                    .container = STR("c"),
                                    .account = {.name = STR("a"), .key = STR("AAAA")}}};
}

static void pages(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        ScriptedAnswer answers[] = {{200, rows[i].text}, {200, LAST_PAGE}};
        ScriptedHttp script = {.answers = answers, .count = rows[i].has_next ? 2 : 1};
        Io io = scripted_http_io(&script, arena);
        AzureBlob client = client_of(&io);
        StrVec found = {0};
        Str problem;
        StrBuf names = strbuf_new(arena);
        AzureBlobStatus status = azure_blob_list(&client, STR("p/"), &found, &problem, arena);
        assert_int_equal(status, rows[i].ok ? AZURE_BLOB_DONE : AZURE_BLOB_FAILED);
        vec_each(&found, name) {
            strbuf_add_format(&names, "%.*s|", STR_ARG(*name));
        }
        Str wanted = str_format(arena, "%s%s", rows[i].names, rows[i].has_next ? "last|" : "");
        check_str_equal(strbuf_str(&names), wanted);
        assert_int_equal(script.next, script.count);
        if (rows[i].has_next)
            assert_true(str_find(strbuf_str(&script.diary), STR("&prefix=p%2F&marker=m%3D%2F"),
                                 0) != SIZE_MAX);
    }
}

static void statuses(void **) {
    static const struct {
        int code;
        AzureBlobStatus status;
        const char *problem;
    } table[] = {
        {200, AZURE_BLOB_DONE, ""},
        {404, AZURE_BLOB_ABSENT, "HTTP status 404"},
        {409, AZURE_BLOB_CONFLICT, "HTTP status 409"},
        {412, AZURE_BLOB_CONFLICT, "HTTP status 412"},
        {403, AZURE_BLOB_FAILED, "HTTP status 403"},
        {301, AZURE_BLOB_FAILED, "HTTP status 301"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(table); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        ScriptedAnswer answers[] = {{table[i].code, "text"}};
        ScriptedHttp script = {.answers = answers, .count = 1};
        Io io = scripted_http_io(&script, arena);
        AzureBlob client = client_of(&io);
        Str text, problem = STR_EMPTY;
        assert_int_equal(azure_blob_read(&client, STR("a b"), STR_EMPTY, &text, &problem, arena),
                         table[i].status);
        check_str(problem, table[i].problem);
        check_str(text, table[i].code == 200 ? "text" : "");
        check_str(strbuf_str(&script.diary), "GET http://h/a/c/a%20b \n");
    }
}

/* A signature is a part of the URL; it is added after other parameters. */
static void shared_access(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    ScriptedAnswer answers[] = {{200, ""}, {201, ""}};
    ScriptedHttp script = {.answers = answers, .count = 2};
    Io io = scripted_http_io(&script, arena);
    AzureBlob client = client_of(&io);
    client.settings.sas = STR("sv=1&sig=x%3D");
    Str text, problem = STR_EMPTY;
    AzureBlobCall call = {.method = "PUT", .name = STR("b"), .query = "comp=lease"};
    AzureBlobReply reply;
    assert_int_equal(azure_blob_read(&client, STR("b"), STR_EMPTY, &text, &problem, arena),
                     AZURE_BLOB_DONE);
    assert_int_equal(azure_blob_send(&client, &call, &reply, arena), AZURE_BLOB_DONE);
    check_str(strbuf_str(&script.diary), "GET http://h/a/c/b?sv=1&sig=x%3D \n"
                                         "PUT http://h/a/c/b?comp=lease&sv=1&sig=x%3D \n");
}

UNIT_MAIN(test_azure_blob) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages),
        cmocka_unit_test(statuses),
        cmocka_unit_test(shared_access),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
