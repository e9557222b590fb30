/* host_settings: what a machine must have, as pairs of a setting and its value. The plan compares
 * the wanted with the observed values, so drift is shown for each setting.
 *
 *   file PATH         "0644 sha256:…"
 *   program PATH      "sha256:…", of a bundle
 *   image NAME        "present", in the container runtime
 *   package NAME      "1.34.4 held", of a repository, if its version is given
 *   sysctl NAME       value in the kernel
 *   module NAME       "loaded"
 *   modes             "restricted", of a hardened node: its files have the modes of host_modes.sh
 *   swap              "off"
 *   reboots           "off", of a system without packages: Flatcar, unless os_reboots keeps them
 *   firewall          "off"
 *   firewall LISTS    "open": no firewall runs, or the one that runs accepts these (host_firewall)
 *   service NAME      "enabled active", "enabled"
 *
 * A kubelet that is staged counts as the program or the package that it will be.
 */
#pragma once

#include "bundle.h"
#include "host_facts.h"
#include "package_repository.h"

typedef struct HostWanted {
    const NodeRuntime *runtime;
    const PackageDriver *driver; /* NULL: none */
    Str prefix;                  /* directory of programs of the bundle */
    Str proxy;                   /* for repositories of packages; empty: none */
    NamedTexts settings;         /* sorted by name */
    NodeFiles files;
    StrVec members; /* paths in the bundle of programs and images, one for each such setting */
    bool closes_firewall; /* what an earlier preparation opened */
    Str staged; /* version of a kubelet that waits for the upgrade of its node; empty: a new
                 * kubelet replaces the former one at once */
} HostWanted;

typedef struct HostWish {
    NodeSettings node;
    const Bundle *bundle;        /* NULL: none */
    const PackageDriver *driver; /* NULL: none */
    PackageRepository repository;
    PackageRepository runtime_repository;
    bool stops_firewall;
    Str open_firewall;     /* lists of host_firewall; empty: the firewall is left alone */
    bool has_former_lists; /* see package_repository_files */
    bool keeps_swap;
    bool keeps_reboots;
    bool is_worker;       /* the machine gets nothing that only control planes run */
    Str image_repository; /* of the images of Kubernetes */
    NamedTexts former;    /* settings that the machine has: they stay wanted */
} HostWish;

/* Returns an empty text, or a sentence if a setting cannot be written. */
Str host_settings_want(const HostWish *wish, HostWanted *out, Arena *arena);
/* What a machine needs for a version between, in an upgrade over several minor versions: programs
 * in a directory of their own, so that those of the machine stay, and images. */
typedef struct HostRound {
    const NodeRuntime *runtime;
    Str directory;
    Str version;
    bool needs_kubelet;
    bool is_bystander; /* the machine does not change now: it gets only the images for all nodes */
} HostRound;
void host_settings_want_round(const HostRound *round, const Bundle *bundle, HostWanted *out,
                              Arena *arena);
/* One image alone. */
void host_settings_want_image(const NodeRuntime *runtime, Str image, HostWanted *out, Arena *arena);
/* Sets *lines to those for host_prepare.sh that take the programs out of packages, without a change
 * of the machine's packages. Returns as host_settings_want. */
Str host_settings_fetch(const HostRound *round, const PackageRepository *repository,
                        const PackageDriver *driver, Str *lines, Arena *arena);
/* Returns the script that prints the values of the settings in its arguments, which follow the
 * program of the container runtime and the name of the driver of packages; see HostQuery. */
const char *host_settings_script(void);
/* Returns the script that changes settings; see host_settings_difference. */
const char *host_settings_prepare_script(void);
/* Reads its output; returns false if it is not whole. */
MUST_USE bool host_settings_parse(Str output, NamedTexts *out, Arena *arena);
/* Returns the lines of standard input for host_prepare.sh that bring the observed values to the
 * wanted ones; empty if nothing differs. Adds the members of the bundle that it needs. */
Str host_settings_difference(const HostWanted *wanted, const NamedTexts *observed,
                             const Bundle *bundle, StrVec *members, Arena *arena);
/* Whether the change of `former` to `wanted` restarts the container runtime: a file, its program or
 * one of its `packages` differs. */
bool host_settings_restart_runtime(const NodeRuntime *runtime, const StrVec *packages,
                                   const NamedTexts *former, const NamedTexts *wanted,
                                   Arena *arena);
/* Sets *lines to those for host_prepare.sh that install packages before the other settings, with
 * the repository of the container runtime. Returns as host_settings_want. */
Str host_settings_install(const PackageRepository *repository, const PackageDriver *driver,
                          const StrVec *packages, Str *lines, Arena *arena);
/* What the kernel of a container's host must have; empty, or sentences. */
Str host_settings_check_container(const HostFacts *facts, Arena *arena);
