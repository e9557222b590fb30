/* release: names and versions of a signed list. Keys of the program minisign, and signed files as a
 * person meets them: tests/command/verify_release. */
#include "digest.h"
#include "io.h"
#include "release.h"
#include "unit.h"

#include "minisign.h"

#include <stdlib.h>

#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

/* A seed that everyone can read, and its public half: only for this test. */
static const MinisignSecret test_secret = {
    .id = {1, 2, 3, 4, 5, 6, 7, 8},
    .bytes = {0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92,
              0xec, 0x2c, 0xc4, 0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b,
              0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60, 0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a,
              0xb7, 0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a, 0x0e, 0xe1, 0x72, 0xf3,
              0xda, 0xa6, 0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a},
};
#define KEY   "RWQBAgMEBQYHCNdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea"
#define OTHER "RWTZltlNEakvqJaO4KJQ39dH56Fj5bUYj7QeK8uHwf4ZkJOoTpWuOqUC"

/* Verifies a directory that has the listed file, which is empty. */
static void check_list(const char *list, const char *comment, const char *name,
                       const char *wanted) {
    SCOPED(ArenaRef) arena = arena_open("test");
    char place[] = "/tmp/loam-release-XXXXXX";
    assert_non_null(mkdtemp(place));
    Io io = io_real();
    Str directory = str_from_cstr(place), text = str_from_cstr(list);
    Str signature = minisign_sign(&test_secret, text, str_from_cstr(comment), arena);
    const struct {
        const char *name;
        Str text;
    } files[] = {{"SHA256SUMS", text}, {"SHA256SUMS.minisig", signature}, {name, STR_EMPTY}};
    for (size_t i = 0; i < ARRAY_COUNT(files); i++) {
        Str path = disk_join(directory, str_from_cstr(files[i].name), arena);
        assert_int_equal(io.disk->write_file(io.disk->self, path, files[i].text, 0600), 0);
    }
    Diags diags = diags_new(arena);
    Release release;
    ReleaseRequest request = {.disk = io.disk, .directory = directory, .keys = OTHER " " KEY};
    bool is_verified = release_verify(&request, &release, arena, &diags);
    assert_int_equal(disk_remove_tree(io.disk, directory), 0);
    assert_int_equal(is_verified, wanted == NULL);
    assert_int_equal(diags.error_count, wanted ? 1 : 0);
    if (!wanted) {
        check_str(release.key_id, "0807060504030201");
        assert_int_equal(release.file_count, 1);
    } else if (str_find(diags.items[0].detail, str_from_cstr(wanted), 0) == SIZE_MAX)
        fail_msg("%.*s", STR_ARG(diags.items[0].detail));
}

static void test_versions(void **) {
    static const char *const good[] = {
        "loam_0.2.0-1~deb12_amd64.deb", "loam-0.2.0-linux-x86_64.tar.zst",
        "loam-0.2.0.oci.tar",           "loam-0.2.0.spdx.json",
        "loam-action.tar.gz",           "README"};
    static const char *const bad[] = {
        "loam_0.1.0-1~deb12_amd64.deb", "loam-0.2.1.spdx.json", "loam-0.2.01.spdx.json",
        "loam-0.2.0.1.spdx.json",       "loam-0.2.0",           "loam-1.tar.zst"};
    for (size_t i = 0; i < ARRAY_COUNT(good); i++) {
        char list[200];
        (void)snprintf(list, sizeof list, EMPTY "  %s\n", good[i]);
        check_list(list, "loam 0.2.0", good[i], NULL);
    }
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        char list[200];
        (void)snprintf(list, sizeof list, EMPTY "  %s\n", bad[i]);
        check_list(list, "loam 0.2.0", bad[i], "of another version");
    }
}

static void test_comments(void **) {
    static const char *const bad[] = {"",
                                      "loam",
                                      "loam ",
                                      "loam 0.2",
                                      "loam 0.2.",
                                      "loam 0.2.0 ",
                                      "loam 0.2.0.1",
                                      "tofu 0.2.0",
                                      "loam v0.2.0",
                                      "loam 0.2.0-1",
                                      "timestamp:1"};
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
        check_list(EMPTY "  x\n", bad[i], "x", "that of a release is \"loam VERSION\"");
}

static void test_lines(void **) {
    static const char *const bad[] = {
        "\n",
        "x\n",
        EMPTY,
        EMPTY "  \n",
        EMPTY " x\n",
        EMPTY " *x\n",
        EMPTY "  a/x\n",
        EMPTY "  ..\n",
        EMPTY "  x\n" EMPTY "  x\n",
        EMPTY "  SHA256SUMS\n",
        EMPTY "  x\n\n",
        "E3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  x\n",
    };
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
        check_list(bad[i], "loam 0.2.0", "x", "is not a digest and a new name");
    check_list("", "loam 0.2.0", "x", "its SHA256SUMS is empty");
}

UNIT_MAIN(test_release) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_versions),
        cmocka_unit_test(test_comments),
        cmocka_unit_test(test_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
