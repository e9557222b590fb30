#include "file_reads.h"
#include "function_case.h"

#include <unistd.h>

/* Checks the files that the cases below have read: a failed read is no read, and content wins over
 * presence. */
static void check_reads(const Scope *of) {
    static const char *const reads[][2] = {
        {"a.txt", "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"},
        {"raw", "sha256:a8100ae6aa1940d0b663bb31cd466142ebbdbd5187131b92d93818987832eb89"},
        {"b.txt", "missing"},
        {"sub", "exists"},
        {"sub/c.txt", "exists"},
        {"t", NULL},
        {"loop", NULL},
    };
    Map found = file_reads_found(of->reads);
    assert_int_equal(found.count, ARRAY_COUNT(reads));
    for (size_t i = 0; i < ARRAY_COUNT(reads); i++) {
        const Str *content =
            map_find(&found, disk_join(of->base_directory, str_from_cstr(reads[i][0]), arena));
        assert_non_null(content);
        if (reads[i][1])
            check_str(*content, reads[i][1]);
    }
    assert_int_equal(file_reads_found(NULL).count, 0);
}

/* Reads files in a temporary directory. */
static void test_files(void **) {
    static const FunctionCase cases[] = {
        {"file(\"a.txt\")", "\"hello\""},
        {"filebase64(\"raw\")", "\"/w==\""},
        {"file(\"raw\")", "error: are not valid UTF-8"},
        {"file(\"b.txt\")", "error: no file exists at \"b.txt\""},
        {"fileexists(\"a.txt\")", "true"},
        {"fileexists(\"b.txt\")", "false"},
        {"fileexists(\"sub\")", "error: is not a regular file"},
        {"fileset(\".\", \"**/*.txt\")", "[\"a.txt\", \"sub/c.txt\"]"},
        {"fileset(\".\", \"[\")", "error: syntax error in pattern"},
        {"filesha1(\"a.txt\") == sha1(\"hello\")", "true"},
        {"templatefile(\"t\", {n = 2})", "\"n is 2\""},
        {"templatefile(\"t\", {})", "error: There is no variable named \"n\""},
        {"templatefile(\"none\", {})", "error: no file exists at \"none\""},
        {"templatefile(\"loop\", {})", "error: template calls are nested more than 32 levels deep"},
    };
    char directory[] = "/tmp/loam-functions-XXXXXX";
    assert_non_null(mkdtemp(directory));
    scope.base_directory = str_from_cstr(directory);
    static const char *const files[][2] = {{"a.txt", "hello"},
                                           {"raw", "\xff"},
                                           {"sub/c.txt", "x"},
                                           {"t", "n is ${n}"},
                                           {"loop", "${templatefile(\"loop\", {})}"}};
    Str sub = disk_join(scope.base_directory, STR("sub"), arena);
    assert_int_equal(io.disk->make_directories(io.disk->self, sub, 0700), 0);
    for (size_t i = 0; i < ARRAY_COUNT(files); i++) {
        Str path = disk_join(scope.base_directory, str_from_cstr(files[i][0]), arena);
        assert_int_equal(io.disk->write_file(io.disk->self, path, str_from_cstr(files[i][1]), 0600),
                         0);
    }
    scope.reads = file_reads_open();
    check_cases(cases, ARRAY_COUNT(cases));
    check_reads(&scope);
    file_reads_close(scope.reads);
    scope.reads = NULL;
    for (size_t i = 0; i < ARRAY_COUNT(files); i++)
        io.disk->remove(io.disk->self,
                        disk_join(scope.base_directory, str_from_cstr(files[i][0]), arena));
    io.disk->remove(io.disk->self, sub);
    assert_int_equal(rmdir(directory), 0);
    scope.base_directory = STR_EMPTY;
}

static void test_paths(void **) {
    static const FunctionCase cases[] = {
        {"basename(\"a/b/\")", "\"b\""},    {"basename(\"/\")", "\"/\""},
        {"dirname(\"a/b/../c\")", "\"a\""}, {"dirname(\"a\")", "\".\""},
        {"dirname(\"/a\")", "\"/\""},       {"abspath(\"/a/../b\")", "\"/b\""},
        {"pathexpand(\"a/~\")", "\"a/~\""},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

RUN_FUNCTION_TESTS(test_filesystem, cmocka_unit_test(test_files), cmocka_unit_test(test_paths))
