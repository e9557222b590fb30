/* Selects the files of a directory that are read, and their kind. */
#include "config_case.h"

#include "front_end.h"

static const struct {
    const char *name;
    const char *uses; /* c: configuration, t: tests, m: mock data */
} names[] = {
    {"main.loam.yaml", "c"},
    {"x.tf.json", "c"},
    {"x.tofu.json", "c"},
    {"x.tf", "c"},
    {"x.tofu", "c"},
    {"x.loamtest.yaml", "t"},
    {"x.loamtest.json", "t"},
    {"x.tftest.hcl", "t"},
    {"x.tofutest.json", "t"},
    {"x.loammock.yaml", "m"},
    {"x.tfmock.hcl", "m"},
    {"x.tofumock.json", "m"},
    {"x.tfvars", ""},
    {".x.tf.json", ""},
    {"x.tf.json~", ""},
    {"#x.tf.json#", ""},
    {"main.yaml", ""},
    {"terraform.tfvars.json", ""},
    {"", ""},
};

static void uses(void **) {
    static const char letters[] = {
        [FRONT_END_CONFIGURATION] = 'c', [FRONT_END_TEST] = 't', [FRONT_END_MOCK_DATA] = 'm'};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        Str name = str_from_cstr(names[i].name);
        for (size_t use = 0; use < ARRAY_COUNT(letters); use++)
            if ((front_end_find((FrontEndUse)use, name) != NULL) !=
                (strchr(names[i].uses, letters[use]) != NULL))
                fail_msg("%s, use %c", names[i].name, letters[use]);
        if (front_end_is_configuration(name) != (names[i].uses[0] == 'c'))
            fail_msg("%s", names[i].name);
    }
}

typedef struct DirectoryCase {
    const char *about;
    FrontEndUse use;
    CaseFile files[3];
    const char *wanted; /* paths of the files that have a body, then the diagnostics */
} DirectoryCase;

static const DirectoryCase directories[] = {
    {
        .about = "x.tofu stands in for x.tf, in its syntax alone",
        .files = {{"a.tf", ""}, {"a.tofu", ""}, {"a.tf.json", "{}"}},
        .wanted = "a.tf.json a.tofu\n",
    },
    {
        .about = "x.tofu.json for x.tf.json",
        .files = {{"a.tf.json", "nonsense"}, {"a.tofu.json", "{}"}},
        .wanted = "a.tofu.json\n",
    },
    {
        .about = "x.tofutest.hcl for x.tftest.hcl; a directory with the name of a test",
        .use = FRONT_END_TEST,
        .files = {{"a.tftest.hcl", ""}, {"a.tofutest.hcl", ""}, {"b.tftest.hcl/x", ""}},
        .wanted = "a.tofutest.hcl\n",
    },
    {
        .about = "x.tofumock.json for x.tfmock.json, not for another syntax",
        .use = FRONT_END_MOCK_DATA,
        .files = {{"a.tfmock.json", "{}"}, {"a.tofumock.json", "{}"}, {"a.tfmock.hcl", ""}},
        .wanted = "a.tfmock.hcl a.tofumock.json\n",
    },
    {
        .about = "another end than that of YAML",
        .files = {{"a.loam.yml", ""}, {"b.loam.yaml", "locals: {a: 1}\n"}},
        .wanted = "b.loam.yaml\n"
                  "a.loam.yml: the name of such a YAML file must end in \".loam.yaml\".\n",
    },
};

static void check_directory(ConfigCase *c, const DirectoryCase *wanted) {
    FrontEndDirectory directory = {wanted->use, c->io.disk, STR("."), {0}, c->functions};
    StrBuf found = strbuf_new(c->arena);
    for (size_t i = 0; i < ARRAY_COUNT(wanted->files) && wanted->files[i].path; i++)
        config_case_write(c, wanted->files[i].path, wanted->files[i].text);
    assert_true(c->io.disk->list(c->io.disk->self, STR("."), &directory.entries, c->arena) >= 0);
    front_end_index(&directory, c->arena);
    vec_each(&directory.entries, entry) {
        FrontEndFile file;
        size_t errors = c->diags.error_count;
        bool ok = front_end_read(&directory, entry, &file, c->arena, &c->diags);
        assert_int_equal(ok, c->diags.error_count == errors);
        if (file.body)
            strbuf_add_format(&found, "%s%.*s", strbuf_str(&found).len ? " " : "",
                              STR_ARG(file.path));
    }
    strbuf_add_char(&found, '\n');
    strbuf_add(&found, config_case_details(&c->diags, c->arena));
    if (!str_equal_cstr(strbuf_str(&found), wanted->wanted))
        fail_msg("%s: %.*s", wanted->about, STR_ARG(strbuf_str(&found)));
}

static void entries(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(directories); i++) {
        ConfigCase c = config_case_open();
        check_directory(&c, &directories[i]);
        config_case_close(&c);
    }
}

UNIT_MAIN(test_front_end) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uses),
        cmocka_unit_test(entries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
