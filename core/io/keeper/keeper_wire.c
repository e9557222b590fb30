/* keeper_wire: a packet is a head and a text; descriptors travel beside them. */
#include "keeper_wire.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { TEXT_MAX = 96 << 10, PARTS_MAX = 6 };

typedef struct PacketHead {
    uint32_t kind;
    int32_t pid;
} PacketHead;

typedef union FdRoom {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(sizeof(int) * KEEPER_FDS_MAX)];
} FdRoom;

bool keeper_wire_send(int control, const KeeperPacket *packet) {
    PacketHead head = {(uint32_t)packet->kind, packet->pid};
    struct iovec parts[] = {
        {&head, sizeof head},
        {(void *)packet->text.ptr, packet->text.len},
    };
    FdRoom room = {0};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = ARRAY_COUNT(parts)};
    if (packet->text.len > TEXT_MAX)
        return false;
    if (packet->fd_count > 0) {
        size_t size = sizeof(int) * packet->fd_count;
        message.msg_control = room.bytes;
        message.msg_controllen = CMSG_SPACE(size);
        struct cmsghdr *fds = CMSG_FIRSTHDR(&message);
        fds->cmsg_level = SOL_SOCKET;
        fds->cmsg_type = SCM_RIGHTS;
        fds->cmsg_len = CMSG_LEN(size);
        memcpy(CMSG_DATA(fds), packet->fds, size);
    }
    ssize_t sent;
    do {
        sent = sendmsg(control, &message, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent >= 0;
}

static void take_fds(struct msghdr *message, KeeperPacket *packet) {
    for (struct cmsghdr *each = CMSG_FIRSTHDR(message); each; each = CMSG_NXTHDR(message, each)) {
        if (each->cmsg_level != SOL_SOCKET || each->cmsg_type != SCM_RIGHTS)
            continue;
        size_t size = each->cmsg_len - CMSG_LEN(0);
        memcpy(packet->fds, CMSG_DATA(each), size);
        packet->fd_count = size / sizeof(int);
    }
}

KeeperPacket keeper_wire_receive(int control, Arena *arena) {
    PacketHead head;
    KeeperPacket packet = {0};
    char *text = arena_alloc(arena, TEXT_MAX);
    struct iovec parts[] = {{&head, sizeof head}, {text, TEXT_MAX}};
    FdRoom room = {0};
    struct msghdr message = {
        .msg_iov = parts,
        .msg_iovlen = ARRAY_COUNT(parts),
        .msg_control = room.bytes,
        .msg_controllen = sizeof room.bytes,
    };
    ssize_t got;
    do {
        got = recvmsg(control, &message, MSG_CMSG_CLOEXEC);
    } while (got < 0 && errno == EINTR);
    take_fds(&message, &packet);
    if (got < (ssize_t)sizeof head)
        return packet;
    packet.kind = (KeeperPacketKind)head.kind;
    packet.pid = head.pid;
    packet.text = (Str){text, (size_t)got - sizeof head};
    return packet;
}

bool keeper_wire_write(int lane, const Str *parts, size_t count) {
    struct iovec vectors[PARTS_MAX];
    size_t first = 0;
    CHECK(count <= PARTS_MAX);
    for (size_t i = 0; i < count; i++)
        vectors[i] = (struct iovec){(void *)parts[i].ptr, parts[i].len};
    while (first < count) {
        struct msghdr message = {.msg_iov = vectors + first, .msg_iovlen = count - first};
        ssize_t sent = sendmsg(lane, &message, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return false;
        size_t left = (size_t)sent;
        while (first < count && left >= vectors[first].iov_len)
            left -= vectors[first++].iov_len;
        if (first < count) {
            vectors[first].iov_base = (char *)vectors[first].iov_base + left;
            vectors[first].iov_len -= left;
        }
    }
    return true;
}

bool keeper_wire_read(int lane, void *out, size_t size) {
    size_t done = 0;
    while (done < size) {
        ssize_t got = recv(lane, (char *)out + done, size - done, MSG_WAITALL);
        if (got > 0)
            done += (size_t)got;
        else if (got == 0 || (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK))
            return false;
    }
    return true;
}
