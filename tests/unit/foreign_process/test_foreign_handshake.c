/* The line with the socket address that a provider prints at its start. */
#include "arena_case.h"

#include "foreign_handshake.h"

static void accepted(void **) {
    ForeignHandshake out;
    Str problem;
    assert_true(foreign_handshake_parse(STR("1|5|unix|/tmp/p1|grpc|"), &out, &problem, arena));
    assert_int_equal(out.protocol, 5);
    check_str(out.socket, "/tmp/p1");
    assert_true(foreign_handshake_parse(STR(" 1|6|unix|/tmp/p|grpc\r"), &out, &problem, arena));
    assert_int_equal(out.protocol, 6);
    assert_true(foreign_handshake_parse(STR("1|6|unix|/tmp/p|grpc||true"), &out, &problem, arena));
}

static void refused(void **) {
    static const struct {
        const char *line;
        const char *problem;
    } cases[] = {
        {"", "It wrote \"\" instead of the address it listens at."},
        {"hello", "It wrote \"hello\" instead of the address it listens at."},
        {"2|5|unix|/tmp/p|grpc|", "It wrote \"2|5|unix|/tmp/p|grpc|\" instead of the address "
                                  "it listens at."},
        {"1|5|unix", "It wrote \"1|5|unix\" instead of the address it listens "
                     "at."},
        {"1|4|unix|/tmp/p", "It is a plugin for Terraform 0.11 and older. Use a newer "
                            "version of the provider."},
        {"1|4|unix|/tmp/p|grpc|", "It speaks version 4 of the plugin protocol; loam speaks 5 "
                                  "and 6. Use another version of the provider."},
        {"1|5|tcp|127.0.0.1:1234|grpc|", "It does not listen on a plain Unix socket."},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ForeignHandshake out;
        Str problem = STR_EMPTY;
        assert_false(foreign_handshake_parse(str_from_cstr(cases[i].line), &out, &problem, arena));
        check_str(problem, cases[i].problem);
    }
}

UNIT_MAIN(test_foreign_handshake) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepted),
        cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
