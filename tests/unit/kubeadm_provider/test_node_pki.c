/* node_pki: the files that a control plane gets, and a machine of another cluster. */
#include "base64.h"
#include "json.h"
#include "machine_script.h"
#include "node_pki.h"

static const PkiSet set = {
    .ca = {STR_CONST("CA"), STR_CONST("CA-KEY")},
    .etcd_ca = {STR_CONST("ETCD"), STR_CONST("ETCD-KEY")},
    .front_proxy_ca = {STR_CONST("FRONT"), STR_CONST("FRONT-KEY")},
    .service_account = {STR_CONST("SA"), STR_CONST("SA-KEY")},
};

static void test_files(void **) {
    static const struct {
        const char *path, *mode, *text;
    } files[] = {
        {"ca.crt", "0644", "CA"},
        {"ca.key", "0600", "CA-KEY"},
        {"etcd/ca.crt", "0644", "ETCD"},
        {"etcd/ca.key", "0600", "ETCD-KEY"},
        {"front-proxy-ca.crt", "0644", "FRONT"},
        {"front-proxy-ca.key", "0600", "FRONT-KEY"},
        {"sa.pub", "0644", "SA"},
        {"sa.key", "0600", "SA-KEY"},
    };
    static const MachineRow rows[] = {{0}};
    SCOPED(ArenaRef) arena = arena_open("test");
    MachineScript machine;
    machine_script_open(&machine, rows, ARRAY_COUNT(rows), arena);
    assert_true(node_pki_place(&machine.link, &set, &machine.diags));
    Str input = str_concat(STR("\n"), machine.inputs.items[0], arena);
    for (size_t i = 0; i < ARRAY_COUNT(files); i++) {
        Str text = base64_encode(str_from_cstr(files[i].text), arena);
        Str line = str_format(arena, "\n%s %s %.*s\n", files[i].path, files[i].mode, STR_ARG(text));
        if (str_find(input, line, 0) == SIZE_MAX)
            fail_msg("%s: %.*s", files[i].path, STR_ARG(input));
    }
    assert_int_equal(str_find(machine.commands.items[0], STR("CA-KEY"), 0), SIZE_MAX);
    machine_script_close(&machine);
}

/* A file of another cluster stays; other failures have the text of the shell. */
static void test_failures(void **) {
    static const struct {
        MachineRow row;
        const char *summary, *part;
    } cases[] = {
        {{.out = "etcd/ca.crt\n", .exit_status = 20},
         "Machine of another cluster",
         "\"/etc/kubernetes/pki/etcd/ca.crt\" on 10.0.0.9 differs"},
        {{.err = "no space\n", .exit_status = 1}, "Certificate authorities not copied", "no space"},
        {{.status = SSH_LOGIN_REFUSED}, NULL, "10.0.0.9"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        MachineScript machine;
        machine_script_open(&machine, &cases[i].row, 1, arena);
        assert_false(node_pki_place(&machine.link, &set, &machine.diags));
        assert_int_equal(machine.diags.error_count, 1);
        const Diag *diag = &machine.diags.items[0];
        if (cases[i].summary)
            check_str(diag->summary, cases[i].summary);
        assert_true(str_find(diag->detail, str_from_cstr(cases[i].part), 0) != SIZE_MAX);
        machine_script_close(&machine);
    }
}

#define PAIR(public, name) "{\"" public "\":\"" name "\",\"key\":\"" name "-KEY\"}"

static void test_read(void **) {
    static const char json[] = "{\"pki\":{\"ca\":" PAIR("certificate", "CA") ",\"etcd_ca\":" PAIR(
        "certificate",
        "ETCD") ",\"front_proxy_ca\":" PAIR("certificate",
                                            "FRONT") ",\"service_account\":" PAIR("public_key",
                                                                                  "SA") "}}";
    SCOPED(ArenaRef) arena = arena_open("test");
    Value object;
    const char *error;
    size_t offset;
    assert_true(json_parse_any(str_from_cstr(json), &object, &error, &offset, arena));
    PkiSet read = node_pki_read(object, "pki", arena), wanted = set;
    for (size_t i = 0; i < PKI_FILE_COUNT; i++)
        check_str_equal(*pki_set_text(&read, &pki_files[i]), *pki_set_text(&wanted, &pki_files[i]));
}

UNIT_MAIN(test_node_pki) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
