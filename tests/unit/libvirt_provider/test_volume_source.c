/* Local images. */
#include "volume_source.h"

#include <unistd.h>

#include "libvirt_case.h"

static Str write_file(ResourceCase *c, const char *directory, Str bytes) {
    Str path = str_format(c->arena, "%s/image", directory);
    assert_int_equal(c->io.disk->write_file(c->io.disk->self, path, bytes, 0600), 0);
    return path;
}

static void test_look(void **) {
    ResourceCase c = case_open(&libvirt_pool);
    char directory[] = "/tmp/loam-source-XXXXXX";
    assert_non_null(mkdtemp(directory));
    Str path = write_file(&c, directory, STR("abc"));
    VolumeSource look;
    Str memory = STR_EMPTY;
    assert_true(volume_source_look(case_call(&c), path, STR_EMPTY, &look, &memory));
    check_str(look.digest,
              "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    check_str(look.format, "raw");
    assert_int_equal(look.capacity, 3);
    /* The remembered digest is used while the file is unchanged. */
    Str fake = str_concat(str_slice(memory, 0, str_find(memory, STR("sha256"), 0)),
                          str_concat(STR("sha256:00 "), path, c.arena), c.arena);
    assert_true(volume_source_look(case_call(&c), path, fake, &look, &memory));
    check_str(look.digest, "sha256:00");
    path = write_file(&c, directory, STR("abcd"));
    assert_true(volume_source_look(case_call(&c), path, fake, &look, &memory));
    assert_false(str_equal(look.digest, STR("sha256:00")));
    c.io.disk->remove(c.io.disk->self, path);
    assert_false(volume_source_look(case_call(&c), path, fake, &look, &memory));
    rmdir(directory);
    case_close(&c);
}

static void test_qcow2(void **) {
    ResourceCase c = case_open(&libvirt_pool);
    char directory[] = "/tmp/loam-source-XXXXXX";
    assert_non_null(mkdtemp(directory));
    static const char header[64] = {'Q', 'F', 'I', (char)0xfb, 0, 0, 0, 3, [28] = 1, [31] = 2};
    Str path = write_file(&c, directory, (Str){header, sizeof(header)});
    VolumeSource look;
    assert_true(volume_source_probe(case_call(&c), path, &look));
    check_str(look.format, "qcow2");
    assert_int_equal(look.capacity, (1u << 24) + 2);
    assert_int_equal(look.length, 64);
    c.io.disk->remove(c.io.disk->self, path);
    rmdir(directory);
    case_close(&c);
}

UNIT_MAIN(test_volume_source) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_look),
        cmocka_unit_test(test_qcow2),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
