/* Credentials from profile files: sections, comments, nested settings, precedence between files. */
#include "unit.h"

#include "backends.h"
#include "disk.h"
#include "json.h"
#include "s3_settings.h"

#define CREDENTIALS                                                                                \
    "# comment\n[default]\naws_access_key_id = D\r\naws_secret_access_key = d\n[ one ]\n"          \
    "aws_access_key_id=A\naws_secret_access_key = s/+=\n; more\n[two]\naws_access_key_id = B\n"    \
    "aws_secret_access_key = b\naws_session_token = T\n"
#define SETTINGS                                                                                   \
    "[default]\nregion = r0\n[profile one]\nregion = r1\ns3 =\n  region = nested\n"                \
    "aws_access_key_id = other\n[profile role]\nrole_arn = arn\n[one]\nregion = wrong\n"           \
    "[profile two]\nregion = r2\n"

typedef struct Row {
    const char *profile;
    const char *key; /* NULL: an error */
    const char *secret;
    const char *token;
    const char *region; /* else a part of the error */
} Row;

static const Row rows[] = {
    {"default", "D", "d", "", "r0"},
    {"one", "A", "s/+=", "", "r1"},
    {"two", "B", "b", "T", "r2"},
    {"role", NULL, NULL, NULL, "uses a role"},
    {"none", NULL, NULL, NULL, "files have no profile \"none\"."},
};

static int write_text(Str directory, const char *name, const char *text, Arena *arena) {
    return disk_real.write_file(NULL, disk_join(directory, str_from_cstr(name), arena),
                                str_from_cstr(text), 0600);
}

static Value config_of(Str directory, const char *profile, Arena *arena) {
    Str text = str_format(arena,
                          "{\"bucket\":\"b-1\",\"profile\":\"%s\",\"shared_config_files\":["
                          "\"%.*s/config\"],\"shared_credentials_files\":[\"%.*s/credentials\"]}",
                          profile, STR_ARG(directory), STR_ARG(directory));
    Value config;
    const char *error;
    size_t offset;
    assert_true(json_parse_any(text, &config, &error, &offset, arena));
    return config;
}

static void profiles(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Io io = {.disk = &disk_real};
    char *made = (char *)str_to_cstr(STR("/tmp/loam-test-s3-XXXXXX"), arena);
    assert_non_null(mkdtemp(made));
    Str directory = str_from_cstr(made);
    assert_int_equal(write_text(directory, "credentials", CREDENTIALS, arena), 0);
    assert_int_equal(write_text(directory, "config", SETTINGS, arena), 0);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        S3Settings settings = {0};
        Diags diags = diags_new(arena);
        Value config = config_of(directory, rows[i].profile, arena);
        assert_int_equal(s3_settings_read(&io, config, &settings, arena, &diags),
                         rows[i].key != NULL);
        if (!rows[i].key) {
            assert_int_equal(diags.error_count, 1);
            assert_true(str_find(diags.items[0].detail, str_from_cstr(rows[i].region), 0) !=
                        SIZE_MAX);
            continue;
        }
        check_str(settings.identity.access_key, rows[i].key);
        check_str(settings.identity.secret_key, rows[i].secret);
        check_str(settings.identity.token, rows[i].token);
        check_str(settings.identity.region, rows[i].region);
    }
    disk_real.remove(NULL, disk_join(directory, STR("credentials"), arena));
    disk_real.remove(NULL, disk_join(directory, STR("config"), arena));
    disk_real.remove(NULL, directory);
}

UNIT_MAIN(test_s3_settings) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(profiles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
