/* kube_case: a directory for kubeconfig files, and environment variables, for tests of kube. */
#pragma once

#include "unit.h"

#include "io.h"
#include "kubeconfig.h"

#include <sys/stat.h>
#include <unistd.h>

typedef struct KubeCase {
    Arena *arena;
    Str directory;
    const char *const *variables; /* name, value, …, NULL */
    Process process;
    Io io;
} KubeCase;

static const char *kube_case_variable(void *self, const char *name) {
    const KubeCase *test = self;
    for (const char *const *at = test->variables; at && *at; at += 2) {
        if (strcmp(at[0], name) == 0)
            return at[1];
    }
    return NULL;
}

static inline void kube_case_open(KubeCase *test) {
    *test = (KubeCase){.arena = arena_open("test")};
    char *name = (char *)str_to_cstr(STR("/tmp/loam-test-kube-XXXXXX"), test->arena);
    assert_non_null(mkdtemp(name));
    test->directory = str_from_cstr(name);
    test->process = (Process){.self = test, .environment = kube_case_variable};
    test->io = (Io){.disk = &disk_real, .clock = &clock_real, .process = &test->process};
}

static inline void kube_case_close(KubeCase *test) {
    assert_int_equal(disk_remove_tree(&disk_real, test->directory), 0);
    arena_close(test->arena);
}

/* Writes a file and returns its path. */
static inline Str kube_case_file(const KubeCase *test, const char *name, Str text) {
    Str path = disk_join(test->directory, str_from_cstr(name), test->arena);
    assert_int_equal(disk_real.make_directories(NULL, disk_directory_of(path), 0755), 0);
    assert_int_equal(disk_real.write_file(NULL, path, text, 0700), 0);
    return path;
}

/* Returns the detail of the first error; empty text if there is none. The name of the test's
 * directory is "DIR" in it. */
static inline Str kube_case_detail(const KubeCase *test, const Diags *diags) {
    if (diags->count == 0)
        return STR_EMPTY;
    StrBuf out = strbuf_new(test->arena);
    Str rest = diags->items[0].detail;
    for (size_t at; (at = str_find(rest, test->directory, 0)) != SIZE_MAX;) {
        strbuf_add(&out, str_slice(rest, 0, at));
        strbuf_add_cstr(&out, "DIR");
        rest = str_after(rest, at + test->directory.len);
    }
    strbuf_add(&out, rest);
    return strbuf_str(&out);
}
