/* libvirt_secret: names of several usage types. The test driver has no secrets, so this file
 * replaces libvirt's functions. */
#include "libvirt_case.h"

typedef struct FakeSecret {
    int type;
    const char *usage, *element, *name, *uuid;
} FakeSecret;

#define UUID(digit) "0000000" digit "-0000-4000-8000-000000000000"

static FakeSecret secrets[] = {
    {VIR_SECRET_USAGE_TYPE_VOLUME, "volume", "volume", "key", UUID("1")},
    {VIR_SECRET_USAGE_TYPE_CEPH, "ceph", "name", "key", UUID("2")},
    {VIR_SECRET_USAGE_TYPE_ISCSI, "iscsi", "target", "only", UUID("3")},
    {VIR_SECRET_USAGE_TYPE_VOLUME, "volume", "volume", "/a/disk", UUID("4")},
    {VIR_SECRET_USAGE_TYPE_VOLUME, "volume", "volume", "tls/x", UUID("5")},
};

static const FakeSecret *fake(virSecretPtr secret) {
    return (const FakeSecret *)secret;
}

virSecretPtr virSecretLookupByUUIDString(virConnectPtr, const char *uuid) {
    for (size_t i = 0; i < ARRAY_COUNT(secrets); i++)
        if (strcmp(secrets[i].uuid, uuid) == 0)
            return (virSecretPtr)&secrets[i];
    return NULL;
}

virSecretPtr virSecretLookupByUsage(virConnectPtr, int type, const char *name) {
    for (size_t i = 0; i < ARRAY_COUNT(secrets); i++)
        if (secrets[i].type == type && strcmp(secrets[i].name, name) == 0)
            return (virSecretPtr)&secrets[i];
    return NULL;
}

char *virSecretGetXMLDesc(virSecretPtr secret, unsigned flags) {
    (void)flags;
    const FakeSecret *found = fake(secret);
    char *text = NULL;
    assert_true(asprintf(&text, "<secret><usage type='%s'><%s>%s</%s></usage></secret>",
                         found->usage, found->element, found->name, found->element) > 0);
    return text;
}

int virSecretGetUUIDString(virSecretPtr secret, char *uuid) {
    memcpy(uuid, fake(secret)->uuid, VIR_UUID_STRING_BUFLEN);
    return 0;
}

const char *virSecretGetUsageID(virSecretPtr secret) {
    return fake(secret)->name;
}

unsigned char *virSecretGetValue(virSecretPtr secret, size_t *size, unsigned flags) {
    (void)secret, (void)size, (void)flags;
    return NULL;
}

virSecretPtr virSecretDefineXML(virConnectPtr connection, const char *xml, unsigned flags) {
    (void)connection, (void)xml, (void)flags;
    return NULL; /* the name is in use */
}

int virSecretFree(virSecretPtr) {
    return 0;
}

static void test_import(void **) {
    static const struct {
        const char *id, *uuid; /* empty: an error */
    } rows[] = {
        {UUID("2"), UUID("2")},    {"ceph/key", UUID("2")},
        {"volume/key", UUID("1")}, {"key", ""},
        {"only", UUID("3")},       {"iscsi/only", UUID("3")},
        {"volume/only", ""},       {"/a/disk", UUID("4")},
        {"tls/x", UUID("5")},      {"none", ""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        ResourceCase c = libvirt_case_open(&libvirt_secret, TEST_DRIVER, STR("libvirt_secret.s"));
        bool is_imported = case_import(&c, str_from_cstr(rows[i].id));
        if (is_imported != (*rows[i].uuid != '\0'))
            fail_msg("%s", rows[i].id);
        if (is_imported)
            check_str(case_text(&c, "id"), rows[i].uuid);
        libvirt_case_close(&c);
    }
    ResourceCase c = libvirt_case_open(&libvirt_secret, TEST_DRIVER, STR("libvirt_secret.s"));
    check_refused(&c, case_import(&c, STR("key")), "Several secrets are named \"key\"");
    libvirt_case_close(&c);
}

/* The error names the secret of the same usage type. */
static void test_name_in_use(void **) {
    ResourceCase c = libvirt_case_open(&libvirt_secret, TEST_DRIVER, STR("libvirt_secret.s"));
    check_refused(&c, case_apply(&c, "{\"name\":\"key\",\"usage_type\":\"ceph\",\"value\":\"v\"}"),
                  "The secret \"key\" already exists");
    assert_true(str_find(c.diags.items[0].detail, STR(UUID("2")), 0) != SIZE_MAX);
    libvirt_case_close(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_import),
        cmocka_unit_test(test_name_in_use),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
