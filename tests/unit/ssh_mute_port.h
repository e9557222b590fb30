/* ssh_mute_port: ports on loopback behind which no SSH server answers. */
#pragma once

#include "ssh_server.h"

typedef enum MutePortKind {
    MUTE_REFUSES, /* closed */
    MUTE_SILENT,  /* accepts connections and sends nothing */
    MUTE_DROPS,   /* drops the packets of new connections, as a firewall or a dead machine does */
} MutePortKind;

typedef struct MutePort {
    uint16_t port;
    int fds[4]; /* -1: none */
} MutePort;

/* A listener whose queue is full drops further connections. */
static inline void mute_port_fill(MutePort *mute, const struct sockaddr_in *address) {
    for (size_t i = 1; i < ARRAY_COUNT(mute->fds); i++) {
        mute->fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        (void)connect(mute->fds[i], (const struct sockaddr *)address, sizeof *address);
    }
    usleep(100000);
}

static inline MutePort mute_port_open(MutePortKind kind) {
    MutePort mute = {.port = server_free_port(), .fds = {-1, -1, -1, -1}};
    if (kind == MUTE_REFUSES)
        return mute;
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(mute.port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    mute.fds[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(mute.fds[0], (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(mute.fds[0], kind == MUTE_DROPS ? 0 : 5), 0);
    if (kind == MUTE_DROPS)
        mute_port_fill(&mute, &address);
    return mute;
}

static inline void mute_port_close(MutePort *mute) {
    for (size_t i = 0; i < ARRAY_COUNT(mute->fds); i++) {
        if (mute->fds[i] >= 0)
            close(mute->fds[i]);
    }
}
