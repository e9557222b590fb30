/* Addresses of archives, and the requests to the server. */
#include "fetch_case.h"

/* A zip without entries. */
static const char empty_zip[] = "PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
#define EMPTY_ZIP_SIZE ((size_t)22)
#define EMPTY_SHA256   "8739c76e681f900923b900c9df0ef75cf421d39cabb54650c4b9ad19b6a76d85"
#define EMPTY_MD5      "76cdb2bad9582d23c1f6f4d868218d6c"

static const WebPage pages[] = {
    {"https://h/a.zip", 200, NULL, empty_zip, EMPTY_ZIP_SIZE},
    {"http://h/a.zip", 200, NULL, empty_zip, EMPTY_ZIP_SIZE},
    {"https://h/a.b.zip", 200, NULL, empty_zip, EMPTY_ZIP_SIZE},
    {"https://h/get?id=1", 200, NULL, empty_zip, EMPTY_ZIP_SIZE},
    {"https://h/page?terraform-get=1", 200, "https://x/y.zip", "", 0},
    {"https://h/page?a=b&terraform-get=1", 200, "./y.zip", "", 0},
    {"https://h/a.zip?terraform-get=1", 200, "https://x/z.zip", "", 0},
    {"https://h/nothing?terraform-get=1", 200, NULL, "<html>", 0},
};

static void taken(void **) {
    static const char *const cases[][2] = {
        {"https://h/a.zip", ""},
        {"https://h/a.b.zip", ""},
        {"https://h/a.zip?checksum=sha256:" EMPTY_SHA256, ""},
        {"https://h/a.zip?checksum=md5%3A" EMPTY_MD5, ""},
        {"https://h/a.zip?checksum=" EMPTY_SHA256, ""},
        {"http://h/a.zip?checksum=sha256:" EMPTY_SHA256, ""},
        {"https://h/get?archive=zip&id=1", ""},
        {"https://h/page", "https://x/y.zip"},
        {"https://h/page?a=b", "https://h/y.zip"},
        {"https://h/a.zip?archive=false", "https://x/z.zip"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SourceCase c;
        source_case_open(&c, pages, ARRAY_COUNT(pages));
        if (!source_case_fetch(&c, &fetch_archive,
                               (SourceRequest){.package = str_from_cstr(cases[i][0])}))
            fail_msg("%s: %.*s", cases[i][0], STR_ARG(c.diags.items[0].detail));
        check_str(c.found.elsewhere, cases[i][1]);
        source_case_close(&c);
    }
}

static void refused(void **) {
    static const char *const cases[][2] = {
        {"http://h/a.zip", "an unencrypted download"},
        {"https://h/a.zip?archive=rar", "not a supported archive type"},
        {"https://h/a.zip?checksum=sha256:00", "its checksum is not an"},
        {"https://h/a.zip?checksum=crc32:00000000", "its checksum is not an"},
        {"https://h/a.zip?checksum=sha256:" EMPTY_MD5, "its checksum is not an"},
        {"https://h/a.zip?checksum=%zz", "its checksum is not valid text"},
        {"https://h/a.zip?checksum=md5:00000000000000000000000000000000",
         "the download has " EMPTY_MD5},
        {"https://h/none.zip", "HTTP status 404"},
        {"https://h/nothing", "not that of an archive"},
        {"https://u:geheim@h/nothing?token=geheim", "HTTP status 404"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SourceCase c;
        source_case_open(&c, pages, ARRAY_COUNT(pages));
        if (source_case_fetch(&c, &fetch_archive,
                              (SourceRequest){.package = str_from_cstr(cases[i][0])}))
            fail_msg("%s is taken", cases[i][0]);
        source_case_check_said(&c, cases[i][1]);
        assert_true(str_find(c.diags.items[0].detail, STR("geheim"), 0) == SIZE_MAX);
        source_case_close(&c);
    }
}

UNIT_MAIN(test_fetch_archive) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(taken), cmocka_unit_test(refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
