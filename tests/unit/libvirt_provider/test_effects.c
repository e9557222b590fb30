/* The calls that a plan names are those that the host receives. Each argument of the schema that
 * can change is added, changed and removed, on a running and on a stopped object, for each
 * update_policy. This program defines libvirt's calls that change objects: they record their name
 * and change a fake object. Connections and lookups are those of libvirt's test driver. */
#include "libvirt_case.h"
#include "xml_map.h"

#include <time.h>

/* The fake */

static struct {
    const char *inactive; /* XML of the machine, or of the network, pool or filter */
    const char *live;
    bool is_active;
    bool autostart;
    bool has_pool; /* the pool of a volume is active */
    Arena *arena;
    StrVec calls; /* of this run */
} fake;

static void fake_record(const char *name) {
    Str text = str_from_cstr(name);
    if (!str_is_among(text, fake.calls.items, fake.calls.count))
        vec_push(fake.arena, &fake.calls, text);
}

#define FAKE_CALL(name, ...)                                                                       \
    int name(__VA_ARGS__) {                                                                        \
        fake_record(#name);                                                                        \
        return 0;                                                                                  \
    }

FAKE_CALL(virDomainSetMemoryFlags, virDomainPtr, unsigned long, unsigned)
FAKE_CALL(virDomainSetVcpusFlags, virDomainPtr, unsigned, unsigned)
FAKE_CALL(virDomainSetMetadata, virDomainPtr, int, const char *, const char *, const char *,
          unsigned)
FAKE_CALL(virDomainUpdateDeviceFlags, virDomainPtr, const char *, unsigned)
FAKE_CALL(virDomainSetSchedulerParametersFlags, virDomainPtr, virTypedParameterPtr, int, unsigned)
FAKE_CALL(virDomainSetMemoryParameters, virDomainPtr, virTypedParameterPtr, int, unsigned)
FAKE_CALL(virDomainSetBlockIoTune, virDomainPtr, const char *, virTypedParameterPtr, int, unsigned)
FAKE_CALL(virDomainBlockResize, virDomainPtr, const char *, unsigned long long, unsigned)
FAKE_CALL(virNetworkUpdate, virNetworkPtr, unsigned, unsigned, int, const char *, unsigned)
FAKE_CALL(virStoragePoolBuild, virStoragePoolPtr, unsigned)
FAKE_CALL(virStorageVolResize, virStorageVolPtr, unsigned long long, unsigned)

/* Sets the live XML; a machine's devices get an alias. */
static void fake_start(void) {
    SCOPED(XmlDoc) doc = {0};
    assert_true(xml_parse(fake.inactive, &doc));
    XmlNodes devices = xml_find_all(xml_root(&doc), "devices/*", fake.arena);
    for (size_t i = 0; i < devices.count; i++)
        xml_set(xml_add(devices.items[i], "alias"), "name", str_format(fake.arena, "device%zu", i));
    fake.live = xml_print(&doc, fake.arena);
    fake.is_active = true;
}

static void fake_define(const char *text) {
    fake.inactive = str_to_cstr(str_clone(str_from_cstr(text), fake.arena), fake.arena);
}

static int fake_power(const char *name, bool is_on) {
    fake_record(name);
    if (is_on)
        fake_start();
    fake.is_active = is_on;
    return 0;
}

int virDomainAttachDeviceFlags(virDomainPtr, const char *, unsigned) {
    fake_record(__func__);
    return 0;
}

int virDomainDetachDeviceFlags(virDomainPtr, const char *text, unsigned) {
    SCOPED(XmlDoc) doc = {0};
    fake_record(__func__);
    assert_true(xml_parse(fake.live, &doc));
    XmlNodes devices = xml_find_all(xml_root(&doc), "devices/*", fake.arena);
    vec_each(&devices, node)
        if (strcmp(xml_print_node(*node, fake.arena), text) == 0)
            xml_remove(*node);
    fake.live = xml_print(&doc, fake.arena);
    return 0;
}

virDomainPtr virDomainLookupByUUIDString(virConnectPtr connection, const char *) {
    return virDomainLookupByName(connection, "test");
}

virDomainPtr virDomainDefineXMLFlags(virConnectPtr connection, const char *text, unsigned) {
    fake_define(text);
    return virDomainLookupByName(connection, "test");
}

char *virDomainGetXMLDesc(virDomainPtr, unsigned flags) {
    bool is_live = fake.is_active && !(flags & VIR_DOMAIN_XML_INACTIVE);
    return strdup(is_live ? fake.live : fake.inactive);
}

int virDomainIsActive(virDomainPtr) {
    return fake.is_active;
}

int virDomainCreateWithFlags(virDomainPtr, unsigned) {
    return fake_power(__func__, true);
}

int virDomainDestroyFlags(virDomainPtr, unsigned) {
    return fake_power(__func__, false);
}

/* The guest obeys at once. The plan names both calls that switch a machine off, of which the test
 * counts one. */
int virDomainShutdownFlags(virDomainPtr domain, unsigned) {
    return virDomainDestroyFlags(domain, 0);
}

int virDomainGetAutostart(virDomainPtr, int *out) {
    *out = fake.autostart;
    return 0;
}

int virDomainSetAutostart(virDomainPtr, int autostart) {
    fake_record(__func__);
    fake.autostart = autostart != 0;
    return 0;
}

int virDomainGetVcpusFlags(virDomainPtr, unsigned) {
    return 4;
}

unsigned long virDomainGetMaxMemory(virDomainPtr) {
    return 256ul * 1024;
}

virNetworkPtr virNetworkLookupByUUIDString(virConnectPtr connection, const char *) {
    return virNetworkLookupByName(connection, "default");
}

virNetworkPtr virNetworkDefineXML(virConnectPtr connection, const char *text) {
    fake_define(text);
    return virNetworkLookupByName(connection, "default");
}

char *virNetworkGetXMLDesc(virNetworkPtr, unsigned) {
    return strdup(fake.inactive);
}

int virNetworkIsActive(virNetworkPtr) {
    return fake.is_active;
}

int virNetworkCreate(virNetworkPtr) {
    return fake_power(__func__, true);
}

int virNetworkDestroy(virNetworkPtr) {
    return fake_power(__func__, false);
}

virStoragePoolPtr virStoragePoolLookupByUUIDString(virConnectPtr connection, const char *) {
    return virStoragePoolLookupByName(connection, "default-pool");
}

virStoragePoolPtr virStoragePoolDefineXML(virConnectPtr connection, const char *text, unsigned) {
    fake_define(text);
    return virStoragePoolLookupByName(connection, "default-pool");
}

char *virStoragePoolGetXMLDesc(virStoragePoolPtr, unsigned) {
    return strdup(fake.inactive);
}

int virStoragePoolIsActive(virStoragePoolPtr) {
    return fake.is_active || fake.has_pool;
}

int virStoragePoolCreate(virStoragePoolPtr, unsigned) {
    return fake_power(__func__, true);
}

int virStoragePoolDestroy(virStoragePoolPtr) {
    return fake_power(__func__, false);
}

virNWFilterPtr virNWFilterDefineXML(virConnectPtr, const char *text) {
    fake_record(__func__);
    fake_define(text);
    return (virNWFilterPtr)&fake;
}

virNWFilterPtr virNWFilterLookupByUUIDString(virConnectPtr, const char *) {
    return (virNWFilterPtr)&fake;
}

/* No filter has the name, which is no error of a plan. */
virNWFilterPtr virNWFilterLookupByName(virConnectPtr, const char *) {
    virResetLastError();
    return NULL;
}

char *virNWFilterGetXMLDesc(virNWFilterPtr, unsigned) {
    return strdup(fake.inactive);
}

int virNWFilterFree(virNWFilterPtr) {
    return 0;
}

/* Values from the schema */

/* An argument, or an argument in nested objects: indexes of rows. */
typedef struct Leaf {
    size_t rows[8];
    size_t depth;
} Leaf;
typedef VEC(Leaf) Leaves;

typedef enum Variant { VARIANT_NONE, VARIANT_FIRST, VARIANT_SECOND } Variant;

static void find_leaves(const Attribute *rows, size_t count, Leaf leaf, Leaves *out, Arena *arena) {
    for (size_t i = 0; i < count; i++) {
        const NestedObject *nested = rows[i].nested;
        Leaf here = leaf;
        if (!(rows[i].flags & (OPTIONAL | REQUIRED)))
            continue;
        here.rows[here.depth++] = i;
        vec_push(arena, out, here);
        if (nested)
            find_leaves(nested->schema.attributes, nested->schema.attribute_count, here, out,
                        arena);
    }
}

static bool is_accepted(const Attribute *row, Value value, Arena *arena) {
    return !row->check || row->check(value, arena).len == 0;
}

static Value text_of(const Attribute *row, Variant variant, Arena *arena) {
    static const char *const texts[] = {
        "/srv/a",
        "/srv/b",
        "a",
        "b",
        "5m",
        "6m",
        "52:54:00:00:00:01",
        "52:54:00:00:00:02",
        "10.9.0.1",
        "10.9.0.2",
        "10.9.0.1/24",
        "10.8.0.1/24",
        "<hub type='usb'/>",
        "<hub type='usb' model='x'/>",
        "2G",
        "3G",
        "0755",
        "0700",
        "1",
        "2",
        "0f3c1c3e-6d2f-4f55-8d53-a3a8a6c1a001",
        "0f3c1c3e-6d2f-4f55-8d53-a3a8a6c1a002",
    };
    Variant found = VARIANT_NONE;
    Str words = str_from_cstr(row->one_of ? row->one_of : "");
    Str word = STR_EMPTY;
    for (size_t i = 0; !row->one_of && i < ARRAY_COUNT(texts); i++)
        if (is_accepted(row, value_from_cstr(texts[i]), arena) && ++found == variant)
            return value_from_cstr(texts[i]);
    while (row->one_of && str_next_field(&words, ' ', &word))
        if (++found == variant)
            return value_from_str(word);
    return value_null(&TYPE_STRING);
}

static Value value_of(const Attribute *row, const Type *type, Variant variant, Arena *arena);

/* An object whose required members have their first value. */
static Value required_object(const NestedObject *nested, const Type *type, Arena *arena) {
    ObjectBuilder builder = object_builder_null(type, arena);
    for (size_t i = 0; i < nested->schema.attribute_count; i++) {
        const Attribute *row = &nested->schema.attributes[i];
        if (row->flags & REQUIRED)
            object_builder_set(
                &builder, row->name,
                value_of(row, object_attribute_type(type, row->name), VARIANT_FIRST, arena));
    }
    return object_builder_value(&builder);
}

/* A list or map of one item. */
static Value wrapped(const Type *type, Value item, Arena *arena) {
    Value *items = arena_new_array(arena, Value, 1);
    Str *keys = arena_new_array(arena, Str, 1);
    items[0] = item;
    keys[0] = STR("key");
    return type->kind == KIND_LIST  ? value_list(type->element, items, 1, arena)
           : type->kind == KIND_MAP ? value_map(type->element, keys, items, 1, arena)
                                    : item;
}

static Value value_of(const Attribute *row, const Type *type, Variant variant, Arena *arena) {
    if (variant == VARIANT_NONE)
        return value_null(type);
    bool has_items = type->kind == KIND_LIST || type->kind == KIND_MAP;
    const Type *element = has_items ? type->element : type;
    Value item = value_null(element);
    if (row->nested)
        item = required_object(row->nested, element, arena);
    else if (element == &TYPE_NUMBER)
        item = value_int(variant == VARIANT_FIRST ? 1 : 2);
    else if (element == &TYPE_BOOL)
        item = value_bool(variant == VARIANT_FIRST);
    else
        item = wrapped(element, text_of(row, variant, arena), arena);
    return value_is_null(item) ? value_null(type) : wrapped(type, item, arena);
}

/* Returns `base`, the value of a row, with the leaf changed; of a list, in its first item. */
static Value with_leaf(const Attribute *row, Value base, const Leaf *leaf, size_t depth,
                       Variant variant, Arena *arena) {
    if (depth == leaf->depth)
        return value_of(row, base.type, variant, arena);
    bool is_list = base.type->kind == KIND_LIST;
    const Type *type = is_list ? base.type->element : base.type;
    bool has_object = value_is_present(base) && (!is_list || base.count);
    Value object = !has_object ? required_object(row->nested, type, arena)
                   : is_list   ? value_at(base, 0)
                               : base;
    const Attribute *member = &row->nested->schema.attributes[leaf->rows[depth]];
    ObjectBuilder builder = object_builder_of(object, arena);
    object_builder_set(
        &builder, member->name,
        with_leaf(member, object_attribute(object, member->name), leaf, depth + 1, variant, arena));
    object = object_builder_value(&builder);
    if (!is_list)
        return object;
    ValueVec items = {0};
    vec_push(arena, &items, object);
    for (size_t i = 1; has_object && i < base.count; i++)
        vec_push(arena, &items, value_at(base, i));
    return nested_list_value(base.type, &items, arena);
}

static Value config_with(const Schema *schema, Value base, const Leaf *leaf, Variant variant,
                         Arena *arena) {
    const Attribute *row = &schema->attributes[leaf->rows[0]];
    ObjectBuilder builder = object_builder_of(base, arena);
    object_builder_set(&builder, row->name,
                       with_leaf(row, object_attribute(base, row->name), leaf, 1, variant, arena));
    return object_builder_value(&builder);
}

static Str leaf_name(const Schema *schema, const Leaf *leaf, Arena *arena) {
    const Attribute *rows = schema->attributes;
    Str name = STR_EMPTY;
    for (size_t i = 0; i < leaf->depth; i++) {
        const Attribute *row = &rows[leaf->rows[i]];
        name = str_format(arena, "%.*s%s%s", STR_ARG(name), i ? "." : "", row->name);
        rows = row->nested ? row->nested->schema.attributes : NULL;
    }
    return name;
}

/* The comparison */

/* Adds the calls that the text names. */
static void add_named(Str text, StrVec *out, Arena *arena) {
    for (size_t at = 0; (at = str_find(text, STR("vir"), at)) != SIZE_MAX;) {
        size_t end = at;
        while (end < text.len && isalnum((unsigned char)text.ptr[end]))
            end++;
        Str name = {text.ptr + at, end - at};
        if (!str_equal(name, STR("vir")) && !str_equal(name, STR("virDomainShutdownFlags")) &&
            !str_is_among(name, out->items, out->count))
            vec_push(arena, out, name);
        at = end;
    }
}

static StrVec named_calls(const ResourceCase *c) {
    StrVec names = {0};
    vec_each(&c->plan.notes, note) {
        add_named(note->text, &names, c->arena);
        if (str_starts_with(note->text, STR("restarts the machine")))
            add_named(STR("virDomainDestroyFlags virDomainCreateWithFlags"), &names, c->arena);
    }
    return names;
}

static bool is_same_set(const StrVec *a, const StrVec *b) {
    bool is_same = a->count == b->count;
    for (size_t i = 0; is_same && i < a->count; i++)
        is_same = str_is_among(a->items[i], b->items, b->count);
    return is_same;
}

typedef struct Effects {
    const ResourceType *type;
    const char *base;   /* configuration as JSON */
    const char *also;   /* an argument that each change sets, too; NULL: none */
    bool is_real;       /* the test driver has the object, which must be deleted */
    bool has_live_rows; /* each row that is live has a call */
    size_t max_depth;   /* of the arguments */
    size_t least;       /* compared changes */
    const char *silent; /* an argument that is not changed; NULL: none */
    /* Counts of changes. */
    size_t compared;
    size_t refused;  /* by the validation, the plan or the test driver */
    size_t replaced; /* the plan replaces the object */
    StrVec live;     /* arguments with a call */
} Effects;

static bool is_valid(ResourceCase *c, Value config) {
    Diags diags = diags_new(c->arena);
    return object_type_validate(case_call(c), config, &diags);
}

/* Creates the object, changes one argument, and compares. */
static void change_one(Effects *effects, ResourceCase *c, Value from, Value to, Str what) {
    c->state = value_null(c->state.type);
    c->private_data = STR_EMPTY;
    c->diags = diags_new(c->arena);
    fake.is_active = fake.autostart = false;
    if (value_equal(from, to) || !is_valid(c, from) || !is_valid(c, to) ||
        !case_plan_from(c, c->state, from)) {
        effects->refused++;
        return;
    }
    bool is_made = case_call_apply(c, c->state, c->plan.planned, from);
    if (!is_made && effects->is_real) {
        effects->refused++;
        return;
    }
    if (!is_made)
        print_error("%.*s\n", STR_ARG(what));
    check_done(c, is_made);
    fake.calls.count = 0;
    bool is_planned = case_plan_from(c, c->state, to);
    if (!is_planned || c->plan.requires_replace.count) {
        effects->refused += !is_planned;
        effects->replaced += is_planned;
        assert_int_equal(fake.calls.count, 0);
        return;
    }
    StrVec named = named_calls(c);
    bool is_done = case_call_apply(c, c->state, c->plan.planned, to);
    if (!is_done || !is_same_set(&named, &fake.calls))
        print_error("%.*s: the plan names [%.*s], the host receives [%.*s]\n", STR_ARG(what),
                    STR_ARG(str_join(named.items, named.count, STR(" "), c->arena)),
                    STR_ARG(str_join(fake.calls.items, fake.calls.count, STR(" "), c->arena)));
    check_done(c, is_done);
    assert_true(is_same_set(&named, &fake.calls));
    effects->compared++;
}

static void change_leaf(Effects *effects, const Leaf *leaf, const ResourceCase *shared) {
    static const Variant changes[][2] = {
        {VARIANT_FIRST, VARIANT_SECOND},
        {VARIANT_NONE, VARIANT_FIRST},
        {VARIANT_FIRST, VARIANT_NONE},
    };
    const Schema *schema = &effects->type->schema;
    for (size_t i = 0; i < ARRAY_COUNT(changes); i++) {
        ResourceCase c = case_open(effects->type);
        c.call.client = shared->call.client;
        fake.arena = c.arena;
        fake.calls = (StrVec){0};
        Value base = case_config(&c, effects->base);
        Str what = str_format(c.arena, "%s.%.*s, change %zu of %s", effects->type->name,
                              STR_ARG(leaf_name(schema, leaf, c.arena)), i, effects->base);
        Value from = config_with(schema, base, leaf, changes[i][0], c.arena);
        ObjectBuilder to =
            object_builder_of(config_with(schema, base, leaf, changes[i][1], c.arena), c.arena);
        if (effects->also)
            object_builder_set(&to, effects->also, value_bool(true));
        change_one(effects, &c, from, object_builder_value(&to), what);
        if (fake.calls.count)
            vec_push(shared->arena, &effects->live,
                     str_from_cstr(schema->attributes[leaf->rows[0]].name));
        if (effects->is_real && !value_is_null(c.state))
            check_done(&c, case_delete(&c));
        case_close(&c);
    }
}

/* Each argument that the table calls live has a live call. */
static void check_live_rows(const Schema *schema, const StrVec *live) {
    for (size_t i = 0; i < schema->attribute_count; i++) {
        const XmlBinding *binding = schema->attributes[i].binding;
        Str name = str_from_cstr(schema->attributes[i].name);
        if (!binding || binding->change != XML_LIVE || str_is_among(name, live->items, live->count))
            continue;
        fail_msg("%.*s has no live call", STR_ARG(name));
    }
}

static void change_all(Effects *effects) {
    ResourceCase shared = libvirt_case_open(effects->type, TEST_DRIVER, STR("libvirt_x.effects"));
    const Schema *schema = &effects->type->schema;
    Leaves leaves = {0};
    find_leaves(schema->attributes, schema->attribute_count, (Leaf){0}, &leaves, shared.arena);
    vec_each(&leaves, leaf)
        if (leaf->depth <= effects->max_depth &&
            (!effects->silent ||
             strcmp(schema->attributes[leaf->rows[0]].name, effects->silent) != 0))
            change_leaf(effects, leaf, &shared);
    print_message("%s: %zu compared, %zu refused, %zu replaced\n", effects->type->name,
                  effects->compared, effects->refused, effects->replaced);
    if (effects->has_live_rows)
        check_live_rows(schema, &effects->live);
    libvirt_case_close(&shared);
    assert_true(effects->compared >= effects->least);
}

/* Of each type of machine: the configuration without braces. */
static const char *const machines[] = {
    "\"type\":\"kvm\",\"disk\":[{\"file\":\"/d/a\",\"target\":\"vda\",\"bus\":\"virtio\"},"
    "{\"device\":\"cdrom\",\"target\":\"sda\",\"bus\":\"sata\"}],"
    "\"network_interface\":[{\"network\":\"default\",\"mac\":\"52:54:00:00:00:0a\"}]",
    "\"type\":\"qemu\",\"disk\":[{\"device\":\"cdrom\",\"file\":\"/d/b\",\"target\":\"sda\","
    "\"bus\":\"sata\"}]",
    "\"type\":\"lxc\",\"network_interface\":[{\"network\":\"default\","
    "\"mac\":\"52:54:00:00:00:0a\"}]",
};

static bool is_all; /* the argument --all */

static void change_machine(const char *machine, bool is_running, const char *policy,
                           size_t max_depth, const char *also) {
    SCOPED(ArenaRef) arena = arena_open("machine");
    Str base = str_format(arena,
                          "{\"name\":\"m\",\"memory\":64,\"memory_max\":256,\"vcpu_max\":4,"
                          "\"wait\":{\"ip\":\"none\"},%s,\"running\":%s,\"update_policy\":\"%s\"}",
                          machine, is_running ? "true" : "false", policy);
    change_all(&(Effects){
        .type = &libvirt_domain,
        .base = str_to_cstr(base, arena),
        .also = also,
        .has_live_rows = !also && is_running && machine == machines[0] &&
                         strcmp(policy, "reboot_if_needed") == 0,
        .silent = "wait", /* no address comes */
        .max_depth = is_all ? SIZE_MAX : max_depth,
        .least = 50,
    });
}

/* Another one of three each day; LOAM_DAY is another day. */
static bool is_turn(size_t number) {
    const char *text = getenv("LOAM_DAY");
    size_t day = text ? strtoul(text, NULL, 10) : (size_t)(time(NULL) / 86400);
    return is_all || (number + day) % 3 == 0;
}

/* Every argument of a running virtual machine; by default, only the first ones of the nested
 * objects for the other kinds of machines and policies, a third of them each day. A change is also
 * combined with one that needs a restart. */
static void test_machine(void **) {
    static const char *const policies[] = {"reboot_if_needed", "never_reboot", "live_only"};
    for (size_t i = 0; i < ARRAY_COUNT(machines); i++) {
        for (size_t n = 0; n < ARRAY_COUNT(policies); n++) {
            if (i + n == 0 || is_turn(i + n))
                change_machine(machines[i], true, policies[n], i + n == 0 ? SIZE_MAX : 1, NULL);
        }
        if (is_turn(i))
            change_machine(machines[i], true, policies[i % 2], 1, "qemu_agent");
        if (is_turn(i + 1))
            change_machine(machines[i], false, policies[i], 1, NULL);
    }
    if (is_turn(0))
        change_machine(machines[0], true, "never_reboot", 2, "qemu_agent");
}

static void test_network(void **) {
    static const char *const settings[] = {
        "{\"name\":\"n\",\"ips\":[{\"address\":\"10.9.0.1/24\",\"dhcp\":{\"ranges\":"
        "[{\"start\":\"10.9.0.10\",\"end\":\"10.9.0.20\"}]}}]}",
        "{\"name\":\"n\",\"mode\":\"isolated\",\"running\":false}",
    };
    for (size_t i = 0; i < ARRAY_COUNT(settings); i++)
        change_all(&(Effects){
            .type = &libvirt_network,
            .base = settings[i],
            .silent = "running", /* the plan shows no call for it */
            .max_depth = SIZE_MAX,
            .least = 100,
        });
}

static void test_pool(void **) {
    static const char *const settings[] = {
        "{\"name\":\"p\",\"path\":\"/srv/p\"}",
        "{\"name\":\"p\",\"path\":\"/srv/p\",\"running\":false}",
    };
    for (size_t i = 0; i < ARRAY_COUNT(settings); i++)
        change_all(&(Effects){
            .type = &libvirt_pool,
            .base = settings[i],
            .silent = "running",
            .max_depth = SIZE_MAX,
            .least = 5,
        });
}

static void test_filter(void **) {
    change_all(&(Effects){
        .type = &libvirt_nwfilter,
        .base = "{\"name\":\"f\",\"filterrefs\":[{\"filter\":\"g\"}],\"rules\":["
                "{\"action\":\"drop\",\"direction\":\"in\"},"
                "{\"action\":\"accept\",\"direction\":\"out\",\"protocol\":\"tcp\"}]}",
        .max_depth = SIZE_MAX,
        .least = 50,
    });
}

static const char volume_settings[] =
    "{\"name\":\"v\",\"pool\":\"default-pool\",\"size\":\"1G\",\"format\":\"raw\"}";

/* `is_used`: the volume is the disk of a running machine. */
static void grow_volume(bool is_used) {
    ResourceCase c = libvirt_case_open(&libvirt_volume, TEST_DRIVER, STR("libvirt_volume.v"));
    fake.arena = c.arena;
    fake.calls = (StrVec){0};
    fake.is_active = is_used;
    fake.live = fake.inactive = "<domain/>";
    check_done(&c, case_apply(&c, volume_settings));
    fake.live = str_to_cstr(str_format(c.arena,
                                       "<domain><devices><disk><source file='%.*s'/>"
                                       "<target dev='vda'/></disk></devices></domain>",
                                       STR_ARG(object_text(c.state, "path", STR_EMPTY))),
                            c.arena);
    Value config = case_config(&c, volume_settings);
    ObjectBuilder larger = object_builder_of(config, c.arena);
    object_builder_set_text(&larger, "size", STR("2G"), c.arena);
    config = object_builder_value(&larger);
    check_done(&c, case_plan_from(&c, c.state, config));
    StrVec named = named_calls(&c);
    (void)!case_call_apply(&c, c.state, c.plan.planned, config);
    assert_int_equal(named.count, 1);
    check_str(named.items[0], is_used ? "virDomainBlockResize" : "virStorageVolResize");
    assert_true(is_same_set(&named, &fake.calls));
    fake.is_active = false;
    check_done(&c, case_delete(&c));
    libvirt_case_close(&c);
}

static void test_volume(void **) {
    fake.has_pool = true;
    grow_volume(false);
    grow_volume(true);
    fake.is_active = false;
    change_all(&(Effects){
        .type = &libvirt_volume,
        .base = volume_settings,
        .silent = "size",
        .max_depth = SIZE_MAX,
        .is_real = true,
        .least = 1,
    });
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_machine), cmocka_unit_test(test_network), cmocka_unit_test(test_pool),
        cmocka_unit_test(test_filter),  cmocka_unit_test(test_volume),
    };
    is_all = argc > 1 && strcmp(argv[1], "--all") == 0;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
