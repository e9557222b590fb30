/* ssh_upload: files appear complete, with their mode; they can be removed; directories are never
 * replaced. */
#include "ssh_upload.h"

#include "ssh_case.h"

extern const char remote_digest_sh[];

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

#define OF_NOTHING "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define OF_SMALL   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" /* abc */
#define OF_LARGE                                                                                   \
    "5647f05ec18958947d32874eeb788fa396a05d0bab7c1b71f112ceb7e9b31eee" /* 2 MiB of zeros */

/* Other programs of the name openssl, none among them, leave the digest to sha256sum. One that
 * fails at the content leaves a large file without a digest; a small file does not ask it. */
static void test_file_digest(void **) {
    static const char failing[] =
        "openssl() { if [ $(head -c 1 | wc -c) = 0 ]; then echo '" OF_NOTHING
        " *stdin'; else return 1; fi; }";
    static const char small[] = "printf abc", large[] = "head -c 2097152 /dev/zero";
    static const struct {
        const char *openssl, *content, *digest;
    } rows[] = {
        {"", small, OF_SMALL},
        {"", large, OF_LARGE},
        {"openssl() { return 127; }", large, OF_LARGE},
        {"openssl() { cat >/dev/null; echo 'SHA2-256(stdin)= " OF_NOTHING "'; }", large, OF_LARGE},
        {failing, large, ""},
        {failing, small, OF_SMALL},
    };
    Arena *arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Str script = str_format(arena,
                                "%s\n%s\nfile=$(mktemp) && %s >$file; file_digest $file; "
                                "status=$?; rm $file; exit $status",
                                remote_digest_sh, rows[i].openssl, rows[i].content);
        const char *const argv[] = {"sh", "-c", str_to_cstr(script, arena), NULL};
        ProcessRequest request = {.argv = argv, .timeout_ms = 60000};
        ProcessResult result = {0};
        assert_int_equal(process_real.run(NULL, &request, &result, arena), 0);
        check_str(str_trim(result.out), rows[i].digest);
        assert_int_equal(result.exit_status, *rows[i].digest ? 0 : 1);
    }
    arena_close(arena);
}

UNIT_MAIN(test_ssh_upload) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(files_come_and_go),
                                       cmocka_unit_test(test_source_not_readable),
                                       cmocka_unit_test(test_file_digest)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
