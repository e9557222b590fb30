/* Profile files: sections, comments, nested settings, precedence between files. */
#include "aws_case.h"
#include "aws_profile.h"

#define CREDENTIALS                                                                                \
    "# comment\n[default]\naws_access_key_id = D\r\naws_secret_access_key = d\n[ one ]\n"          \
    "aws_access_key_id=A\naws_secret_access_key = s/+=\n; more\n[two]\naws_access_key_id = B\n"    \
    "aws_secret_access_key = b\naws_session_token = T\n"
#define SETTINGS                                                                                   \
    "[default]\nregion = r0\n[profile one]\nregion = r1\ns3 =\n  region = nested\n"                \
    "aws_access_key_id = other\n[profile role]\nrole_arn = arn\n[one]\nregion = wrong\n"           \
    "[profile\ttwo]\nregion = r2\n[sso-session two]\nsso_region = r3\n"

static void profiles(void **) {
    static const struct {
        const char *profile;
        const char *key; /* NULL: not there */
        const char *secret;
        const char *token;
        const char *region;
    } rows[] = {
        {"default", "D", "d", "", "r0"},  {"one", "A", "s/+=", "", "r1"},
        {"two", "B", "b", "T", "r2"},     {"role", "", "", "", ""},
        {"none", NULL, NULL, NULL, NULL}, {"profile one", NULL, NULL, NULL, NULL},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    AwsCase test;
    AwsOptions options = {0};
    static const char *const variables[] = {"HOME=/home/u", "AWS_CONFIG_FILE=~/settings", NULL};
    aws_case_init(&test, arena);
    test.variables = variables;
    aws_case_write(&test, "/home/u/.aws/credentials", CREDENTIALS);
    aws_case_write(&test, "/home/u/settings", SETTINGS);
    AwsFiles files = aws_profile_read_files(&test.io, &options, arena);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AwsProfile profile;
        bool is_found = aws_profile_find(&files, str_from_cstr(rows[i].profile), &profile);
        assert_int_equal(is_found, rows[i].key != NULL);
        if (!is_found)
            continue;
        check_str(profile.access_key, rows[i].key);
        check_str(profile.secret_key, rows[i].secret);
        check_str(profile.token, rows[i].token);
        check_str(profile.region, rows[i].region);
    }
    AwsProfile session;
    assert_true(aws_profile_find_session(&files, STR("two"), &session));
    check_str(session.sso_region, "r3");
    assert_false(aws_profile_find_session(&files, STR("one"), &session));
}

UNIT_MAIN(test_aws_profile) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(profiles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
