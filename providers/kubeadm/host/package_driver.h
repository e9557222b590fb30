/* package_driver: the programs that install packages on a node, one row each.
 *
 * package_NAME.sh has the functions of a driver for the scripts of host_settings:
 *   NAME_clean                        removes files of earlier versions of loam
 *   NAME_trust, NAME_refresh          keys of repositories; lists of packages
 *   NAME_install "NAME VERSION\n…"    these versions, also older ones; "-": any
 *   NAME_install_file FILE            a package that NAME_download has stored
 *   NAME_hold NAME…                   no command for all packages changes these
 *   NAME_is_held NAME, NAME_version NAME
 *   NAME_download NAME VERSION DIR    stores the package in DIR
 *   NAME_fetch NAME VERSION DIR       stores the package in DIR/part, with the files of the
 *                                     repository in DIR, and leaves the lists of the machine alone
 *   NAME_unpack FILE DIR              takes it apart in DIR/part/root, if its signature is good
 * Each waits up to five minutes, or with dnf without a limit, for another program that installs
 * packages. */
#pragma once

#include "host_facts.h"

typedef struct PackageDriver {
    const char *name;     /* of its script */
    const char *program;  /* facts list it among the programs */
    const char *families; /* os_id or os_like, separated by blanks */
    const char *format;   /* of the packages, and of {format} in the URL of a repository */
    const char *keys;     /* directory of the keys of repositories */
    const char *sources;  /* directory of the files of repositories */
    const char *suffix;   /* of these files */
    const char *policy;   /* package of SELinux with the domains of containers */
    bool extends_policy;  /* the package adds them to the policy that the machine has; else it is a
                             whole policy, with which all files get other labels */
} PackageDriver;

typedef enum PackageDriverKind {
    PACKAGE_APT,
    PACKAGE_DNF,
    PACKAGE_ZYPPER,
    PACKAGE_DRIVER_COUNT
} PackageDriverKind;

extern const PackageDriver package_driver_table[PACKAGE_DRIVER_COUNT];

/* Returns the driver of this name; NULL if none. */
const PackageDriver *package_driver_find(Str name);
/* Returns the driver of the machine; NULL if it has none of the programs, or a system without
 * packages. *is_known: loam knows the system, else the driver is that of the first program. */
const PackageDriver *package_driver_of(const HostFacts *facts, bool *is_known);
/* Adds the packages that a machine with SELinux lacks, and that a driver can install: restorecon,
 * and for a new object the domains of containers. */
void package_driver_add_selinux(const PackageDriver *driver, const HostFacts *facts, bool is_new,
                                StrVec *out, Arena *arena);
/* Returns the name for scripts and objects; "none" if `driver` is NULL. */
Str package_driver_name(const PackageDriver *driver);
