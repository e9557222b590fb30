/* Files that agree and files that do not; tests/backend/kubernetes connects with them. */
#include "unit.h"

#include "kubeconfig.h"

#include <unistd.h>

#define FIRST                                                                                      \
    "current-context: one\n"                                                                       \
    "contexts:\n- {name: one, context: {cluster: a, user: u}}\n"                                   \
    "clusters:\n- {name: a, cluster: {server: \"https://first:1\", insecure-skip-tls-verify: "     \
    "true}}\n"
#define SECOND                                                                                     \
    "current-context: two\n"                                                                       \
    "contexts:\n- {name: two, context: {cluster: b, user: v}}\n"                                   \
    "clusters:\n- {name: a, cluster: {server: \"https://second:1\"}}\n"                            \
    "- {name: b, cluster: {server: \"http://open\", certificate-authority-data: \"Q0E=\"}}\n"      \
    "users:\n- {name: u, user: {token: t0k3n}}\n- {name: v, user: {token: secret}}\n"              \
    "- {name: w, user: {exec: {command: x, apiVersion: v0}}}\n- {name: y, user: {exec: {}}}\n"     \
    "- {name: x, user: {client-key-data: \"%\"}}\n"

typedef struct Row {
    const char *context;
    const char *user_name;
    const char *server; /* NULL: refused */
    const char *token;  /* or what the refusal says */
} Row;

static const Row rows[] = {
    {"",      "",  "https://first:1", "t0k3n"               },
    {"two",   "",  "http://open",     ""                    }, /* no proof to one that proves nothing */
    {"one",   "v", "https://first:1", "secret"              },
    {"three", "",  NULL,              "no context \"three\""},
    {"one",   "q", NULL,              "no user \"q\""       },
    {"one",   "w", NULL,              "speaks \"v0\""       },
    {"one",   "y", NULL,              "has no \"command\""  },
    {"one",   "x", NULL,              "is not base64"       },
};

static Str lay(Str directory, const char *name, const char *text, Arena *arena) {
    Str path = disk_join(directory, str_from_cstr(name), arena);
    assert_int_equal(disk_real.write_file(NULL, path, str_from_cstr(text), 0600), 0);
    return path;
}

static void choosing(void **state) {
    (void)state;
    SCOPED(ArenaRef) arena = arena_open("test");
    char *name = (char *)str_to_cstr(STR("/tmp/loam-test-kube-XXXXXX"), arena);
    assert_non_null(mkdtemp(name));
    Str directory = str_from_cstr(name);
    Io io = {.disk = &disk_real};
    KubeChoice choice = {0};
    vec_push(arena, &choice.paths, STR("/nowhere/at/all"));
    vec_push(arena, &choice.paths, lay(directory, "1", FIRST, arena));
    vec_push(arena, &choice.paths, lay(directory, "2", SECOND, arena));
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Diags diags = diags_new(arena);
        KubeTarget target = {0};
        choice.context = str_from_cstr(rows[i].context);
        choice.user_name = str_from_cstr(rows[i].user_name);
        bool ok = kubeconfig_read(&io, &choice, &target, arena, &diags);
        assert_int_equal(ok, rows[i].server != NULL);
        if (ok) {
            check_str(target.server, rows[i].server);
            check_str(target.token, rows[i].token);
        } else if (str_find(diags.items[0].detail, str_from_cstr(rows[i].token), 0) == SIZE_MAX) {
            check_str(diags.items[0].detail, rows[i].token);
        }
    }
    assert_int_equal(disk_remove_tree(&disk_real, directory), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(choosing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
