/* snapshot_keys: the record as text, and the script of the machine beside the files that loam
 * writes there. */
#include "encryption_file.h"
#include "machine_script.h"
#include "snapshot_keys.h"

#include <stdio.h>

extern const char snapshot_keys_print_sh[];

static void test_text(void **) {
    static const struct {
        const char *text;
        const char *same; /* NULL: unknown */
        size_t keys;
        size_t resources;
    } rows[] = {
        {"none", "none", 0, 0},
        {" none\n", "none", 0, 0},
        {"loam-1-aa=0123 secrets", "loam-1-aa=0123 secrets", 1, 1},
        {"loam-2-bb=kms,loam-1-aa=0123 secrets,widgets.example.com\n",
         "loam-2-bb=kms,loam-1-aa=0123 secrets,widgets.example.com", 2, 2},
        {"", NULL, 0, 0},
        {"unknown", NULL, 0, 0},
        {"loam-1-aa=0123", NULL, 0, 0},
        {"loam-1-aa secrets", NULL, 0, 0},
        {"=0123 secrets", NULL, 0, 0},
        {"loam-1-aa= secrets", NULL, 0, 0},
        {"loam-1-aa=0123 ", NULL, 0, 0},
        {"loam-1-aa=0123, secrets", NULL, 0, 0},
        {"loam-1-aa=0123 secrets,", NULL, 0, 0},
        {"loam-1-aa=01\"23 secrets", NULL, 0, 0},
        {"loam-1-aa=0123 secrets x", NULL, 0, 0},
        {"root:x:0:0:root:/root:/bin/sh", NULL, 0, 0},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SnapshotKeys keys = snapshot_keys_parse(str_from_cstr(rows[i].text), arena);
        Value map = snapshot_keys_value(&keys, arena);
        if (keys.is_known != (rows[i].same != NULL))
            fail_msg("%s", rows[i].text);
        check_str(snapshot_keys_text(&keys, arena), rows[i].same ? rows[i].same : "");
        assert_int_equal(keys.items.count, rows[i].keys);
        assert_int_equal(keys.resources.count, rows[i].resources);
        assert_int_equal(value_is_null(map), !keys.is_known);
        if (keys.is_known)
            assert_int_equal(map.count, rows[i].keys);
    }
}

/* Another name and another key have another fingerprint, which does not contain them. */
static void test_fingerprint(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Str one = snapshot_keys_fingerprint(STR("loam-1-aa"), STR("c2VjcmV0"), arena);
    assert_int_equal(one.len, 16);
    assert_false(
        str_equal(one, snapshot_keys_fingerprint(STR("loam-1-aa"), STR("c2VjcmV1"), arena)));
    assert_false(
        str_equal(one, snapshot_keys_fingerprint(STR("loam-1-ab"), STR("c2VjcmV0"), arena)));
    check_str(snapshot_keys_fingerprint(STR("loam-1-aa"), STR_EMPTY, arena), SNAPSHOT_KEYS_KMS);
}

#define OWN "OWN" /* the flag that names the file of loam */

/* Runs the script of the machine with another top than /etc/kubernetes. `flag` is that of the
 * manifest, empty: none, NULL: no manifest; an empty file is not written. */
static Str run_script(const char *flag, Str file, Arena *arena) {
    char top[] = "/tmp/snapshot-keys-XXXXXX", line[4096] = "";
    assert_non_null(mkdtemp(top));
    Str place = str_from_cstr(top), text = str_from_cstr(snapshot_keys_print_sh);
    StrBuf moved = strbuf_new(arena);
    for (size_t at; (at = str_find(text, STR("/etc/kubernetes"), 0)) != SIZE_MAX;) {
        strbuf_add_format(&moved, "%.*s%s", STR_ARG(str_slice(text, 0, at)), top);
        text = str_after(text, at + strlen("/etc/kubernetes"));
    }
    strbuf_add(&moved, text);
    Str manifests = disk_join(place, STR("manifests"), arena);
    Str keys = disk_join(place, STR("loam/encryption"), arena);
    assert_int_equal(disk_real.make_directories(NULL, manifests, 0700), 0);
    assert_int_equal(disk_real.make_directories(NULL, keys, 0700), 0);
    Str own = disk_join(keys, STR("config.json"), arena);
    Str pod = STR("  - command:\n    - kube-apiserver\n");
    if (flag && *flag)
        pod = str_format(arena, "%.*s    - --encryption-provider-config=%.*s\n", STR_ARG(pod),
                         STR_ARG(strcmp(flag, OWN) == 0 ? own : str_from_cstr(flag)));
    if (flag)
        assert_int_equal(
            disk_real.write_file(NULL, disk_join(manifests, STR("kube-apiserver.yaml"), arena), pod,
                                 0600),
            0);
    if (file.len)
        assert_int_equal(disk_real.write_file(NULL, own, file, 0600), 0);
    Str path = disk_join(place, STR("script"), arena);
    assert_int_equal(disk_real.write_file(NULL, path, strbuf_str(&moved), 0600), 0);
    FILE *output = popen(str_to_cstr(str_format(arena, "sh %.*s 2>&1", STR_ARG(path)), arena), "r");
    assert_non_null(output);
    assert_non_null(fgets(line, sizeof line, output));
    assert_int_equal(pclose(output), 0);
    assert_int_equal(disk_remove_tree(&disk_real, place), 0);
    return str_clone(str_trim(str_from_cstr(line)), arena);
}

