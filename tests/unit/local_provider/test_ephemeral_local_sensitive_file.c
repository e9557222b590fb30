/* ephemeral local_sensitive_file: the current content of the file. */
#include "local_provider.h"
#include "resource_case.h"

#include <unistd.h>

static void is_read(void **) {
    ResourceCase c = case_open(&ephemeral_local_sensitive_file);
    char path[] = "/tmp/loam-ephemeral-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    assert_int_equal(disk_real.write_file(NULL, str_from_cstr(path), STR("secret"), 0600), 0);
    const char *json = str_to_cstr(str_format(c.arena, "{\"filename\":\"%s\"}", path), c.arena);
    int64_t renew_at_ms = -1;
    check_done(&c, case_open_ephemeral(&c, json, &renew_at_ms));
    check_str(case_text(&c, "content"), "secret");
    check_str(case_text(&c, "content_base64"), "c2VjcmV0");
    assert_int_equal(unlink(path), 0);
    check_refused(&c, case_open_ephemeral(&c, json, &renew_at_ms), "Cannot read the file");
    case_close(&c);
}

UNIT_MAIN(test_ephemeral_local_sensitive_file) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(is_read)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
