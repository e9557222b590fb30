/* Names, addresses, modules that load and modules that fail; tables that violate the contract. */
#include "unit.h"

#include "registry.h"

#include <unistd.h>

static bool create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                   Diags *diags) {
    (void)call, (void)request, (void)response, (void)diags;
    return true;
}

static bool read_data(const Call *call, const DataReadRequest *request, DataReadResponse *response,
                      Diags *diags) {
    (void)call, (void)request, (void)response, (void)diags;
    return true;
}

static const ResourceType pet = {.name = "random_pet", .effect = EFFECT_NONE, .create = create};
static const ResourceType text = {.name = "random_string", .effect = EFFECT_NONE, .create = create};
static const DataSourceType source = {
    .mode = MODE_DATA, .name = "random_string", .read = read_data};
static const ObjectType *const types[] = {&pet.type, &text.type, &source.type};
static const Provider random_provider = {
    .name = "random",
    PROVIDER_TYPES(types),
};
static const Provider builtin_provider = {.name = "terraform"};

static const ProviderRow rows[] = {
    {"random", "example.org/hashicorp/random", &random_provider, NULL},
    {"terraform", "example.org/builtin/terraform", &builtin_provider, NULL},
    {"sample", "loam.internal/builtin/sample", NULL, "module_registry.so"},
    {"stray", "loam.internal/builtin/stray", NULL, "module_registry.so"},
    {"absent", "loam.internal/builtin/absent", NULL, "module_registry.so"},
    {"missing", "loam.internal/builtin/missing", NULL, "loam-missing.so"},
};

static Str own_directory(Arena *arena) {
    char *path = arena_alloc(arena, 4096);
    ssize_t length = readlink("/proc/self/exe", path, 4096);
    assert_true(length > 0);
    Str file = {path, (size_t)length};
    return str_slice(file, 0, str_rfind_char(file, '/'));
}

static Registry *sample_registry(Arena *arena) {
    return registry_new(rows, ARRAY_COUNT(rows), own_directory(arena), arena);
}

/* All spellings of one provider have one key, so a missing one is reported once. */
static void keys(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const char *const cases[][2] = {
        {"missing", "missing"},
        {"loam.internal/builtin/missing", "missing"},
        {"random", "random"},
        {"hashicorp/random", "random"},
        {"example.org/hashicorp/random", "random"},
        {"example.org/builtin/terraform", "terraform"},
        {"aws", "aws"},
        {"registry.terraform.io/hashicorp/aws", "aws"},
        {"registry.terraform.io/a/b", "a/b"},
        {"a/b", "a/b"},
    };
    Registry *registry = sample_registry(arena);
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        check_str(registry_key(registry, str_from_cstr(cases[i][0])), cases[i][1]);
}

static void names_and_addresses(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const struct {
        const char *name;
        const Provider *provider;
    } cases[] = {
        {"random", &random_provider},
        {"example.org/hashicorp/random", &random_provider},
        {"other.host/hashicorp/random", &random_provider},
        {"hashicorp/random", &random_provider},
        {"terraform", &builtin_provider},
        {"example.org/builtin/terraform", &builtin_provider},
        {"other.host/builtin/terraform", NULL},
        {"example.org/someone/random", NULL},
        {"other.host/hashicorp/sample", NULL},
        {"randm", NULL},
        {"", NULL},
    };
    Registry *registry = sample_registry(arena);
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Diags diags = diags_new(arena);
        const Provider *provider = NULL;
        Str name = str_from_cstr(cases[i].name);
        bool found = registry_find(registry, name, &provider, NO_RANGE, &diags);
        assert_ptr_equal(provider, cases[i].provider);
        assert_int_equal(found, cases[i].provider != NULL);
        assert_int_equal(diags.error_count, found ? 0 : 1);
    }
    check_str(registry_local_name(STR("x.org/hashicorp/random")), "random");
    check_str(registry_local_name(STR("random")), "random");
}

static Str failure(Registry *registry, const char *name, Arena *arena) {
    Diags diags = diags_new(arena);
    const Provider *provider = NULL;
    assert_false(registry_find(registry, str_from_cstr(name), &provider, NO_RANGE, &diags));
    assert_null(provider);
    return diags.items[0].detail;
}

static void check_holds(Str whole, const char *part) {
    if (str_find(whole, str_from_cstr(part), 0) == SIZE_MAX)
        fail_msg("%.*s", STR_ARG(whole));
}

