/* change_class: which part of a cluster that exists a changed argument of kubeadm_init concerns. */
#pragma once

#include "path.h"
#include "vec.h"

typedef enum ChangeClass {
    CHANGE_API_SERVER,
    CHANGE_CERTIFICATE, /* of the API server */
    CHANGE_CONTROLLER_MANAGER,
    CHANGE_SCHEDULER,
    CHANGE_FILES, /* and the components that use them */
    CHANGE_ETCD,
    CHANGE_KUBELET,
    CHANGE_PROXY,
    CHANGE_NODE,    /* the kubelet of one node */
    CHANGE_UPGRADE, /* kubeadm reads it when it upgrades the cluster */
    CHANGE_LATER,   /* nothing now: kubeadm reads it when it renews or makes a node */
    CHANGE_FIXED,   /* kubeadm wrote it into files and objects that nothing changes later */
} ChangeClass;

/* The path covers its attribute and all below. Each attribute of the configuration has one row; a
 * test fails for an attribute without one. */
typedef struct ChangeRow {
    const char *path; /* "cluster.api_server.extra_args" */
    ChangeClass class;
} ChangeRow;

enum { CHANGE_ROW_COUNT = 45 };
extern const ChangeRow change_class_rows[CHANGE_ROW_COUNT];

typedef VEC(const ChangeRow *) ChangeRows;

/* Returns the value at the path of a row; null if an object on the way is null, unknown if one is
 * unknown. */
Value change_class_value(Value object, const char *path);
/* Same as a path of attributes. */
Path change_class_path(const char *path, Arena *arena);
/* Returns the rows whose values differ between two objects of kubeadm_init. A planned value that is
 * not wholly known does not differ: the plan of the apply knows it. */
ChangeRows change_class_list(Value prior, Value planned, Arena *arena);
