/* Changes of a running machine: applied live, by a restart, or at the next start. */
#include "domain_attributes.h"
#include "domain_update.h"

#include "libvirt_case.h"

typedef struct ChangeCase {
    const char *prior, *planned; /* attributes as JSON */
    const char *attribute;
    DomainEffect effect;
    const char *how;
} ChangeCase;

#define LIVE_VCPU   "while the machine runs (virDomainSetVcpusFlags)"
#define LIVE_MEMORY "while the machine runs (virDomainSetMemoryFlags)"
#define LIVE_TUNE   "while the machine runs (virDomainSetSchedulerParametersFlags)"
#define AT_START    "not possible on a running machine"
#define UNSAFE_VCPU "QEMU may crash if a processor is added to a running emulated machine"
#define NO_BALLOON  "without a balloon, only possible at the next start"
#define TOO_MUCH    "exceeds the maximum of the running machine"

/* clang-format off */
static const ChangeCase cases[] = {
    {"'type':'kvm','vcpu':1,'vcpu_max':2",      "'type':'kvm','vcpu':2,'vcpu_max':2",      "vcpu",   EFFECT_LIVE,    LIVE_VCPU  },
    {"'type':'kvm','vcpu':2,'vcpu_max':2",      "'type':'kvm','vcpu':1,'vcpu_max':2",      "vcpu",   EFFECT_RESTART, AT_START   },
    {"'type':'kvm','vcpu':1,'vcpu_max':2",      "'type':'kvm','vcpu':3,'vcpu_max':3",      "vcpu",   EFFECT_RESTART, AT_START   },
    {"'type':'qemu','vcpu':1,'vcpu_max':2",     "'type':'qemu','vcpu':2,'vcpu_max':2",     "vcpu",   EFFECT_RESTART, UNSAFE_VCPU},
    {"'type':'qemu','vcpu':2,'vcpu_max':2",     "'type':'qemu','vcpu':1,'vcpu_max':2",     "vcpu",   EFFECT_RESTART, AT_START   },
    {"'type':'qemu','vcpu':1",                  "'type':'qemu','vcpu':2",                  "vcpu",   EFFECT_RESTART, AT_START   },
    {"'type':'lxc','vcpu':1,'vcpu_max':2",      "'type':'lxc','vcpu':2,'vcpu_max':2",      "vcpu",   EFFECT_RESTART, AT_START   },
    {"'type':'qemu','memory':64,'memory_max':96", "'type':'qemu','memory':96,'memory_max':96",  "memory", EFFECT_LIVE,    LIVE_MEMORY},
    {"'type':'qemu','memory':64,'memory_max':96", "'type':'qemu','memory':128,'memory_max':96", "memory", EFFECT_RESTART, TOO_MUCH   },
    {"'type':'kvm','memory':64,'balloon':false",  "'type':'kvm','memory':32,'balloon':false",   "memory", EFFECT_RESTART, NO_BALLOON },
    {"'type':'kvm','memory':64,'balloon':false",  "'type':'kvm','memory':96,'balloon':false",   "memory", EFFECT_RESTART, TOO_MUCH   },
    {"'type':'kvm','cputune':{'shares':512}",     "'type':'kvm','cputune':{'shares':1024}",     "cputune", EFFECT_LIVE,   LIVE_TUNE  },
    {"'type':'kvm','cputune':{'vcpupin':[{'vcpu':0,'cpuset':'0'}]}", "'type':'kvm','cputune':{'vcpupin':[{'vcpu':0,'cpuset':'1'}]}", "cputune", EFFECT_RESTART, AT_START},
};
/* clang-format on */

static Value machine(ResourceCase *c, const char *attributes) {
    StrBuf json = strbuf_new(c->arena);
    strbuf_add_cstr(&json, "{\"name\":\"m\",");
    for (const char *at = attributes; *at; at++)
        strbuf_add_char(&json, *at == '\'' ? '"' : *at);
    strbuf_add_char(&json, '}');
    return schema_apply_defaults(
        &libvirt_domain.schema, case_config(c, str_to_cstr(strbuf_str(&json), c->arena)), c->arena);
}

static const DomainChange *find(const DomainChanges *changes, const char *attribute) {
    vec_each(&changes->all, change)
        if (strcmp(change->attribute->name, attribute) == 0)
            return change;
    return NULL;
}

static void test_compare(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const ChangeCase *row = &cases[i];
        ResourceCase c = case_open(&libvirt_domain);
        Value prior = machine(&c, row->prior);
        DomainBounds bounds = domain_update_bounds(prior, NULL);
        DomainChanges changes =
            domain_update_compare(prior, machine(&c, row->planned), bounds, c.arena);
        const DomainChange *change = find(&changes, row->attribute);
        if (!change || change->effect != row->effect || !str_equal_cstr(change->how, row->how))
            fail_msg("%s -> %s: %.*s", row->prior, row->planned, change ? (int)change->how.len : 0,
                     change ? change->how.ptr : "");
        assert_int_equal(changes.needs_restart, row->effect == EFFECT_RESTART);
        case_close(&c);
    }
}

/* A limit that was raised after the machine's start does not apply to it yet. */
static void test_promised_is_not_given(void **) {
    ResourceCase c = case_open(&libvirt_domain);
    Value prior = machine(&c, "'type':'kvm','memory':64,'memory_max':256,'vcpu':1,'vcpu_max':4");
    Value planned = machine(&c, "'type':'kvm','memory':128,'memory_max':256,'vcpu':2,'vcpu_max':4");
    DomainBounds started_with = {.memory_max = 64, .vcpu_max = 1};
    DomainChanges changes = domain_update_compare(prior, planned, started_with, c.arena);
    check_str(find(&changes, "memory")->how, TOO_MUCH);
    check_str(find(&changes, "vcpu")->how, AT_START);
    case_close(&c);
}

static void test_what_stays_is_no_change(void **) {
    ResourceCase c = case_open(&libvirt_domain);
    Value same = machine(&c, "'type':'qemu','vcpu':1,'memory':64");
    DomainBounds bounds = domain_update_bounds(same, NULL);
    DomainChanges changes = domain_update_compare(same, same, bounds, c.arena);
    assert_int_equal(changes.all.count, 0);
    case_close(&c);
}

/* A live change of cputune or memtune sends numbers only, so no other argument in them is live. */
static void test_live_limits_are_numbers(void **) {
    static const char *const limits[] = {"cputune", "memtune"};
    for (size_t l = 0; l < ARRAY_COUNT(limits); l++) {
        XmlRows rows = domain_attributes_of(limits[l]);
        for (size_t i = 0; i < rows.count; i++) {
            const Attribute *attribute = &rows.attributes[i];
            if (!attribute->nested) {
                if (((const XmlBinding *)attribute->binding)->change == XML_LIVE)
                    assert_ptr_equal(attribute->type, &TYPE_NUMBER);
                continue;
            }
            XmlRows inner = xml_map_rows(attribute->nested);
            for (size_t n = 0; n < inner.count; n++)
                assert_int_not_equal(((const XmlBinding *)inner.attributes[n].binding)->change,
                                     XML_LIVE);
        }
    }
}

UNIT_MAIN(test_domain_update) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compare),
        cmocka_unit_test(test_promised_is_not_given),
        cmocka_unit_test(test_what_stays_is_no_change),
        cmocka_unit_test(test_live_limits_are_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
