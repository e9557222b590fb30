/* The examples of the S3 documentation, with their signatures. */
#include "unit.h"

#include "aws_signature.h"

#define EXAMPLE_MS INT64_C(1369353600000) /* 2013-05-24T00:00:00Z */

typedef struct Row {
    const char *method;
    const char *url;
    const char *headers; /* "name: value" with line ends between */
    const char *body;
    const char *names;
    const char *signature;
} Row;

static const Row rows[] = {
    {"GET", "https://examplebucket.s3.amazonaws.com/test.txt", "range: bytes=0-9", "",
     "host;range;x-amz-content-sha256;x-amz-date",
     "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
    {"PUT", "https://examplebucket.s3.amazonaws.com/test%24file.text",
     "Date: Fri, 24 May 2013 00:00:00 GMT\nx-amz-storage-class: REDUCED_REDUNDANCY",
     "Welcome to Amazon S3.", "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
     "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
    {"GET", "https://examplebucket.s3.amazonaws.com/?lifecycle", "", "",
     "host;x-amz-content-sha256;x-amz-date",
     "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
    {"", "https://examplebucket.s3.amazonaws.com:443/?prefix=J&max-keys=2", "", "",
     "host;x-amz-content-sha256;x-amz-date",
     "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
};

static const AwsIdentity identity = {
    .access_key = STR_CONST("AKIAIOSFODNN7EXAMPLE"),
    .secret_key = STR_CONST("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
    .region = STR_CONST("us-east-1"),
    .service = STR_CONST("s3"),
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

static void published_examples(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        HttpRequest request = request_of(&rows[i], arena);
        aws_signature_sign(&identity, EXAMPLE_MS, &request, arena);
        Str wanted = str_format(arena,
                                "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/"
                                "us-east-1/s3/aws4_request,SignedHeaders=%s,Signature=%s",
                                rows[i].names, rows[i].signature);
        check_str_equal(find(&request, "authorization"), wanted);
        check_str(find(&request, "x-amz-date"), "20130524T000000Z");
    }
}

static void a_session_has_a_token(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    AwsIdentity session = identity;
    session.token = STR("t0k3n");
    HttpRequest request = request_of(&rows[2], arena);
    aws_signature_sign(&session, EXAMPLE_MS, &request, arena);
    check_str(find(&request, "x-amz-security-token"), "t0k3n");
    Str names = STR("SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token,");
    assert_true(str_find(find(&request, "authorization"), names, 0) != SIZE_MAX);
}

UNIT_MAIN(test_aws_signature) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_examples),
        cmocka_unit_test(a_session_has_a_token),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
