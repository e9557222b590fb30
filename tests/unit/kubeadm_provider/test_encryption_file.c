/* encryption_file: the content in each phase, for each provider, with the flags and volumes. */
#include "encryption_file.h"
#include "json.h"
#include "kubeadm_provider.h"
#include "nested_list.h"
#include "resource_case.h"

static EncryptionKey key_of(const char *provider, const char *name) {
    bool is_kms = strcmp(provider, "kms") == 0;
    return (EncryptionKey){.name = str_from_cstr(name),
                           .provider = str_from_cstr(provider),
                           .secret = is_kms ? STR_EMPTY : STR("c2VjcmV0"),
                           .socket = is_kms ? STR("unix:///run/kms/kms.sock") : STR_EMPTY,
                           .version = 1};
}

/* A change of secrets from the key "a" to the key "b"; NULL: from or to none. */
static EtcdEncryption change_of(const char *from, const char *to, int64_t phase, Arena *arena) {
    EtcdEncryption out = {.is_changing = true, .phase = phase};
    if (to) {
        vec_push(arena, &out.keys, key_of(to, "loam-2-bb"));
        vec_push(arena, &out.next_resources, STR("secrets"));
        out.next = STR("loam-2-bb");
    }
    if (from) {
        vec_push(arena, &out.keys, key_of(from, "loam-1-aa"));
        vec_push(arena, &out.resources, STR("secrets"));
        out.current = STR("loam-1-aa");
    }
    return out;
}

#define HEAD                                                                                       \
    "{\"apiVersion\":\"apiserver.config.k8s.io/v1\",\"kind\":\"EncryptionConfiguration\","         \
    "\"resources\":["
#define ENTRY(providers, resources) "{\"providers\":[" providers "],\"resources\":[" resources "]}"
#define KEY(provider, name)                                                                        \
    "{\"" provider "\":{\"keys\":[{\"name\":\"" name "\",\"secret\":\"c2VjcmV0\"}]}}"
#define KMS(name)                                                                                  \
    "{\"kms\":{\"apiVersion\":\"v2\",\"endpoint\":\"unix:///run/kms/kms.sock\",\"name\":\"" name   \
    "\"}}"
#define NONE              "{\"identity\":{}}"
#define SECRETS           "\"secrets\""
#define DOCUMENT(entries) HEAD entries "]}\n"
#define ONE(providers)    DOCUMENT(ENTRY(providers, SECRETS))

static void test_phases(void **) {
    static const struct {
        const char *from;
        const char *to;
        const char *contents[ETCD_ENCRYPTION_PHASES + 1]; /* the fourth and fifth as the third */
    } rows[] = {
        {NULL,
         "secretbox",
         {"", ONE(NONE "," KEY("secretbox", "loam-2-bb")),
          ONE(KEY("secretbox", "loam-2-bb") "," NONE), NULL, NULL,
          ONE(KEY("secretbox", "loam-2-bb"))}},
        {"secretbox",
         "aesgcm",
         {ONE(KEY("secretbox", "loam-1-aa")),
          ONE(KEY("secretbox", "loam-1-aa") "," KEY("aesgcm", "loam-2-bb")),
          ONE(KEY("aesgcm", "loam-2-bb") "," KEY("secretbox", "loam-1-aa")), NULL, NULL,
          ONE(KEY("aesgcm", "loam-2-bb"))}},
        {"aesgcm",
         "aescbc",
         {ONE(KEY("aesgcm", "loam-1-aa")),
          ONE(KEY("aesgcm", "loam-1-aa") "," KEY("aescbc", "loam-2-bb")),
          ONE(KEY("aescbc", "loam-2-bb") "," KEY("aesgcm", "loam-1-aa")), NULL, NULL,
          ONE(KEY("aescbc", "loam-2-bb"))}},
        {"aescbc",
         "kms",
         {ONE(KEY("aescbc", "loam-1-aa")), ONE(KEY("aescbc", "loam-1-aa") "," KMS("loam-2-bb")),
          ONE(KMS("loam-2-bb") "," KEY("aescbc", "loam-1-aa")), NULL, NULL, ONE(KMS("loam-2-bb"))}},
        {"kms",
         "kms",
         {ONE(KMS("loam-1-aa")), ONE(KMS("loam-1-aa") "," KMS("loam-2-bb")),
          ONE(KMS("loam-2-bb") "," KMS("loam-1-aa")), NULL, NULL, ONE(KMS("loam-2-bb"))}},
        {"secretbox",
         NULL,
         {ONE(KEY("secretbox", "loam-1-aa")), ONE(KEY("secretbox", "loam-1-aa") "," NONE),
          ONE(NONE "," KEY("secretbox", "loam-1-aa")), NULL, NULL, ""}},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        for (int64_t phase = 0; phase <= ETCD_ENCRYPTION_PHASES; phase++) {
            EtcdEncryption change = change_of(rows[i].from, rows[i].to, phase, arena);
            const char *wanted = rows[i].contents[phase];
            check_str(encryption_file_content(&change, arena),
                      wanted ? wanted : rows[i].contents[2]);
        }
        /* Without a change, the content is that of the last phase. */
        EtcdEncryption end = change_of(rows[i].from, rows[i].to, 4, arena);
        etcd_encryption_settle(&end);
        check_str(encryption_file_content(&end, arena), rows[i].contents[5]);
    }
}

