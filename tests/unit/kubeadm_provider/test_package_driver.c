/* package_driver: the driver of a system. */
#include "package_driver.h"
#include "unit.h"

static const PackageDriver *found(const char *id, const char *like, const char *programs,
                                  bool *is_known, Arena *arena) {
    HostFacts facts = {.os_id = str_from_cstr(id), .os_like = str_from_cstr(like)};
    Str program, rest = str_from_cstr(programs);
    while (str_next_field(&rest, ' ', &program))
        vec_push(arena, &facts.programs, program);
    return package_driver_of(&facts, is_known);
}

/* The name of the system decides, since a machine may have programs of other systems. */
static void test_systems(void **) {
    static const struct {
        const char *id;
        const char *like;
        const char *programs;
        const char *name;
        bool is_known;
    } rows[] = {
        {"debian", "", "apt-get dnf zypper", "apt", true},
        {"ubuntu", "debian", "apt-get", "apt", true},
        {"linuxmint", "ubuntu debian", "apt-get", "apt", true},
        {"fedora", "", "dnf", "dnf", true},
        {"rhel", "fedora", "apt-get dnf", "dnf", true},
        {"rocky", "rhel centos fedora", "dnf", "dnf", true},
        {"almalinux", "rhel centos fedora", "dnf", "dnf", true},
        {"opensuse-leap", "suse opensuse", "dnf zypper", "zypper", true},
        {"opensuse-tumbleweed", "opensuse suse", "zypper", "zypper", true},
        {"sles", "suse", "zypper", "zypper", true},
        {"flatcar", "coreos", "", "none", true},
        {"flatcar", "coreos", "apt-get", "none", true},
        {"other", "", "dnf zypper", "dnf", false},
        {"other", "", "zypper", "zypper", false},
        {"fedora", "", "nft apt-get", "apt", false},
        {"", "", "apt-get", "apt", false},
        {"alpine", "", "", "none", false},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        bool is_known = !rows[i].is_known;
        const PackageDriver *driver =
            found(rows[i].id, rows[i].like, rows[i].programs, &is_known, arena);
        check_str(package_driver_name(driver), rows[i].name);
        assert_int_equal(is_known, rows[i].is_known);
    }
}

static void test_names(void **) {
    for (size_t i = 0; i < PACKAGE_DRIVER_COUNT; i++)
        assert_ptr_equal(package_driver_find(package_driver_name(&package_driver_table[i])),
                         &package_driver_table[i]);
    assert_null(package_driver_find(package_driver_name(NULL)));
}

/* Only packages that extend a policy are installed for it, and only for a new object. */
static void test_selinux_packages(void **) {
    static const struct {
        PackageDriverKind driver;
        const char *selinux, *containers, *program;
        bool is_new;
        const char *packages;
    } rows[] = {
        {PACKAGE_APT, "", "", "", true, ""},
        {PACKAGE_APT, "1", "", "", true, "policycoreutils"},
        {PACKAGE_APT, "0", "yes", "", false, "policycoreutils"},
        {PACKAGE_APT, "1", "", "restorecon", true, ""},
        {PACKAGE_DNF, "1", "", "restorecon", true, "policycoreutils container-selinux"},
        {PACKAGE_ZYPPER, "1", "", "", true, "policycoreutils container-selinux"},
        {PACKAGE_DNF, "1", "yes", "restorecon", true, ""},
        {PACKAGE_DNF, "1", "", "restorecon", false, ""},
        {PACKAGE_DNF, "", "", "", true, ""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        HostFacts facts = {.selinux = str_from_cstr(rows[i].selinux),
                           .selinux_containers = str_from_cstr(rows[i].containers)};
        StrVec out = {0};
        vec_push(arena, &facts.programs, str_from_cstr(rows[i].program));
        package_driver_add_selinux(&package_driver_table[rows[i].driver], &facts, rows[i].is_new,
                                   &out, arena);
        check_str(str_join(out.items, out.count, STR(" "), arena), rows[i].packages);
    }
}

UNIT_MAIN(test_package_driver) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_systems),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_selinux_packages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
