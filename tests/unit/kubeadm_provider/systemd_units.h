/* systemd_units: units that loam writes, read by the systemd-analyze of this machine. */
#pragma once

#include "disk.h"
#include "unit.h"

#include <stdlib.h>
#include <unistd.h>

#define SYSTEMD_UNITS "/etc/systemd/system/"

typedef struct SystemdUnits {
    char directory[32];
    StrVec names; /* of units and their drop-ins, below the directory */
    bool is_absent;
    Arena *arena;
} SystemdUnits;

static inline SystemdUnits systemd_units_open(Arena *arena) {
    SystemdUnits units = {.directory = "/tmp/loam-units-XXXXXX", .arena = arena};
    units.is_absent = access("/usr/bin/systemd-analyze", X_OK) != 0;
    assert_non_null(mkdtemp(units.directory));
    return units;
}

/* Other files than those of systemd are left out. */
static inline void systemd_units_add(SystemdUnits *units, Str path, Str text) {
    if (!str_starts_with(path, STR(SYSTEMD_UNITS)))
        return;
    Str name = str_after(path, sizeof SYSTEMD_UNITS - 1);
    Str target = disk_join(str_from_cstr(units->directory), name, units->arena);
    vec_push(units->arena, &units->names, name);
    assert_int_equal(disk_real.make_directories(disk_real.self, disk_directory_of(target), 0700),
                     0);
    FILE *file = fopen(str_to_cstr(target, units->arena), "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text.ptr, 1, text.len, file), text.len);
    assert_int_equal(fclose(file), 0);
}

/* systemd-analyze reports nothing about the units. The programs of nodes are not on this machine.
 */
static inline void systemd_units_close(SystemdUnits *units, size_t wanted) {
    StrBuf files = strbuf_new(units->arena);
    vec_each(&units->names, name) {
        if (str_find(*name, STR(".d/"), 0) == SIZE_MAX)
            strbuf_add_format(&files, " %.*s", STR_ARG(*name));
    }
    Str command = str_format(
        units->arena,
        "cd %s && find . -type f -exec sed -i 's|/usr/local/bin/[a-z]*|/bin/true|' {} + && "
        "systemd-analyze verify --man=no%.*s 2>&1 | grep -e kubelet -e containerd -e crio -e loam "
        "&& exit 1; exit 0",
        units->directory, STR_ARG(strbuf_str(&files)));
    assert_int_equal(units->names.count, wanted);
    assert_int_equal(units->is_absent ? 0 : system(str_to_cstr(command, units->arena)), 0);
    assert_int_equal(disk_remove_tree(&disk_real, str_from_cstr(units->directory)), 0);
}
