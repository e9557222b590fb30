/* AWS profile files: sections, comments, nested settings, and precedence between the two files. */
#include "unit.h"

#include "aws_profile.h"

#define CREDENTIALS                                                                                \
    "# comment\n[default]\naws_access_key_id = D\r\n[ one ]\naws_access_key_id=A\n"                \
    "aws_secret_access_key = s/+=\n; more\n[two]\naws_session_token = T\n"
#define SETTINGS                                                                                   \
    "[default]\nregion = r0\n[profile one]\nregion = r1\ns3 =\n  region = nested\n"                \
    "aws_access_key_id = other\n[profile role]\nrole_arn = arn\n[one]\nregion = wrong\n"

typedef struct Row {
    const char *name;
    bool in_credentials;
    bool in_settings;
    const char *key;
    const char *secret;
    const char *token;
    const char *region;
    const char *role;
} Row;

static const Row rows[] = {
    {"default", true,  true,  "D", "",     "",  "r0", ""   },
    {"one",     true,  true,  "A", "s/+=", "",  "r1", ""   },
    {"two",     true,  false, "",  "",     "T", "",   ""   },
    {"role",    false, true,  "",  "",     "",  "",   "arn"},
    {"none",    false, false, "",  "",     "",  "",   ""   },
};

static void reading(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AwsProfile profile = {0};
        Str name = str_from_cstr(rows[i].name);
        assert_int_equal(aws_profile_read(STR(CREDENTIALS), name, true, &profile),
                         rows[i].in_credentials);
        assert_int_equal(aws_profile_read(STR(SETTINGS), name, false, &profile),
                         rows[i].in_settings);
        check_str(profile.access_key, rows[i].key);
        check_str(profile.secret_key, rows[i].secret);
        check_str(profile.token, rows[i].token);
        check_str(profile.region, rows[i].region);
        check_str(profile.role_arn, rows[i].role);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