/* Resources that stay have the key all the time, in an entry of their own. */
static void test_resources(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    EtcdEncryption change = change_of("aescbc", NULL, 1, arena);
    change.next = change.current;
    vec_push(arena, &change.next_resources, STR("secrets"));
    vec_push(arena, &change.next_resources, STR("configmaps"));
    vec_push(arena, &change.next_resources, STR("widgets.example.com"));
    check_str(encryption_file_content(&change, arena),
              DOCUMENT(ENTRY(KEY("aescbc", "loam-1-aa"), SECRETS) "," ENTRY(
                  NONE "," KEY("aescbc", "loam-1-aa"), "\"configmaps\",\"widgets.example.com\"")));
    etcd_encryption_settle(&change);
    check_str(encryption_file_content(&change, arena),
              DOCUMENT(ENTRY(KEY("aescbc", "loam-1-aa"),
                             "\"secrets\",\"configmaps\",\"widgets.example.com\"")));
}

/* API servers read the data of a snapshot with its keys, or with any key if it does not name them,
 * and write them with the current one. */
static void test_restored(void **) {
    static const struct {
        const char *from;
        const char *to; /* the current one; NULL: the encryption is off */
        const char *record;
        const char *content; /* empty: nothing is restored */
        const char *end;
    } rows[] = {
        {"secretbox", "aesgcm", "",
         ONE(KEY("aesgcm", "loam-2-bb") "," KEY("secretbox", "loam-1-aa") "," NONE),
         ONE(KEY("aesgcm", "loam-2-bb"))},
        {"secretbox", "aesgcm", "loam-1-aa=1 secrets",
         ONE(KEY("aesgcm", "loam-2-bb") "," KEY("secretbox", "loam-1-aa") "," NONE),
         ONE(KEY("aesgcm", "loam-2-bb"))},
        {"secretbox", "aesgcm", "none", ONE(KEY("aesgcm", "loam-2-bb") "," NONE),
         ONE(KEY("aesgcm", "loam-2-bb"))},
        /* A plugin that the snapshot does not need may be gone. */
        {"kms", "aesgcm", "loam-2-bb=1 secrets", ONE(KEY("aesgcm", "loam-2-bb") "," NONE),
         ONE(KEY("aesgcm", "loam-2-bb"))},
        {"secretbox", NULL, "", ONE(NONE "," KEY("secretbox", "loam-1-aa")), ""},
        {"secretbox", NULL, "loam-1-aa=1 secrets", ONE(NONE "," KEY("secretbox", "loam-1-aa")), ""},
        {"secretbox", NULL, "none", "", ""},
        {"secretbox", "aesgcm", "loam-1-aa=1 configmaps",
         DOCUMENT(ENTRY(KEY("aesgcm", "loam-2-bb") "," KEY("secretbox", "loam-1-aa") "," NONE,
                        SECRETS) "," ENTRY(NONE "," KEY("aesgcm", "loam-2-bb") "," KEY("secretbox",
                                                                                       "loam-1-aa"),
                                           "\"configmaps\"")),
         ONE(KEY("aesgcm", "loam-2-bb"))},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        EtcdEncryption change = change_of(rows[i].from, rows[i].to, 4, arena);
        SnapshotKeys keys = snapshot_keys_parse(str_from_cstr(rows[i].record), arena);
        etcd_encryption_settle(&change);
        etcd_encryption_restore(&change, &keys, arena);
        if (!*rows[i].content) {
            assert_false(change.is_changing);
            continue;
        }
        assert_int_equal(change.phase, 2);
        check_str(encryption_file_content(&change, arena), rows[i].content);
        etcd_encryption_settle(&change);
        check_str(encryption_file_content(&change, arena), rows[i].end);
    }
}

