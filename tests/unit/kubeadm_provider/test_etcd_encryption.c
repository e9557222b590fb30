/* etcd_encryption: the argument, the state, and the keys that stay. */
#include "base64.h"
#include "encrypted_resource.h"
#include "etcd_encryption.h"
#include "object_builder.h"
#include "unit.h"

static EncryptionWish wish_for(const char *provider, int64_t version, Arena *arena) {
    EncryptionWish wish = {.is_on = true, .provider = str_from_cstr(provider), .version = version};
    vec_push(arena, &wish.resources, STR("secrets"));
    return wish;
}

static void rotate(EtcdEncryption *encryption, const EncryptionWish *wish, Arena *arena) {
    etcd_encryption_begin(encryption, wish, arena);
    etcd_encryption_settle(encryption);
}

/* A key is new for each provider and version, and has 32 bytes. */
static void test_keys(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    EtcdEncryption now = {0};
    EncryptionWish wish = wish_for("secretbox", 1, arena), off = {0};
    StrVec none = {0};
    Str secret;
    assert_false(etcd_encryption_differs(&now, &off));
    assert_true(etcd_encryption_differs(&now, &wish));
    rotate(&now, &wish, arena);
    assert_false(etcd_encryption_differs(&now, &wish));
    assert_true(etcd_encryption_differs(&now, &off));
    assert_true(base64_decode(now.keys.items[0].secret, &secret, arena));
    assert_int_equal(secret.len, 32);
    for (int64_t version = 2; version < 5; version++) {
        EncryptionWish next = wish_for("secretbox", version, arena);
        assert_true(etcd_encryption_differs(&now, &next));
        rotate(&now, &next, arena);
        assert_int_equal(now.keys.items[0].version, version);
        assert_true(str_equal(now.current, now.keys.items[0].name));
        assert_false(str_equal(now.keys.items[0].secret, now.keys.items[1].secret));
    }
    /* The former version again is another key. */
    rotate(&now, &wish, arena);
    assert_int_equal(now.keys.count, 5);
    assert_false(str_equal(now.keys.items[0].name, now.keys.items[4].name));
    /* Other resources: the same key. */
    vec_push(arena, &wish.resources, STR("configmaps"));
    assert_true(etcd_encryption_differs(&now, &wish));
    rotate(&now, &wish, arena);
    assert_int_equal(now.keys.count, 5);
    assert_false(etcd_encryption_differs(&now, &wish));
    etcd_encryption_begin(&now, &off, arena);
    etcd_encryption_prune(&now, 0, &none);
    assert_int_equal(now.keys.count, 5); /* a change needs them */
    etcd_encryption_settle(&now);
    assert_int_equal(now.resources.count, 0);
    etcd_encryption_prune(&now, 2, &none);
    assert_int_equal(now.keys.count, 2);
    rotate(&now, &wish, arena);
    etcd_encryption_prune(&now, 0, &none);
    assert_int_equal(now.keys.count, 1);
    assert_true(str_equal(now.current, now.keys.items[0].name));
}

/* The keys of a snapshot and all newer ones stay, whatever the number of former keys. */
static void test_needed(void **) {
    static const struct {
        size_t key; /* that a snapshot needs, 0: the newest; SIZE_MAX: none of the state */
        int64_t retained;
        size_t left;
    } rows[] = {{SIZE_MAX, 0, 1}, {SIZE_MAX, 2, 3}, {0, 0, 1}, {1, 0, 2},
                {2, 0, 3},        {2, 3, 4},        {4, 0, 5}, {4, 16, 5}};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        EtcdEncryption now = {0};
        StrVec needed = {0};
        for (int64_t version = 1; version <= 5; version++) {
            EncryptionWish wish = wish_for("secretbox", version, arena);
            rotate(&now, &wish, arena);
        }
        vec_push(arena, &needed,
                 rows[i].key == SIZE_MAX ? STR("loam-9-aa") : now.keys.items[rows[i].key].name);
        etcd_encryption_prune(&now, rows[i].retained, &needed);
        assert_int_equal(now.keys.count, rows[i].left);
        assert_int_equal(now.keys.items[0].version, 5);
    }
}

