/* What a program answers, and how often it is asked; tests/backend/kubernetes runs real ones. */
#include "unit.h"

#include "kube_login.h"

#include <errno.h>

#define V1     "client.authentication.k8s.io/v1"
#define ANSWER "{\"kind\":\"ExecCredential\",\"apiVersion\":\"" V1 "\",\"status\":"

typedef struct Program {
    int error;
    int status;
    const char *says;
    const char *complains;
    int times;
    Str told;
} Program;

static int run(void *self, const ProcessRequest *request, ProcessResult *out, Arena *arena) {
    Program *program = self;
    program->times++;
    assert_string_equal(request->argv[0], "give");
    assert_string_equal(request->argv[1], "now");
    assert_null(request->argv[2]);
    check_str(request->environment->items[0], "A=b");
    program->told = str_clone(request->environment->items[1], arena);
    *out = (ProcessResult){.exit_status = program->status,
                           .out = str_from_cstr(program->says),
                           .err = str_from_cstr(program->complains)};
    return program->error;
}

typedef struct Row {
    Program program;
    const char *token; /* NULL: refused */
    const char *key;   /* or a part of what the refusal says */
} Row;

static const Row rows[] = {
    {{.says = ANSWER "{\"token\":\"t\"}}"},                                                 "t",  ""                                    },
    {{.says = ANSWER "{\"clientCertificateData\":\"c\",\"clientKeyData\":\"k\"}}"},         "",   "k"                                   },
    {{.says = ANSWER "{\"clientCertificateData\":\"c\",\"token\":\"secret\"}}"},            NULL, "neither"                             },
    {{.says = ANSWER "{}}"},                                                                NULL, "neither"                             },
    {{.says = "{\"kind\":\"ExecCredential\",\"apiVersion\":\"v0\",\"status\":\"secret\"}"},
     NULL,                                                                                        "in \"v0\" where \"" V1 "\""          },
    {{.says = "secret"},                                                                    NULL, "ExecCred"                            },
    {{.status = 3, .says = "secret", .complains = "log in first\n"},
     NULL,                                                                                        "status 3 and said: log in first"     },
    {{.error = -ENOENT},                                                                    NULL, ". Get it."                           },
    {{.error = -EACCES},                                                                    NULL, "cannot be started: Permission denied"},
};

static KubeTarget target_of(Arena *arena) {
    KubeTarget target = {.server = STR("https://h"), .ca_certs = STR("CA")};
    target.program = (KubeProgram){
        .version = STR(V1), .command = STR("give"), .hint = STR("Get it."), .tells_cluster = true};
    vec_push(arena, &target.program.arguments, STR("now"));
    vec_push(arena, &target.program.environment, STR("A=b"));
    return target;
}

static void answers(void **state) {
    (void)state;
    SCOPED(ArenaRef) arena = arena_open("test");
    KubeTarget target = target_of(arena);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Program program = rows[i].program;
        Process process = {.self = &program, .run = run};
        Io io = {.process = &process};
        KubeCredential got = {0};
        Str problem = STR_EMPTY;
        KubeLogin *login = kube_login_new(&io, &target);
        bool ok = kube_login_get(login, 0, NULL, &got, &problem, arena);
        assert_int_equal(ok, rows[i].token != NULL);
        if (ok) {
            check_str(got.token, rows[i].token);
            check_str(got.key, rows[i].key);
        } else if (str_find(problem, str_from_cstr(rows[i].key), 0) == SIZE_MAX) {
            check_str(problem, rows[i].key);
        }
        assert_true(str_find(problem, STR("secret"), 0) == SIZE_MAX);
        check_str(program.told,
                  "KUBERNETES_EXEC_INFO={\"apiVersion\":\"" V1 "\",\"kind\":\"ExecCredential\","
                  "\"spec\":{\"cluster\":{\"certificate-authority-data\":\"Q0E=\","
                  "\"server\":\"https://h\"},\"interactive\":false}}");
        kube_login_close(login);
    }
}

/* Asked once, and anew only by who says that the last answer was refused. */
static void asking(void **state) {
    (void)state;
    SCOPED(ArenaRef) arena = arena_open("test");
    KubeTarget target = target_of(arena);
    Program program = {.says = ANSWER "{\"token\":\"t\"}}"};
    Process process = {.self = &program, .run = run};
    Io io = {.process = &process};
    KubeCredential got = {0};
    Str problem;
    KubeLogin *login = kube_login_new(&io, &target);
    static const uint64_t refused[] = {0, 0, 1, 1, 0, 2};
    static const int times[] = {1, 1, 2, 2, 2, 3};
    for (size_t i = 0; i < ARRAY_COUNT(refused); i++) {
        assert_true(kube_login_get(login, refused[i], NULL, &got, &problem, arena));
        assert_int_equal(program.times, times[i]);
        assert_int_equal(got.number, times[i]);
    }
    kube_login_close(login);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers),
        cmocka_unit_test(asking),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
