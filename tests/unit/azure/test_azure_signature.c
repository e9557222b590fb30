/* Signatures of requests; the wanted ones are computed with Python's hmac. */
#include "unit.h"

#include "azure_signature.h"

#define EXAMPLE_MS INT64_C(1369353600000) /* 2013-05-24T00:00:00Z */

typedef struct Row {
    const char *method;
    const char *url;
    const char *headers; /* "name: value" with line ends between */
    const char *body;
    const char *account;
    const char *signature;
} Row;

/* The key that the documentation of the storage emulator publishes. */
static const Str key = STR_CONST("Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/"
                                 "K1SZFPTOtr/KBHBeksoGMGw==");

static const Row rows[] = {
    {"", "http://h:1/devstoreaccount1/states?restype=container&comp=list&prefix=a%20b%2Bc",
     "x-ms-version: 2021-12-02", "", "devstoreaccount1",
     "2tdTCsD4661XN0FbHCkUR3FWW/ZfmBhhrAJrys4hEi4="},
    {"PUT", "https://acct.blob.core.windows.net/c/a%20b",
     "x-ms-version: 2021-12-02\nIf-None-Match: *\nx-ms-blob-type: BlockBlob\nx-ms-meta-b: 2\n"
     "Content-Type: application/json\nX-MS-Lease-ID: L\nif-match: \"e\"",
     "state", "acct", "GseiiGgx0fJlVDHO7O8jpRVBFXjU0gmDTCBpHuapEnA="},
    {"PUT", "https://acct.blob.core.windows.net/c/k?comp=lease&include=a&include=b", "", "", "acct",
     "ABtLggVHzdiqTdziYwowQF7AY6sjqNJXPea/gQewLW0="},
};

static Str find(const HttpRequest *request, const char *name) {
    vec_each(&request->headers, header) {
        if (str_equal_cstr(header->name, name))
            return header->value;
    }
    return STR("absent");
}

static HttpRequest request_of(const Row *row, Arena *arena) {
    HttpRequest request = {.method = str_from_cstr(row->method),
                           .url = str_from_cstr(row->url),
                           .body = str_from_cstr(row->body)};
    Str rest = str_from_cstr(row->headers);
    Str line;
    while (rest.len && str_next_field(&rest, '\n', &line)) {
        size_t colon = str_find_char(line, ':', 0);
        HttpHeader header = {str_slice(line, 0, colon), str_trim(str_after(line, colon + 1))};
        vec_push(arena, &request.headers, header);
    }
    return request;
}

static void signatures(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        HttpRequest request = request_of(&rows[i], arena);
        AzureAccount account = {str_from_cstr(rows[i].account), key};
        assert_true(azure_signature_sign(&account, EXAMPLE_MS, &request, arena));
        Str wanted = str_format(arena, "SharedKey %s:%s", rows[i].account, rows[i].signature);
        check_str_equal(find(&request, "authorization"), wanted);
        check_str(find(&request, "x-ms-date"), "Fri, 24 May 2013 00:00:00 GMT");
    }
}

/* A key that is not base64, and a query that is not encoded. */
static void unusable(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const struct {
        const char *url;
        const char *key;
    } bad[] = {{"https://a/b", "not base64!"}, {"https://a/b", ""}, {"https://a/b?x=%zz", "AAAA"}};
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        HttpRequest request = {.url = str_from_cstr(bad[i].url)};
        AzureAccount account = {STR("a"), str_from_cstr(bad[i].key)};
        assert_false(azure_signature_sign(&account, EXAMPLE_MS, &request, arena));
    }
}

static void dates(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    check_str(azure_signature_date(0, arena), "Thu, 01 Jan 1970 00:00:00 GMT");
    check_str(azure_signature_date(INT64_C(1709251199999), arena), "Thu, 29 Feb 2024 23:59:59 GMT");
}

UNIT_MAIN(test_azure_signature) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signatures),
        cmocka_unit_test(unusable),
        cmocka_unit_test(dates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
