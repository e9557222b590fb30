/* The tags of kube_release are those of each kubeadm that tests/programs/build has made. */
#include "kube_release.h"
#include "unit.h"

#include <glob.h>
#include <limits.h>
#include <stdio.h>

static const char *const images[] = {"pause", "etcd", "coredns/coredns"};

/* `line`: "registry.k8s.io/pause:3.10". Counts the image if the table has its tag. */
static size_t count_known(KubeVersion version, Str line) {
    for (size_t i = 0; i < ARRAY_COUNT(images); i++) {
        Str name = str_from_cstr(images[i]), prefix = STR("registry.k8s.io/");
        Str tag = str_after(line, prefix.len + name.len + 1);
        const char *wanted = kube_release_tag(version, name);
        bool is_prefix = wanted[strlen(wanted) - 1] == '.';
        if (!str_starts_with(line, prefix) || !str_starts_with(str_after(line, prefix.len), name) ||
            line.ptr[prefix.len + name.len] != ':')
            continue;
        if (is_prefix ? str_starts_with(tag, str_from_cstr(wanted)) : str_equal_cstr(tag, wanted))
            return 1;
        print_error("1.%u: %.*s, but the table has %s\n", version.minor, STR_ARG(line), wanted);
    }
    return 0;
}

static void compare(const char *program, Arena *arena) {
    Str text = str_from_cstr(program), rest = str_slice(text, 0, text.len - strlen("/kubeadm"));
    size_t slash = str_rfind_char(rest, '/'), known = 0;
    KubeVersion version;
    char line[256];
    assert_true(kube_version_parse(str_after(rest, slash + 1), &version));
    Str command = str_format(arena, "'%s' config images list --kubernetes-version v%.*s", program,
                             STR_ARG(kube_version_text(version, arena)));
    FILE *output = popen(str_to_cstr(command, arena), "r");
    assert_non_null(output);
    while (fgets(line, sizeof line, output))
        known += count_known(version, str_trim(str_from_cstr(line)));
    assert_int_equal(pclose(output), 0);
    assert_int_equal(known, ARRAY_COUNT(images));
}

static void same_images(void **) {
    const char *top = getenv("LOAM_PROGRAMS"), *home = getenv("HOME");
    char pattern[PATH_MAX];
    glob_t found = {0};
    if (top)
        snprintf(pattern, sizeof pattern, "%s/programs/kubeadm/v1.*/kubeadm", top);
    else
        snprintf(pattern, sizeof pattern, "%s/.cache/loam/programs/programs/kubeadm/v1.*/kubeadm",
                 home ? home : "");
    if (glob(pattern, 0, NULL, &found) != 0) {
        print_message("no kubeadm: tests/programs/build cluster\n");
        skip(); /* leaves the function without its cleanups */
    }
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < found.gl_pathc; i++)
        compare(found.gl_pathv[i], arena);
    globfree(&found);
}

UNIT_MAIN(test_kube_images) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(same_images)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
