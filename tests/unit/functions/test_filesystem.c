#include "function_case.h"

#include <unistd.h>

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
    check_cases(cases, ARRAY_COUNT(cases));
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
