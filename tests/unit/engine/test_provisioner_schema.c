/* Provisioners and connections as validate judges them. */
#include "engine_case.h"

#include "provisioner_schema.h"

typedef struct ProvisionerCase {
    const char *text; /* of the resource, behind its name */
    const char *said;
} ProvisionerCase;

static const ProvisionerCase cases[] = {
    {"provisioner: {local-exec: {command: x}}",                                                  ""                                     },
    {"provisioner: {local-exec: {command: '${self.name}'}}",                                     ""                                     },
    {"provisioner: {local-exec: {command: '${self.nope}'}}",                                     "Unsupported attribute\n"              },
    {"provisioner: {local-exec: {}}",                                                            "Missing required argument\n"          },
    {"provisioner: {local-exec: {command: x, comand: y}}",                                       "Unsupported argument\n"               },
    {"provisioner: {local-exec: {command: [x]}}",                                                "Incorrect attribute value type\n"     },
    {"provisioner: {chef-solo: {}}",                                                             "Missing required provisioner plugin\n"},
    {"provisioner: {file: {source: a, destination: b}}",                                         ""                                     },
    {"provisioner: {file: {destination: b}}",                                                    "Invalid provisioner configuration\n"  },
    {"provisioner: {file: {source: a, content: c, destination: b}}",
     "Invalid provisioner configuration\n"                                                                                              },
    {"provisioner: {remote-exec: {inline: [a], script: b}}",                                     "Invalid provisioner configuration\n"  },
    {"connection: {port: 22}, provisioner: {remote-exec: {inline: [a]}}",
     "Missing required argument\n"                                                                                                      },
    {"connection: {port: 22}, provisioner: {remote-exec: {inline: [a], connection: {host: h}}}",
     ""                                                                                                                                 },
    {"connection: {host: h, port: ssh}, provisioner: {remote-exec: {inline: [a]}}",
     "Incorrect attribute value type\n"                                                                                                 },
    {"connection: {hots: h}",                                                                    ""                                     },
    {"connection: {host: '${var.none}'}, provisioner: {remote-exec: {inline: [a]}}",
     "Reference to undeclared input variable\n"                                                                                         },
};

static void validates(void **state) {
    (void)state;
    size_t failures = 0;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        EngineCase *c = engine_case_open();
        Str text =
            str_format(c->arena, "resource: {fake_thing: {a: {name: a, %s}}}\n", cases[i].text);
        engine_case_config(c, str_to_cstr(text, c->arena));
        Engine engine = engine_case_engine(c);
        bool ok = engine_validate(&engine, c->arena, &c->diags);
        StrBuf got = strbuf_new(c->arena);
        vec_each(&c->diags, diag) {
            strbuf_add_format(&got, "%.*s\n", STR_ARG(diag->summary));
        }
        if (ok != (cases[i].said[0] == 0) || !str_equal_cstr(strbuf_str(&got), cases[i].said)) {
            print_error("%s  got: %.*s  wanted: %s\n", cases[i].text, STR_ARG(engine_case_said(c)),
                        cases[i].said);
            failures++;
        }
        engine_case_close(c);
    }
    assert_int_equal(failures, 0);
}

static void finds(void **state) {
    (void)state;
    assert_non_null(provisioner_schema_find(STR("local-exec")));
    assert_null(provisioner_schema_find(STR("local")));
    assert_non_null(schema_find_attribute(provisioner_schema_connection(), STR("host")));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(validates), cmocka_unit_test(finds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
