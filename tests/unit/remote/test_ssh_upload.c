/* ssh_upload: files appear complete, with their mode; they can be removed; directories are never
 * replaced. */
#include "ssh_upload.h"

#include "ssh_case.h"

static SshLink link_of(SshCase *s) {
    SshLink link = {0};
    ResourceCase *c = &s->c;
    Value object = case_config(c, ssh_config(s, "\"command\":\"true\""));
    assert_true(ssh_client_link(case_call(c), object, &link, &c->diags));
    return link;
}

static void files_come_and_go(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    SshCase s = ssh_case_open(SERVER_SSHD, &ssh_exec);
    ResourceCase *c = &s.c;
    SCOPED(SshLink) link = link_of(&s);
    Str path = str_from_cstr(server_path(&s.server, "a/b/it's"));
    SshUpload upload = {.path = path, .bytes = STR("one\ntwo"), .mode = STR("0640")};
    check_done(c, ssh_upload_write(&link, &upload, &c->diags));
    DiskStat stat;
    Str bytes;
    const Disk *disk = c->io.disk;
    assert_int_equal(disk->read_file(disk->self, path, &bytes, c->arena), 0);
    check_str(bytes, "one\ntwo");
    assert_int_equal(disk->stat(disk->self, path, &stat), 0);
    assert_int_equal(stat.mode & 0777, 0640);
    check_done(c, ssh_upload_remove(&link, path, &c->diags));
    assert_false(disk_exists(disk, path));
    check_done(c, ssh_upload_remove(&link, path, &c->diags));
    upload.path = disk_directory_of(path);
    check_refused(c, ssh_upload_write(&link, &upload, &c->diags), "File not written");
    check_str(c->diags.items[0].path, ".path");
    assert_false(ssh_upload_remove(&link, upload.path, &c->diags));
    ssh_client_release(&link);
    ssh_case_close(&s);
}

static int failing_read(void *self, DiskFile file, uint64_t offset, void *buffer, size_t size,
                        size_t *got) {
    (void)self, (void)file, (void)offset, (void)buffer, (void)size, (void)got;
    return -ESTALE;
}

/* The error names the reason why the local file cannot be read, not a general one. */
static void test_source_not_readable(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    SshCase s = ssh_case_open(SERVER_SSHD, &ssh_exec);
    ResourceCase *c = &s.c;
    Disk disk = disk_real;
    disk.read = failing_read;
    c->io.disk = &disk;
    SCOPED(SshLink) link = link_of(&s);
    SshUpload upload = {
        .path = str_from_cstr(server_path(&s.server, "copy")),
        .source_path = str_from_cstr(server_path(&s.server, "user.pub")),
        .sha256 = STR("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        .mode = STR("0640"),
    };
    check_refused(c, ssh_upload_write(&link, &upload, &c->diags), "Source not readable");
    assert_true(str_find(c->diags.items[0].detail, str_from_cstr(strerror(ESTALE)), 0) != SIZE_MAX);
    ssh_client_release(&link);
    ssh_case_close(&s);
}

UNIT_MAIN(test_ssh_upload) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(files_come_and_go),
                                       cmocka_unit_test(test_source_not_readable)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