static void failures_give_advice(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Registry *registry = sample_registry(arena);
    check_holds(failure(registry, "randm", arena), "Did you mean \"random\"?");
    check_holds(failure(registry, "x.org/someone/random", arena),
                "\"example.org/hashicorp/random\"");
    check_holds(failure(registry, "missing", arena), "install all of loam");
    check_holds(failure(registry, "missing", arena), "/loam-missing.so\"");
    check_holds(failure(registry, "absent", arena), "it has no \"absent_provider\"");
    check_holds(failure(registry, "stray", arena), "another version");
}

static void a_module_is_opened_once(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Registry *registry = sample_registry(arena);
    Diags diags = diags_new(arena);
    const Provider *first = NULL;
    const Provider *second = NULL;
    assert_true(registry_find(registry, STR("sample"), &first, NO_RANGE, &diags));
    check_str(str_from_cstr(first->name), "sample");
    Str address = STR("loam.internal/builtin/sample");
    assert_true(registry_find(registry, address, &second, NO_RANGE, &diags));
    assert_ptr_equal(first, second);
}

static void finds_types(void **) {
    assert_ptr_equal(registry_find_resource(&random_provider, STR("random_pet")), &pet);
    assert_null(registry_find_resource(&random_provider, STR("random_cat")));
    assert_null(registry_find_type(&random_provider, MODE_DATA, STR("random_pet")));
    assert_ptr_equal(registry_find_type(&random_provider, MODE_DATA, STR("random_string")),
                     &source.type);
}

/* A source serves one name, even if a row has it, and fails for another. */
static bool find_other(void *self, Str name, bool is_row, const Provider **out, SourceRange range,
                       Diags *diags) {
    bool *was_row = self;
    *was_row = is_row;
    if (str_equal(name, STR("broken"))) {
        diags_error(diags, range, "Broken", "It is broken.");
        return false;
    }
    if (str_equal(name, STR("random")) || str_equal(name, STR("cloud")))
        *out = &builtin_provider;
    return true;
}

static void source_before_rows(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Registry *registry = sample_registry(arena);
    Diags diags = diags_new(arena);
    const Provider *provider = NULL;
    bool was_row = false;
    ProviderSource other = {&was_row, find_other};
    registry_set_source(registry, &other);
    assert_true(registry_find(registry, STR("random"), &provider, NO_RANGE, &diags));
    assert_ptr_equal(provider, &builtin_provider);
    assert_true(was_row);
    assert_true(registry_find(registry, STR("cloud"), &provider, NO_RANGE, &diags));
    assert_ptr_equal(provider, &builtin_provider);
    assert_false(was_row);
    assert_true(registry_find(registry, STR("hashicorp/random"), &provider, NO_RANGE, &diags));
    assert_ptr_equal(provider, &random_provider);
    check_str(failure(registry, "broken", arena), "It is broken.");
    check_holds(failure(registry, "randm", arena), "Did you mean \"random\"?");
}

static const ObjectType *find_pet(const Provider *, ResourceMode mode, Str name) {
    return mode == MODE_MANAGED && str_equal(name, STR("made")) ? &pet.type : NULL;
}

static void types_made_on_demand(void **) {
    Provider provider = random_provider;
    provider.find_type = find_pet;
    assert_ptr_equal(registry_find_resource(&provider, STR("made")), &pet);
    assert_null(registry_find_resource(&provider, STR("random_string")));
    assert_null(registry_find_type(&provider, MODE_DATA, STR("random_string")));
    assert_null(registry_find_type(&provider, MODE_EPHEMERAL, STR("made")));
}

static bool recover(const Call *call, const RecoverRequest *request, RecoverResponse *response,
                    Diags *diags) {
    (void)call, (void)request, (void)response, (void)diags;
    return true;
}

static bool destroy(const Call *call, const DeleteRequest *request, DeleteResponse *response,
                    Diags *diags) {
    (void)call, (void)request, (void)response, (void)diags;
    return true;
}

static const ArgumentRule wrong_rule[] = {{RULE_CONFLICTS, {"a", "b"}}};

static const ResourceType no_effect = {.name = "p_a", .effect = EFFECT_NONE, .create = create};
static const ResourceType repeats = {.name = "p_b", .recovery = RECOVERY_REPEATS, .create = create};
static const ResourceType finds = {
    .name = "p_c", .recovery = RECOVERY_FINDS, .create = create, .recover = recover};
static const ResourceType undeclared = {.name = "p_d", .create = create};
static const ResourceType cannot_find = {
    .name = "p_e", .recovery = RECOVERY_FINDS, .create = create};
static const ResourceType cannot_create = {.name = "p_f", .effect = EFFECT_NONE};
static const ResourceType misnamed = {
    .name = "p_g", .schema = {SCHEMA_RULES(wrong_rule)}, .effect = EFFECT_NONE, .create = create};
static const ResourceType cannot_say = {
    .name = "p_j", .recovery = RECOVERY_REPEATS, .has_parts = true, .create = create};
