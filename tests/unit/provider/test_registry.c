/* Names, addresses, modules that load and modules that fail. */
#include "unit.h"

#include "registry.h"

#include <unistd.h>

static bool create(const Call *call,
                   const ApplyRequest *request,
                   ApplyResponse *response,
                   Diags *diags) {
    (void)call, (void)request, (void)response, (void)diags;
    return true;
}

static bool read_data(const Call *call,
                      const DataReadRequest *request,
                      DataReadResponse *response,
                      Diags *diags) {
    (void)call, (void)request, (void)response, (void)diags;
    return true;
}

static const ResourceType pet = {.name = "random_pet", .effect = EFFECT_NONE, .create = create};
static const ResourceType text = {.name = "random_string", .effect = EFFECT_NONE, .create = create};
static const DataSourceType source = {.name = "random_string", .read = read_data};
static const ResourceType *const resources[] = {&pet, &text};
static const DataSourceType *const data_sources[] = {&source};
static const Provider random_provider = {
    .name = "random",
    PROVIDER_RESOURCES(resources),
    PROVIDER_DATA_SOURCES(data_sources),
};
static const Provider builtin_provider = {.name = "terraform"};

static const ProviderRow rows[] = {
    {"random",    "example.org/hashicorp/random",  &random_provider,  NULL                },
    {"terraform", "example.org/builtin/terraform", &builtin_provider, NULL                },
    {"sample",    "loam.internal/builtin/sample",  NULL,              "module_registry.so"},
    {"stray",     "loam.internal/builtin/stray",   NULL,              "module_registry.so"},
    {"absent",    "loam.internal/builtin/absent",  NULL,              "module_registry.so"},
    {"missing",   "loam.internal/builtin/missing", NULL,              "loam-missing.so"   },
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

static void names_and_addresses(void **state) {
    (void)state;
    SCOPED(ArenaRef) arena = arena_open("test");
    static const struct {
        const char *name;
        const Provider *provider;
    } cases[] = {
        {"random",                        &random_provider },
        {"example.org/hashicorp/random",  &random_provider },
        {"other.host/hashicorp/random",   &random_provider },
        {"hashicorp/random",              &random_provider },
        {"terraform",                     &builtin_provider},
        {"example.org/builtin/terraform", &builtin_provider},
        {"other.host/builtin/terraform",  NULL             },
        {"example.org/someone/random",    NULL             },
        {"other.host/hashicorp/sample",   NULL             },
        {"randm",                         NULL             },
        {"",                              NULL             },
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

static void failures_give_advice(void **state) {
    (void)state;
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

static void a_module_is_opened_once(void **state) {
    (void)state;
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

static void types(void **state) {
    (void)state;
    assert_ptr_equal(registry_find_resource(&random_provider, STR("random_pet")), &pet);
    assert_null(registry_find_resource(&random_provider, STR("random_cat")));
    assert_null(registry_find_data_source(&random_provider, STR("random_pet")));
    assert_ptr_equal(registry_find_data_source(&random_provider, STR("random_string")), &source);
}

/* A provider with faulty tables is rejected; the program's context reaches the provider by name. */
static void faulty_tables(void **state) {
    static const ResourceType undeclared = {.name = "bad_thing", .create = create};
    static const ResourceType *const types[] = {&undeclared};
    static const Provider bad = {.name = "bad", .address = "test/bad", PROVIDER_RESOURCES(types)};
    static const ProviderRow table[] = {
        {"bad", "test/bad", &bad, NULL}
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    Registry *registry = registry_new(table, 1, STR("."), arena);
    const Provider *provider = NULL;
    int thing = 0;
    (void)state;
    assert_false(registry_find(registry, STR("bad"), &provider, NO_RANGE, &diags));
    check_str(diags.items[0].summary, "Faulty provider");
    assert_null(registry_context(registry, &bad));
    registry_give(registry, STR("bad"), &thing);
    registry_give(registry, STR("nothing"), &thing);
    assert_ptr_equal(registry_context(registry, &bad), &thing);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_addresses),     cmocka_unit_test(failures_give_advice),
        cmocka_unit_test(a_module_is_opened_once), cmocka_unit_test(types),
        cmocka_unit_test(faulty_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
