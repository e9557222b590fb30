/* remote-exec on a real server. */
#include "machine_case.h"

static void runs_lines_and_scripts(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    MachineCase m = machine_open();
    const ProvisionerType *type = &remote_exec_provisioner;
    run_must(m.run, machine_do(&m, type, "{\"inline\":[\"x=1\",\"echo $x; echo e >&2\",null]}"));
    check_heard(m.run, "1\n");
    check_str(strbuf_str(&m.run->heard[1]), "e\n");
    run_must(m.run, machine_do(&m, type, "{\"inline\":[\"#!/bin/cat\",\"it's me\"]}"));
    check_heard(m.run, "#!/bin/cat\nit's me\n");
    const char *one = machine_path(&m, "one"), *two = machine_path(&m, "two");
    assert_int_equal(
        disk_real.write_file(NULL, str_from_cstr(one), STR("#!/bin/sh\necho 1\n"), 0600), 0);
    assert_int_equal(disk_real.write_file(NULL, str_from_cstr(two), STR("echo 2\n"), 0600), 0);
    run_must(m.run, machine_do(&m, type, "{\"scripts\":[\"%s\",\"%s\"]}", one, two));
    check_heard(m.run, "1\n2\n");
    run_must(m.run, machine_do(&m, type, "{\"script\":\"%s\"}", one));
    check_heard(m.run, "1\n");
    machine_close(&m);
}

/* The script is uploaded to script_path and removed afterwards. */
static void leaves_no_file(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    MachineCase m = machine_open();
    Str more =
        str_format(m.run->arena, ",\"host_key\":\"%.*s\",\"script_path\":\"%s/a b %%RAND%%.sh\"",
                   STR_ARG(str_trim(m.server.host_key)), m.server.directory);
    machine_connect(&m, str_to_cstr(more, m.run->arena));
    run_must(
        m.run,
        machine_do(&m, &remote_exec_provisioner,
                   "{\"inline\":[\"basename \\\"$0\\\" | cut -c1-4; stat -c %%a \\\"$0\\\"\"]}"));
    check_heard(m.run, "a b \n700\n");
    DiskEntries entries = {0};
    assert_int_equal(
        disk_real.list(NULL, str_from_cstr(m.server.directory), &entries, m.run->arena), 0);
    vec_each(&entries, entry) {
        assert_false(str_starts_with(entry->name, STR("a b")));
    }
    machine_close(&m);
}

static void reports_failures(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    MachineCase m = machine_open();
    const ProvisionerType *type = &remote_exec_provisioner;
    assert_false(machine_do(&m, type, "{\"inline\":[\"echo why; exit 5\"]}"));
    run_check_said(m.run, "status 5. Its last output: why");
    assert_false(machine_do(&m, type, "{\"script\":\"/no/such\"}"));
    run_check_said(m.run, "\"/no/such\" cannot be read");
    machine_close(&m);
}

/* Without host_key any host key is accepted, with a warning. */
static void warns_of_any_key(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    MachineCase m = machine_open();
    machine_connect(&m, "");
    run_must(m.run, machine_do(&m, &remote_exec_provisioner, "{\"inline\":[\"true\"]}"));
    assert_int_equal(m.run->diags.warning_count, 1);
    run_check_said(m.run, "key not verified");
    machine_close(&m);
}

/* The server is its own jump host. */
static void passes_a_bastion(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    MachineCase m = machine_open();
    Str key = str_trim(m.server.host_key);
    Str more = str_format(m.run->arena,
                          ",\"host_key\":\"%.*s\",\"bastion_host\":\"127.0.0.1\","
                          "\"bastion_host_key\":\"%.*s\"",
                          STR_ARG(key), STR_ARG(key));
    machine_connect(&m, str_to_cstr(more, m.run->arena));
    run_must(m.run, machine_do(&m, &remote_exec_provisioner, "{\"inline\":[\"echo here\"]}"));
    check_heard(m.run, "here\n");
    assert_int_equal(m.run->diags.warning_count, 0);
    Str log = server_read(&m.server, "log");
    size_t first = str_find(log, STR("Accepted publickey"), 0);
    assert_true(str_find(log, STR("Accepted publickey"), first + 1) != SIZE_MAX);
    Str bad = str_format(m.run->arena,
                         ",\"host_key\":\"%.*s\",\"bastion_host\":\"127.0.0.1\","
                         "\"bastion_host_key\":\"%.*s\"",
                         STR_ARG(key), STR_ARG(str_trim(m.server.other_public)));
    machine_connect(&m, str_to_cstr(bad, m.run->arena));
    assert_false(machine_do(&m, &remote_exec_provisioner, "{\"inline\":[\"true\"]}"));
    run_check_said(m.run, "Host key differs");
    machine_close(&m);
}

typedef struct ConnectionCase {
    const char *connection; /* NULL: none */
    const char *said;
} ConnectionCase;

static const ConnectionCase refused[] = {
    {NULL, "Missing connection"},
    {"{\"host\":\"h\"}", "No credentials for h"},
    {"{\"host\":\"\",\"password\":\"p\"}", "\"host\" of the connection"},
    {"{\"host\":\"h\",\"password\":\"p\",\"type\":\"winrm\"}", "is \"ssh\""},
    {"{\"host\":\"h\",\"password\":\"p\",\"target_platform\":\"windows\"}", "POSIX shell"},
    {"{\"host\":\"h\",\"password\":\"p\",\"port\":0}", "from 1 to 65535"},
    {"{\"host\":\"h\",\"password\":\"p\",\"timeout\":\"soon\"}", "not a duration"},
};

static void refuses_connections(void **) {
    (void)unsetenv("SSH_AUTH_SOCK");
    for (size_t i = 0; i < ARRAY_COUNT(refused); i++) {
        ProvisionerRun *run = run_open();
        if (refused[i].connection)
            run->connection = run_value(run, &provisioner_connection, refused[i].connection);
        assert_false(run_do(run, &remote_exec_provisioner, "{\"inline\":[\"true\"]}"));
        run_check_said(run, refused[i].said);
        run_close(run);
    }
}

UNIT_MAIN(test_remote_exec_provisioner) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_lines_and_scripts), cmocka_unit_test(leaves_no_file),
        cmocka_unit_test(reports_failures),       cmocka_unit_test(warns_of_any_key),
        cmocka_unit_test(refuses_connections),    cmocka_unit_test(passes_a_bastion),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
