/* The file provisioner on a real server: texts, files and directories. */
#include "machine_case.h"

static uint32_t mode_of(MachineCase *m, const char *name) {
    DiskStat stat = {0};
    assert_int_equal(disk_real.stat(NULL, str_from_cstr(machine_path(m, name)), &stat), 0);
    return stat.mode & 0777;
}

static void put(MachineCase *m, const char *name, const char *text, uint32_t mode) {
    Str path = str_from_cstr(machine_path(m, name));
    assert_int_equal(disk_real.make_directories(NULL, disk_directory_of(path), 0700), 0);
    assert_int_equal(disk_real.write_file(NULL, path, str_from_cstr(text), mode), 0);
}

static void copies_texts_and_files(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    MachineCase m = machine_open();
    const ProvisionerType *type = &file_provisioner;
    run_must(m.run, machine_do(&m, type, "{\"content\":\"a\\nb\",\"destination\":\"%s\"}",
                               machine_path(&m, "to 'it'")));
    check_str(machine_read(&m, "to 'it'"), "a\nb");
    assert_int_equal(mode_of(&m, "to 'it'"), 0644);
    put(&m, "program", "#!", 0750);
    run_must(m.run, machine_do(&m, type, "{\"source\":\"%s\",\"destination\":\"%s\"}",
                               machine_path(&m, "program"), machine_path(&m, "copy")));
    check_str(machine_read(&m, "copy"), "#!");
    assert_int_equal(mode_of(&m, "copy"), 0750);
    put(&m, "dir/x", "x", 0600); /* an existing directory receives the file under its name */
    run_must(m.run, machine_do(&m, type, "{\"source\":\"%s\",\"destination\":\"%s/\"}",
                               machine_path(&m, "program"), machine_path(&m, "dir")));
    check_str(machine_read(&m, "dir/program"), "#!");
    machine_close(&m);
}

static void copies_directories(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    MachineCase m = machine_open();
    const ProvisionerType *type = &file_provisioner;
    put(&m, "from/one", "1", 0640);
    put(&m, "from/deep/er/two", "2", 0600);
    run_must(m.run, machine_do(&m, type, "{\"source\":\"%s\",\"destination\":\"%s\"}",
                               machine_path(&m, "from"), machine_path(&m, "to")));
    check_str(machine_read(&m, "to/from/one"), "1");
    check_str(machine_read(&m, "to/from/deep/er/two"), "2");
    assert_int_equal(mode_of(&m, "to/from/one"), 0640);
    run_must(m.run, machine_do(&m, type, "{\"source\":\"%s/\",\"destination\":\"%s\"}",
                               machine_path(&m, "from"), machine_path(&m, "inside")));
    check_str(machine_read(&m, "inside/deep/er/two"), "2");
    machine_close(&m);
}

static void reports_failures(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    MachineCase m = machine_open();
    const ProvisionerType *type = &file_provisioner;
    assert_false(machine_do(&m, type, "{\"source\":\"/no/such\",\"destination\":\"/tmp/x\"}"));
    run_check_said(m.run, "\"/no/such\" cannot be read");
    assert_false(machine_do(&m, type, "{\"content\":\"x\",\"destination\":\"%s\"}",
                            machine_path(&m, "none/such")));
    run_check_said(m.run, "Upload failed");
    machine_close(&m);
}

UNIT_MAIN(test_file_provisioner) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_texts_and_files),
        cmocka_unit_test(copies_directories),
        cmocka_unit_test(reports_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