/* The script finds the keys and resources of each file that loam writes. */
static void test_files(void **) {
    static const char *const providers[] = {"secretbox", "aesgcm", "aescbc", "kms"};
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(providers); i++) {
        EtcdEncryption change = {0};
        EncryptionWish wish = {.is_on = true, .provider = STR("secretbox"), .version = 1};
        vec_push(arena, &wish.resources, STR("secrets"));
        etcd_encryption_create(&change, &wish, arena);
        EncryptionWish next = {
            .is_on = true, .provider = str_from_cstr(providers[i]), .version = 2};
        next.socket = i == 3 ? STR("unix:///run/kms/kms.sock") : STR_EMPTY;
        vec_push(arena, &next.resources, STR("secrets"));
        vec_push(arena, &next.resources, STR("widgets.example.com"));
        etcd_encryption_begin(&change, &next, arena);
        for (int64_t phase = 0; phase <= ETCD_ENCRYPTION_PHASES; phase++) {
            change.phase = phase;
            Str found = run_script(OWN, encryption_file_content(&change, arena), arena);
            SnapshotKeys keys = snapshot_keys_parse(found, arena);
            size_t count = phase == 0 || phase == ETCD_ENCRYPTION_PHASES ? 1 : 2;
            if (!keys.is_known || keys.items.count != count)
                fail_msg("%s, phase %d: %.*s", providers[i], (int)phase, STR_ARG(found));
            assert_int_equal(etcd_encryption_missing(&change, &keys, arena).count, 0);
            assert_int_equal(keys.resources.count, phase == 0 ? 1 : 2);
            vec_each(&change.keys, one)
                assert_true(!one->secret.len || str_find(found, one->secret, 0) == SIZE_MAX);
        }
    }
}

static void test_machines(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    check_str(run_script(NULL, STR_EMPTY, arena), "unknown");
    check_str(run_script("", STR_EMPTY, arena), "none");
    check_str(run_script("/other/file", STR_EMPTY, arena), "unknown");
    check_str(run_script(OWN, STR_EMPTY, arena), "unknown");
    check_str(run_script(OWN, STR("{}\n"), arena), "unknown");
}

static void test_read(void **) {
    static const MachineRow rows[] = {
        {.out = "loam-1-aa=0123 secrets\n"},
        {.out = "unknown\n"},
        {.err = "broken\n", .exit_status = 1},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    MachineScript machine;
    SnapshotKeys keys;
    machine_script_open(&machine, rows, ARRAY_COUNT(rows), arena);
    assert_true(snapshot_keys_read(&machine.link, &keys, &machine.diags));
    check_str(keys.items.items[0].name, "loam-1-aa");
    assert_true(snapshot_keys_read(&machine.link, &keys, &machine.diags));
    assert_false(keys.is_known);
    assert_false(snapshot_keys_read(&machine.link, &keys, &machine.diags));
    check_str(vec_last(&machine.diags).summary, "Keys of the API server not read");
    machine_script_close(&machine);
}

UNIT_MAIN(test_snapshot_keys) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),  cmocka_unit_test(test_fingerprint),
        cmocka_unit_test(test_files), cmocka_unit_test(test_machines),
        cmocka_unit_test(test_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