/* A key is missing if the state has none of its name, or another one. */
static void test_missing(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    EtcdEncryption now = {0};
    EncryptionWish wish = wish_for("secretbox", 1, arena);
    rotate(&now, &wish, arena);
    wish = wish_for("kms", 2, arena);
    rotate(&now, &wish, arena);
    const EncryptionKey *plugin = &now.keys.items[0], *own = &now.keys.items[1];
    Str fingerprint = snapshot_keys_fingerprint(own->name, own->secret, arena);
    const struct {
        Str name;
        Str fingerprint;
        bool is_there;
    } rows[] = {
        {own->name, fingerprint, true},
        {plugin->name, STR(SNAPSHOT_KEYS_KMS), true},
        {own->name, STR("0123456789abcdef"), false},
        {own->name, STR(SNAPSHOT_KEYS_KMS), false},
        {plugin->name, fingerprint, false},
        {STR("loam-1-aa"), fingerprint, false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SnapshotKeys keys = {.is_known = true};
        vec_push(arena, &keys.items, (SnapshotKey){rows[i].name, rows[i].fingerprint});
        StrVec missing = etcd_encryption_missing(&now, &keys, arena);
        assert_int_equal(missing.count, !rows[i].is_there);
        if (missing.count)
            assert_true(str_starts_with(missing.items[0], rows[i].name));
    }
}

static void test_state(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const Attribute rows[] = {
        {"state", NULL, COMPUTED, "State.", .nested = &etcd_encryption_state}};
    const Type *type = attribute_implied_type(&rows[0]);
    EtcdEncryption now = {0};
    EncryptionWish wish = wish_for("aesgcm", 7, arena);
    assert_true(value_is_null(etcd_encryption_value(&now, type, arena)));
    rotate(&now, &wish, arena);
    wish = wish_for("kms", 8, arena);
    wish.socket = STR("unix:///a/b");
    etcd_encryption_begin(&now, &wish, arena);
    now.phase = 2;
    now.rewriting = STR("secrets");
    now.at = STR("token");
    now.written = 500;
    Value value = etcd_encryption_value(&now, type, arena);
    EtcdEncryption found = etcd_encryption_read(value, arena);
    assert_true(value_identical(etcd_encryption_value(&found, type, arena), value));
    assert_true(found.is_changing);
    assert_int_equal(found.written, 500);
    assert_int_equal(found.phase, 2);
    check_str(found.keys.items[0].socket, "unix:///a/b");
    check_str(found.at, "token");
    SnapshotKeys keys = snapshot_keys_parse(STR("loam-1-aa=0 secrets"), arena);
    etcd_encryption_restore(&now, &keys, arena);
    found = etcd_encryption_read(etcd_encryption_value(&now, type, arena), arena);
    assert_true(etcd_encryption_is_restored(&found, STR("loam-1-aa")));
    assert_false(etcd_encryption_is_restored(&found, STR("loam-7-aa")));
    etcd_encryption_settle(&now);
    found = etcd_encryption_read(etcd_encryption_value(&now, type, arena), arena);
    assert_false(etcd_encryption_is_restored(&found, STR("loam-1-aa")));
    assert_false(found.is_changing);
    assert_int_equal(found.written, 0);
}

static void test_resource_names(void **) {
    static const struct {
        const char *name;
        const char *top;
        const char *prefix; /* NULL: not valid */
    } rows[] = {
        {"secrets", "", "/registry/secrets/"},
        {"configmaps", "/other", "/other/configmaps/"},
        {"widgets.example.com", "", "/registry/example.com/widgets/"},
        {"volumesnapshots.snapshot.storage.k8s.io", "x",
         "/x/snapshot.storage.k8s.io/volumesnapshots/"},
        {"pods", "", NULL},
        {"deployments.apps", "", NULL},
        {"ingresses.networking.k8s.io", "", NULL},
        {".example.com", "", NULL},
        {"widgets.example.com.", "", NULL},
        {"a/b.example.com", "", NULL},
        {"*.*", "", NULL},
        {"", "", NULL},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Str name = str_from_cstr(rows[i].name);
        assert_int_equal(encrypted_resource_is_valid(name), rows[i].prefix != NULL);
        if (rows[i].prefix)
            check_str(encrypted_resource_prefix(str_from_cstr(rows[i].top), name, arena),
                      rows[i].prefix);
    }
}

UNIT_MAIN(test_etcd_encryption) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys),           cmocka_unit_test(test_state),
        cmocka_unit_test(test_needed),         cmocka_unit_test(test_missing),
        cmocka_unit_test(test_resource_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
