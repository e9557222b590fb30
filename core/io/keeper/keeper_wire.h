/* keeper_wire: messages between loam and its outcome keeper. Both processes run the same program,
 * so numbers have the byte order of the machine.
 *
 * The control connection (SOCK_SEQPACKET) carries packets. A lane (SOCK_STREAM) carries one call at
 * a time: a request with its texts, then a response with its texts. */
#pragma once

#include "str.h"

#include <sys/types.h>

typedef enum KeeperPacketKind {
    KEEPER_CLOSED, /* the end of the connection */
    KEEPER_BEGIN,  /* the settings; the keeper responds with KEEPER_READY or KEEPER_REFUSED */
    KEEPER_READY,
    KEEPER_REFUSED, /* the reason */
    KEEPER_LANE,    /* a new lane to the server at that socket */
    KEEPER_END,     /* the run has recorded every outcome */
} KeeperPacketKind;

enum {
    KEEPER_CONTROL_FD = 3, /* of the control connection in the keeper */
    KEEPER_FDS_MAX = 3,
};

typedef struct KeeperPacket {
    KeeperPacketKind kind;
    pid_t pid; /* of a lane: the program that serves the socket; 0: loam did not start it */
    Str text;
    int fds[KEEPER_FDS_MAX]; /* of a lane: its end, and the output pipes of that program */
    size_t fd_count;
} KeeperPacket;

typedef struct KeeperRequestHead {
    uint32_t label;
    uint32_t method;
    uint32_t message;
} KeeperRequestHead;

typedef struct KeeperResponseHead {
    uint32_t status;
    uint32_t is_lost;
    uint32_t problem;
    uint32_t message;
} KeeperResponseHead;

MUST_USE bool keeper_wire_send(int control, const KeeperPacket *packet);
/* Waits for a packet. Received descriptors are close-on-exec; the caller closes them. */
KeeperPacket keeper_wire_receive(int control, Arena *arena);
/* Writes all parts, with one system call if the socket accepts them. */
MUST_USE bool keeper_wire_write(int lane, const Str *parts, size_t count);
/* Reads exactly `size` bytes. Returns false at the end of the connection. A lane with a receive
 * timeout waits on after the first byte. */
MUST_USE bool keeper_wire_read(int lane, void *out, size_t size);