static const ResourceType hides_deletion = {.name = "p_k",
                                            .recovery = RECOVERY_FINDS,
                                            .has_parts = true,
                                            .create = create,
                                            .delete = destroy,
                                            .recover = recover};
static const DataSourceType cannot_read = {.mode = MODE_DATA, .name = "p_h"};
static const EphemeralType cannot_open = {.mode = MODE_EPHEMERAL, .name = "p_i"};

static bool search(const Call *call, const ListRequest *request, const ListSink *sink,
                   Diags *diags) {
    (void)call, (void)request, (void)sink, (void)diags;
    return true;
}

static const ListType finds_nameless = {.mode = MODE_LIST, .name = "p_a", .list = search};
static const ListType cannot_search = {.mode = MODE_LIST, .name = "p_l"};

/* Returns the fault for which the registry rejects the provider; empty if it accepts it. */
static Str fault_of_provider(const Provider *provider, Arena *arena) {
    const ProviderRow row = {provider->name, provider->address, provider, NULL};
    Diags diags = diags_new(arena);
    Registry *registry = registry_new(&row, 1, STR("."), arena);
    const Provider *found = NULL;
    static const Str before = STR_CONST("The provider \"p\" contradicts its own contract. ");
    static const Str after = STR_CONST(" This is a mistake of the provider; please report it.");
    if (registry_find(registry, str_from_cstr(provider->name), &found, NO_RANGE, &diags)) {
        assert_ptr_equal(found, provider);
        return STR_EMPTY;
    }
    Str detail = diags.items[0].detail;
    check_str(diags.items[0].summary, "Faulty provider");
    assert_true(str_starts_with(detail, before) && str_ends_with(detail, after));
    return str_slice(detail, before.len, detail.len - after.len);
}

static Str fault_of_type(const ObjectType *type, Arena *arena) {
    const ObjectType *const all[] = {&no_effect.type, &repeats.type, &finds.type, type};
    const Provider provider = {.name = "p", .address = "test/p", PROVIDER_TYPES(all)};
    return fault_of_provider(&provider, arena);
}

#define fault_of(row, arena) fault_of_type(&(row)->type, arena)

static void finds_faults(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    check_str(fault_of(&finds, arena), "");
    check_str(fault_of(&undeclared, arena),
              "The resource type \"p_d\" has an effect outside and declares no recovery.");
    check_str(fault_of(&cannot_find, arena),
              "The resource type \"p_e\" declares RECOVERY_FINDS and has no recover.");
    check_str(fault_of(&cannot_say, arena), "The resource type \"p_j\" has parts and no recover.");
    check_str(fault_of(&hides_deletion, arena),
              "The resource type \"p_k\" has parts, and its plan does not show their deletion.");
    check_str(fault_of(&cannot_create, arena), "The resource type \"p_f\" has no create.");
    check_str(fault_of(&misnamed, arena),
              "A rule of \"p_g\" refers to \"a\", which it does not have.");
    check_str(fault_of(&cannot_read, arena), "The data source \"p_h\" has no read.");
    check_str(fault_of(&cannot_open, arena), "The ephemeral resource \"p_i\" has no open.");
    check_str(fault_of(&finds_nameless, arena),
              "The list type \"p_a\" has no managed type with an identity.");
    check_str(fault_of(&cannot_search, arena), "The list type \"p_l\" has no list.");
}

/* A provider with faulty tables is rejected; the program's context reaches the provider by name. */
static void faulty_tables(void **) {
    static const ObjectType *const faulty[] = {&undeclared.type};
    static const Provider bad = {.name = "bad", .address = "test/bad", PROVIDER_TYPES(faulty)};
    static const ProviderRow table[] = {{"bad", "test/bad", &bad, NULL}};
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    Registry *registry = registry_new(table, 1, STR("."), arena);
    const Provider *provider = NULL;
    int thing = 0;
    assert_false(registry_find(registry, STR("bad"), &provider, NO_RANGE, &diags));
    check_str(diags.items[0].summary, "Faulty provider");
    assert_null(registry_context(registry, &bad));
    registry_set_context(registry, STR("bad"), &thing);
    registry_set_context(registry, STR("nothing"), &thing);
    assert_ptr_equal(registry_context(registry, &bad), &thing);
}

UNIT_MAIN(test_registry) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_addresses),  cmocka_unit_test(keys),
        cmocka_unit_test(failures_give_advice), cmocka_unit_test(a_module_is_opened_once),
        cmocka_unit_test(finds_types),          cmocka_unit_test(source_before_rows),
        cmocka_unit_test(types_made_on_demand), cmocka_unit_test(finds_faults),
        cmocka_unit_test(faulty_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
