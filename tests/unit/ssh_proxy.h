/* ssh_proxy: a port that forwards one connection to a server, and cuts it after so many bytes from
 * the client. The server receives all forwarded bytes; then the port is closed. */
#pragma once

#include "ssh_server.h"

#include <poll.h>
#include <sys/mman.h>

typedef struct SshProxy {
    pid_t pid;
    uint16_t port;
    size_t *passed; /* bytes so far, shared with the process */
} SshProxy;

static inline bool proxy_relay(int from, int to, size_t most, size_t *passed) {
    char piece[4096];
    ssize_t got = read(from, piece, most < sizeof piece ? most : sizeof piece);
    if (got <= 0 || write(to, piece, (size_t)got) != got)
        return false;
    *passed += (size_t)got;
    return true;
}

static inline void proxy_serve(int listener, uint16_t to, size_t limit, size_t *passed) {
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(to)};
    int client = accept(listener, NULL, NULL);
    int server = socket(AF_INET, SOCK_STREAM, 0);
    close(listener);
    if (client < 0 || connect(server, (struct sockaddr *)&address, sizeof address) != 0)
        return;
    struct pollfd fds[] = {{.fd = client, .events = POLLIN}, {.fd = server, .events = POLLIN}};
    size_t answered = 0;
    while (*passed < limit && poll(fds, 2, 30000) > 0) {
        if (fds[0].revents && !proxy_relay(client, server, limit - *passed, passed))
            break;
        if (fds[1].revents && !proxy_relay(server, client, SIZE_MAX, &answered))
            break;
    }
    close(client);
    (void)shutdown(server, SHUT_WR);
    char rest[4096];
    while (poll(&fds[1], 1, 2000) > 0 && read(server, rest, sizeof rest) > 0)
        continue;
}

static inline SshProxy proxy_open(uint16_t to, size_t limit) {
    SshProxy proxy = {0};
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    proxy.port = ntohs(address.sin_port);
    proxy.passed =
        mmap(NULL, sizeof *proxy.passed, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(proxy.passed != MAP_FAILED);
    proxy.pid = fork();
    assert_true(proxy.pid >= 0);
    if (proxy.pid == 0) {
        proxy_serve(listener, to, limit, proxy.passed);
        _exit(0);
    }
    close(listener);
    return proxy;
}

/* Returns the number of forwarded bytes. After a cut it waits until the proxy has ended, so that
 * the server has received all of them. */
static inline size_t proxy_close(SshProxy *proxy, size_t limit) {
    if (*proxy->passed < limit)
        kill(proxy->pid, SIGTERM);
    waitpid(proxy->pid, NULL, 0);
    size_t passed = *proxy->passed;
    (void)munmap(proxy->passed, sizeof *proxy->passed);
    *proxy = (SshProxy){0};
    return passed;
}
