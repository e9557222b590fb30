/* package_driver: the table, and the search by the names of the system. */
#include "package_driver.h"

const PackageDriver package_driver_table[PACKAGE_DRIVER_COUNT] = {
    [PACKAGE_APT] =
        {
            .name = "apt",
            .program = "apt-get",
            .families = "debian ubuntu",
            .format = "deb",
            .keys = "/etc/apt/keyrings",
            .sources = "/etc/apt/sources.list.d",
            .suffix = "sources",
            .policy = "selinux-policy-default",
        },
    [PACKAGE_DNF] =
        {
            .name = "dnf",
            .program = "dnf",
            .families = "fedora rhel centos",
            .format = "rpm",
            .keys = "/etc/pki/rpm-gpg",
            .sources = "/etc/yum.repos.d",
            .suffix = "repo",
            .policy = "container-selinux",
            .extends_policy = true,
        },
    [PACKAGE_ZYPPER] =
        {
            .name = "zypper",
            .program = "zypper",
            .families = "suse opensuse sles sled",
            .format = "rpm",
            .keys = "/etc/pki/rpm-gpg",
            .sources = "/etc/zypp/repos.d",
            .suffix = "repo",
            .policy = "container-selinux",
            .extends_policy = true,
        },
};

/* Systems whose programs come with their image. */
static const char without[] = "flatcar coreos";

const PackageDriver *package_driver_find(Str name) {
    for (size_t i = 0; i < PACKAGE_DRIVER_COUNT; i++) {
        if (str_equal_cstr(name, package_driver_table[i].name))
            return &package_driver_table[i];
    }
    return NULL;
}

/* Whether one of the names is in a list of families. */
static bool is_of_family(Str names, const char *families) {
    Str name, family;
    while (str_next_field(&names, ' ', &name)) {
        Str rest = str_from_cstr(families);
        while (str_next_field(&rest, ' ', &family)) {
            if (str_equal(name, family))
                return true;
        }
    }
    return false;
}

static bool is_system_of(const HostFacts *facts, const char *families) {
    return is_of_family(facts->os_id, families) || is_of_family(facts->os_like, families);
}

static bool has_program(const HostFacts *facts, const PackageDriver *driver) {
    return str_is_among(str_from_cstr(driver->program), facts->programs.items,
                        facts->programs.count);
}

const PackageDriver *package_driver_of(const HostFacts *facts, bool *is_known) {
    *is_known = true;
    if (is_system_of(facts, without))
        return NULL;
    for (size_t i = 0; i < PACKAGE_DRIVER_COUNT; i++) {
        const PackageDriver *driver = &package_driver_table[i];
        if (is_system_of(facts, driver->families) && has_program(facts, driver))
            return driver;
    }
    *is_known = false;
    for (size_t i = 0; i < PACKAGE_DRIVER_COUNT; i++) {
        if (has_program(facts, &package_driver_table[i]))
            return &package_driver_table[i];
    }
    return NULL;
}

void package_driver_add_selinux(const PackageDriver *driver, const HostFacts *facts, bool is_new,
                                StrVec *out, Arena *arena) {
    bool extends = is_new && driver->extends_policy && !facts->selinux_containers.len;
    if (!facts->selinux.len)
        return;
    if (extends || !str_is_among(STR("restorecon"), facts->programs.items, facts->programs.count))
        vec_push(arena, out, STR("policycoreutils"));
    if (extends)
        vec_push(arena, out, str_from_cstr(driver->policy));
}

Str package_driver_name(const PackageDriver *driver) {
    return driver ? str_from_cstr(driver->name) : STR("none");
}