static void test_prefix(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    EncryptionKey key = key_of("secretbox", "loam-1-aa");
    check_str(encryption_file_prefix(&key, arena), "k8s:enc:secretbox:v1:loam-1-aa:");
    key = key_of("kms", "loam-1-aa");
    check_str(encryption_file_prefix(&key, arena), "k8s:enc:kms:v2:loam-1-aa:");
}

static void test_parse(void **) {
    static const char *const bad[] = {
        "",
        "{}",
        ONE(NONE),
        ONE(KEY("aesgcm", "other")),
        DOCUMENT(ENTRY("1", SECRETS)),
        DOCUMENT("1"),
    };
    static const char *const providers[] = {"secretbox", "aesgcm", "aescbc", "kms"};
    SCOPED(ArenaRef) arena = arena_open("test");
    EtcdEncryption found;
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
        assert_false(encryption_file_parse(str_from_cstr(bad[i]), &found, arena));
    for (size_t i = 0; i < ARRAY_COUNT(providers); i++) {
        EtcdEncryption made = change_of(NULL, providers[i], 4, arena);
        etcd_encryption_settle(&made);
        Str content = encryption_file_content(&made, arena);
        assert_true(encryption_file_parse(content, &found, arena));
        assert_true(str_equal(encryption_file_content(&found, arena), content));
        assert_int_equal(found.keys.items[0].version, 2);
    }
    /* In the midst of a change, all keys. */
    EtcdEncryption change = change_of("aesgcm", "kms", 2, arena);
    assert_true(encryption_file_parse(encryption_file_content(&change, arena), &found, arena));
    assert_int_equal(found.keys.count, 2);
    EtcdEncryption former = change_of("aesgcm", NULL, 0, arena);
    etcd_encryption_adopt(&former, &found, arena);
    assert_int_equal(former.keys.count, 2);
    check_str(former.current, "loam-2-bb");
    change = change_of(NULL, "aesgcm", 1, arena);
    assert_true(encryption_file_parse(encryption_file_content(&change, arena), &found, arena));
    check_str(found.current, "");
    assert_int_equal(found.keys.count, 1);
}

static size_t server_items(Value object, const char *name, Arena *arena) {
    Value cluster = object_nested(object, "cluster", arena);
    return nested_list_count(object_nested(cluster, "api_server", arena), name);
}

static void test_object(void **) {
    ResourceCase c = case_open(&kubeadm_init);
    Value object =
        case_config(&c, "{\"files\":{\"a\":{\"content\":\"x\"}},\"cluster\":{"
                        "\"api_server\":{\"extra_args\":[{\"name\":\"v\",\"value\":\"2\"}"
                        "]}}}");
    EtcdEncryption none = {0}, box = change_of(NULL, "secretbox", 4, c.arena),
                   kms = change_of(NULL, "kms", 4, c.arena);
    assert_true(value_identical(encryption_file_add(object, &none, c.arena), object));
    Value found = encryption_file_add(object, &box, c.arena);
    assert_int_equal(object_attribute(found, "files").count, 2);
    assert_int_equal(server_items(found, "extra_args", c.arena), 3);
    assert_int_equal(server_items(found, "extra_volumes", c.arena), 1);
    found = encryption_file_add(object, &kms, c.arena);
    assert_int_equal(server_items(found, "extra_volumes", c.arena), 2);
    assert_true(encryption_file_needs_restart(&none, &box, c.arena));
    assert_true(encryption_file_needs_restart(&box, &kms, c.arena));
    box.phase = 1;
    EtcdEncryption later = box;
    later.phase = 5;
    assert_false(encryption_file_needs_restart(&box, &later, c.arena));
    case_close(&c);
}

UNIT_MAIN(test_encryption_file) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_phases),   cmocka_unit_test(test_resources),
        cmocka_unit_test(test_restored), cmocka_unit_test(test_prefix),
        cmocka_unit_test(test_parse),    cmocka_unit_test(test_object),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
