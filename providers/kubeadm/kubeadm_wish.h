/* kubeadm_wish: what a kubeadm_host wants of its machine: bundle, repositories, settings. */
#pragma once

#include "host_bundle.h"
#include "host_settings.h"
#include "provider.h"

typedef struct KubeadmWish {
    const Call *call;
    Value object;
    const NodeRuntime *runtime;
    bool is_new;      /* the object is created */
    bool has_selinux; /* pods get labels of SELinux */
    Value kept;       /* map or null: see NodeSettings */
    Str pause;        /* image that kubeadm of the machine has named; empty: not known */
    Str prefix;       /* directory of programs, if the object names none; empty: the default */
    HostBundle source;
    HostWish wish;
    HostWanted wanted;
} KubeadmWish;

/* Returns the container runtime of the object; that of a null object is containerd. */
const NodeRuntime *kubeadm_wish_runtime(Value object);
/* Returns the driver of packages of a machine that was prepared before. */
const PackageDriver *kubeadm_wish_driver(Value object);
/* Opens the bundle, if the object has one. */
MUST_USE bool kubeadm_wish_read_bundle(KubeadmWish *plan, Diags *diags);
/* Whether the bundle fits the version and the architecture, which may be empty. */
MUST_USE bool kubeadm_wish_check_bundle(KubeadmWish *plan, Str architecture, Diags *diags);
/* Returns the file of the bundle with this path, or that of the container runtime; NULL if none. */
const BundleFile *kubeadm_wish_program(const KubeadmWish *plan, Str path);
const BundleFile *kubeadm_wish_own_runtime(const KubeadmWish *plan);
/* Returns the version of the container runtime: that of the bundle, else that of the machine. */
Str kubeadm_wish_runtime_version(const KubeadmWish *plan, Str of_machine);
/* Returns the version of the container runtime on the machine; empty if it has none. */
Str kubeadm_wish_machine_runtime(const KubeadmWish *plan, const HostFacts *facts);
/* Whether the kubelet runs with this version of the container runtime. */
MUST_USE bool kubeadm_wish_check_release(const KubeadmWish *plan, Str found, Diags *diags);
/* Reads the repositories of packages for `wish.driver`. */
void kubeadm_wish_read_repositories(KubeadmWish *plan);
/* Whether kubeadm of the machine decides about the pause image: neither an argument nor the bundle
 * names it. */
bool kubeadm_wish_asks_kubeadm(const KubeadmWish *plan);
/* Computes the wanted settings of a machine; `version` is that of its container runtime. Can be
 * repeated with another `wish`. */
MUST_USE bool kubeadm_wish_settings(KubeadmWish *plan, bool is_container, Str version,
                                    Diags *diags);
