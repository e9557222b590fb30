/* ssh_socket: the lookup of a name ends at the deadline and at a signal. */
#include "ssh_socket.h"
#include "unit.h"

#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <semaphore.h>
#include <unistd.h>

static sem_t may_end; /* posted for each lookup of "slow" that may end */
static sem_t has_ended;

/* Replaces the function of the C library: a resolver that does not respond. */
int getaddrinfo(const char *restrict host, const char *restrict service,
                const struct addrinfo *restrict hints, struct addrinfo **restrict out) {
    static int (*next)(const char *restrict, const char *restrict, const struct addrinfo *restrict,
                       struct addrinfo **restrict);
    if (!next)
        *(void **)&next = dlsym(RTLD_NEXT, "getaddrinfo");
    if (hints->ai_flags & AI_NUMERICHOST)
        return next(host, service, hints, out);
    if (strcmp(host, "broken") == 0) {
        errno = EMFILE;
        return EAI_SYSTEM;
    }
    if (strcmp(host, "slow") != 0)
        return next("127.0.0.1", service, hints, out);
    (void)sem_wait(&may_end);
    (void)sem_post(&has_ended);
    return EAI_AGAIN;
}

static SshStatus connect_to(const char *host, SshTimeout timeout, SshProblem *problem) {
    SCOPED(ArenaRef) arena = arena_open("test");
    SshDeadline deadline = ssh_socket_deadline(timeout);
    int fd = -1;
    /* Port 1 of this machine is closed. */
    SshStatus status = ssh_socket_connect(str_from_cstr(host), 1, &deadline, &fd, problem, arena);
    assert_int_equal(fd, -1);
    return status;
}

static void test_lookup(void **) {
    SshProblem problem = {0};
    SshTimeout timeout = {.timeout_ms = 200};
    CancelToken *cancel = cancel_open();
    cancel_raise(cancel, CANCEL_STOP);
    SshTimeout cancelled = {.cancel = cancel, .timeout_ms = 20000};
    assert_int_equal(connect_to("slow", timeout, &problem), SSH_NO_RESPONSE);
    check_str(problem.text, "the lookup of the name takes too long");
    assert_int_equal(connect_to("slow", cancelled, &problem), SSH_CANCELLED);
    /* The abandoned lookups end later. */
    for (int i = 0; i < 2; i++) {
        sem_post(&may_end);
        sem_wait(&has_ended);
    }
    timeout.timeout_ms = 20000;
    sem_post(&may_end);
    assert_int_equal(connect_to("slow", timeout, &problem), SSH_UNKNOWN_NAME);
    assert_true(problem.text.len > 0);
    assert_int_equal(connect_to("broken", timeout, &problem), SSH_UNKNOWN_NAME);
    check_str(problem.text, strerror(EMFILE));
    assert_int_equal(connect_to("fast", timeout, &problem), SSH_REFUSED);
    assert_int_equal(connect_to("127.0.0.1", timeout, &problem), SSH_REFUSED);
    cancel_close(cancel);
    usleep(100000); /* until the threads have freed their memory */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lookup),
    };
    (void)sem_init(&may_end, 0, 0);
    (void)sem_init(&has_ended, 0, 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
