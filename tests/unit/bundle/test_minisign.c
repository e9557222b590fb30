/* minisign: signatures of the program minisign, and our own. */
#include "minisign.h"
#include "unit.h"

#define MESSAGE STR("message\n")
#define KEY     "RWTZltlNEakvqJaO4KJQ39dH56Fj5bUYj7QeK8uHwf4ZkJOoTpWuOqUC"

/* Made by minisign 0.11: "minisign -S" and "minisign -S -l". */
static const char *const signatures[] = {
    "untrusted comment: signature from minisign secret key\n"
    "RUTZltlNEakvqIGNVV+Oq8KykrJq9C/p5WJtfsXDV0jfg3iCzeqKUcqZyEPaPUUZ8zFGm2Ic/gDZ+CWI0XI5pdfg/"
    "UOyod3BUA4=\n"
    "trusted comment: prehashed\n"
    "hEwycQHPmJp+H9sgbaeXBVrQ+jvNBYg7H5vnjBAj1BIKHpeRK9peiBgWGvItiMnAu0CL2I6MDavtnRrDXsXPCQ==\n",
    "untrusted comment: signature from minisign secret key\n"
    "RWTZltlNEakvqG6TunPOQlkC4i9GcojpUCtQ9QjCjAOsTSaK9Thc9cCVuUgS4bVXTt7EfJAMS/"
    "VdNs0xkT90D4kIqRa89F0Y5g0=\n"
    "trusted comment: legacy\n"
    "RhqMMQtSfT1tZ+ACbGleeNSUTdnMW60ATPlwfTXzBY3FCwjSAuzb2K/QxOcBRKppmN2qAyl5CcMZFTHn8r/WCQ==\n",
};

static const char *const comments[] = {"prehashed", "legacy"};

static MinisignKey read_key(Arena *arena) {
    MinisignKey key;
    Str problem;
    assert_true(minisign_read_key(STR(KEY "\n"), &key, &problem, arena));
    return key;
}

static void test_recorded(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    MinisignKey key = read_key(arena);
    for (size_t i = 0; i < ARRAY_COUNT(signatures); i++) {
        Str comment, problem, text = str_from_cstr(signatures[i]);
        assert_true(minisign_verify(&key, MESSAGE, text, &comment, &problem, arena));
        check_str(comment, comments[i]);
        assert_false(minisign_verify(&key, STR("massage\n"), text, &comment, &problem, arena));
        check_str(problem, "the signature is not valid");
    }
}

/* No change of a signed character is accepted. */
static void test_changes(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(signatures); i++) {
        Str text = str_from_cstr(signatures[i]);
        for (size_t at = str_find_char(text, '\n', 0) + 1; at + 1 < text.len; at++) {
            SCOPED(ArenaRef) arena = arena_open("test");
            MinisignKey key = read_key(arena);
            Str comment, problem, changed = str_clone(text, arena);
            ((char *)changed.ptr)[at] ^= 1;
            if (minisign_verify(&key, MESSAGE, changed, &comment, &problem, arena))
                fail_msg("signature %zu is valid after a change of byte %zu", i, at);
        }
    }
}

static void test_keys(void **) {
    static const char *const bad[] = {"", "RWTZ", "untrusted comment: x\n",
                                      "untrusted comment:\nRWTZ\n",
                                      "XWTZltlNEakvqJaO4KJQ39dH56Fj5bUYj7QeK8uHwf4ZkJOoTpWuOqUC"};
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        MinisignKey key;
        Str problem;
        assert_false(minisign_read_key(str_from_cstr(bad[i]), &key, &problem, arena));
    }
}

UNIT_MAIN(test_minisign) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recorded),
        cmocka_unit_test(test_changes),
        cmocka_unit_test(test_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
